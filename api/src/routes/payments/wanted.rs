//! What a buyer wants to pay: an order, or one product that is ordered on the way.

use domain::{
    id::{CustomerId, OrderId, ProductId, SellerId},
    payment::Gateway,
};
use gateways::Method;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::{orders::place::Quantity, shapes::Address};
use crate::input::{CustomerIdShape, OrderIdShape, Price, ProductIdShape, SellerIdShape, only_names};

/// How the buyer pays.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", remote = "Self")]
pub enum PayMethod {
    /// By card.
    #[default]
    Card,
    /// By transfer from a bank account.
    Transfer,
    /// By deposit to an account made for this payment.
    VirtualAccount,
    /// By a wallet.
    EasyPay,
    /// On the phone bill.
    Mobile,
}

only_names!(PayMethod, PayGateway);

impl From<PayMethod> for Method {
    fn from(method: PayMethod) -> Self {
        match method {
            PayMethod::Card => Self::Card,
            PayMethod::Transfer => Self::Transfer,
            PayMethod::VirtualAccount => Self::VirtualAccount,
            PayMethod::EasyPay => Self::EasyPay,
            PayMethod::Mobile => Self::Mobile,
        }
    }
}

/// Through which gateway the buyer pays.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", remote = "Self")]
pub enum PayGateway {
    /// PortOne's V1 API.
    PortoneV1,
    /// PortOne's V2 API.
    PortoneV2,
    /// NicePay.
    Nicepay,
    /// Toss Payments.
    Toss,
}

impl From<PayGateway> for Gateway {
    fn from(gateway: PayGateway) -> Self {
        match gateway {
            PayGateway::PortoneV1 => Self::PortoneV1,
            PayGateway::PortoneV2 => Self::PortoneV2,
            PayGateway::Nicepay => Self::Nicepay,
            PayGateway::Toss => Self::Toss,
        }
    }
}

/// A payment for an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the form that the OpenAPI document shows; `Flat` reads it")]
pub struct PayForOrder {
    /// The order.
    #[schema(inline, value_type = OrderIdShape)]
    order_id: OrderId,
    /// Whether the gateway shall hold the money, true where nothing is said.
    escrow: Option<bool>,
    /// What the buyer expects to pay: if it is another amount, nothing is started.
    price: Option<Price>,
    /// How the buyer pays, `card` where nothing is said.
    method: Option<PayMethod>,
    /// Through which gateway, the marketplace's usual one where nothing is said.
    gateway: Option<PayGateway>,
    /// Checked where it is given: the order's buyer.
    #[schema(inline, value_type = Option<CustomerIdShape>)]
    buyer: Option<CustomerId>,
    /// Checked where it is given: one of the order's sellers.
    #[schema(inline, value_type = Option<SellerIdShape>)]
    seller: Option<SellerId>,
}

/// A payment for a product, which is ordered on the way.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the form that the OpenAPI document shows; `Flat` reads it")]
pub struct PayForProduct {
    /// The product.
    #[schema(inline, value_type = ProductIdShape)]
    product_id: ProductId,
    /// How many.
    #[schema(inline)]
    quantity: Quantity,
    /// Where it goes.
    delivery_address: Address,
    /// Whether the gateway shall hold the money, true where nothing is said.
    escrow: Option<bool>,
    /// What the buyer expects to pay: if it is another amount, nothing is started.
    price: Option<Price>,
    /// How the buyer pays, `card` where nothing is said.
    method: Option<PayMethod>,
    /// Through which gateway, the marketplace's usual one where nothing is said.
    gateway: Option<PayGateway>,
    /// Checked where it is given: the caller.
    #[schema(inline, value_type = Option<CustomerIdShape>)]
    buyer: Option<CustomerId>,
    /// Checked where it is given: the product's seller.
    #[schema(inline, value_type = Option<SellerIdShape>)]
    seller: Option<SellerId>,
}

/// Either form, for the OpenAPI document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = PaymentBody)]
#[expect(dead_code, reason = "the form that the OpenAPI document shows; `Flat` reads it")]
pub enum PaymentBodyShape {
    /// For an order.
    Order(PayForOrder),
    /// For a product.
    Product(Box<PayForProduct>),
}

/// What is to be paid.
#[derive(Debug)]
pub enum Subject {
    /// An order that was placed.
    Order(OrderId),
    /// A product to be ordered.
    Product {
        /// Which.
        product_id: ProductId,
        /// How many.
        quantity: u32,
        /// Where it goes.
        delivery_address: Address,
    },
}

/// A payment to start.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Flat")]
pub struct PaymentBody {
    /// What for.
    pub subject: Subject,
    /// Whether the gateway shall hold the money.
    pub escrow: bool,
    /// What the buyer expects to pay.
    pub price: Option<Price>,
    /// How.
    pub method: PayMethod,
    /// Through which gateway.
    pub gateway: Option<PayGateway>,
    /// Who the buyer is said to be.
    pub buyer: Option<CustomerId>,
    /// Who the seller is said to be.
    pub seller: Option<SellerId>,
}

/// Both forms in one: so an error names the member that is wrong, and not that no form fits.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flat {
    order_id: Option<OrderId>,
    product_id: Option<ProductId>,
    quantity: Option<Quantity>,
    delivery_address: Option<Address>,
    escrow: Option<bool>,
    price: Option<Price>,
    method: Option<PayMethod>,
    gateway: Option<PayGateway>,
    buyer: Option<CustomerId>,
    seller: Option<SellerId>,
}

impl TryFrom<Flat> for PaymentBody {
    type Error = &'static str;

    fn try_from(flat: Flat) -> Result<Self, &'static str> {
        let Flat { order_id, product_id, quantity, delivery_address, .. } = flat;
        let subject = match (order_id, product_id, quantity, delivery_address) {
            (Some(order_id), None, None, None) => Subject::Order(order_id),
            (None, Some(product_id), Some(quantity), Some(delivery_address)) => {
                Subject::Product { product_id, quantity: quantity.as_u32(), delivery_address }
            }
            (Some(_) | None, Some(_) | None, Some(_) | None, Some(_) | None) => {
                return Err("either order_id, or product_id with quantity and delivery_address is taken");
            }
        };
        Ok(Self {
            subject,
            escrow: flat.escrow.unwrap_or(true),
            price: flat.price,
            method: flat.method.unwrap_or_default(),
            gateway: flat.gateway,
            buyer: flat.buyer,
            seller: flat.seller,
        })
    }
}
