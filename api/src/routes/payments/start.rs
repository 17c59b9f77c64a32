//! `POST /payments`

use axum::extract::State;
use chrono::{DateTime, Utc};
use commands::{Executed, PaymentStarted, PlaceOrder, StartPayment, WantedLine};
use domain::{
    id::{Id, LineId, OrderId, PaymentId, ProductId, SellerId},
    order::Order,
    product::Product,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    super::shapes::{Address, MoneyShape},
    checkout::window,
    wanted::{PaymentBody, PaymentBodyShape, Subject},
};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Buyer, Identity, Json},
    input::{OrderIdShape, PaymentIdShape},
    problem::{CommandProblems, Kind, Problem},
    services::Services,
};

/// The part of an idempotency key that the order on the way belongs to.
const ORDER_PART: &str = "#order";

/// A payment that the buyer can make now.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentShown {
    /// The payment.
    #[schema(value_type = PaymentIdShape)]
    payment_id: PaymentId,
    /// The order it pays.
    #[schema(value_type = OrderIdShape)]
    order_id: OrderId,
    /// The name of the payment at the gateway.
    gateway_payment_id: String,
    /// What is to be paid.
    amount: MoneyShape,
    /// When the payment window ends.
    expires_at: DateTime<Utc>,
    /// What the buyer's browser opens the pay window with.
    #[schema(value_type = Object)]
    checkout: Value,
    /// A page to pay on, where the gateway has one.
    pay_url: Option<String>,
    /// What becomes of the money.
    escrow: EscrowShown,
}

/// What becomes of the money.
#[derive(Debug, Serialize, ToSchema)]
pub struct EscrowShown {
    /// Whether the gateway is asked to hold it.
    requested: bool,
    /// Always `awaiting_payment` here; `GET /payments/{payment_id}/status` follows it.
    status: &'static str,
    /// How much will be held.
    amount: MoneyShape,
}

/// Starts a payment: for an order, or for a product that is ordered on the way.
#[utoipa::path(
    post, path = "/payments", tag = "payments", security(("token" = [])),
    request_body = PaymentBodyShape,
    responses((status = CREATED, description = "The payment can be made", body = Told<PaymentShown>), CommandProblems),
)]
pub async fn start(
    State(services): State<Services>,
    Buyer(buyer): Buyer,
    asking: Asking,
    body: Json<PaymentBody>,
) -> Result<Telling<PaymentShown>, Problem> {
    let wanted = body.value;
    let named = wanted.buyer.is_none_or(|named| named == buyer.customer_id);
    if !named {
        return Err(Problem::new(Kind::PartyMismatch, "the buyer is the caller"));
    }
    let order_id = match wanted.subject {
        Subject::Order(order_id) => {
            check_seller(&services, order_id, wanted.seller).await?;
            order_id
        }
        Subject::Product { product_id, quantity, delivery_address } => {
            check_product_seller(&services, product_id, wanted.seller).await?;
            let context = asking.part(buyer.customer_id, &body.raw, ORDER_PART);
            let line = (product_id, quantity);
            place(&services, &buyer, context, line, &delivery_address).await?
        }
    };
    let gateway = wanted.gateway.map_or(services.policy.gateway, Into::into);
    let command = StartPayment {
        payment_id: PaymentId::from_uuid(ambient::fresh_id()),
        order_id,
        buyer_id: buyer.customer_id,
        seen_price: wanted.price.map(Into::into),
        gateway,
        escrow: wanted.escrow,
        window: window(&services, buyer.customer_id, (gateway, wanted.method.into())),
    };
    let done = services.commands.dispatch(&asking.context(buyer.customer_id, &body.raw), command).await?;
    Ok(tell(&done))
}

async fn place(
    services: &Services,
    buyer: &Identity,
    context: commands::Context,
    (product_id, quantity): (ProductId, u32),
    address: &Address,
) -> Result<OrderId, Problem> {
    let line_id = LineId::from_uuid(ambient::fresh_id());
    let command = PlaceOrder {
        order_id: OrderId::from_uuid(ambient::fresh_id()),
        buyer_id: buyer.customer_id,
        lines: vec![WantedLine { line_id, product_id, quantity, seen_price: None }],
        delivery_address: address.seal(&services.vault, buyer.customer_id).await?,
        policy: services.policy,
    };
    Ok(services.commands.dispatch(&context, command).await?.answer.order_id)
}

async fn check_seller(
    services: &Services,
    order_id: OrderId,
    named: Option<SellerId>,
) -> Result<(), Problem> {
    let Some(seller) = named else { return Ok(()) };
    let (order, _) = services.commands.load::<Order>(order_id).await?;
    let sells = order.terms()?.lines.iter().any(|line| line.seller_id == seller);
    if sells {
        Ok(())
    } else {
        Err(Problem::new(Kind::PartyMismatch, "the seller sells nothing in this order"))
    }
}

async fn check_product_seller(
    services: &Services,
    product_id: ProductId,
    named: Option<SellerId>,
) -> Result<(), Problem> {
    let Some(seller) = named else { return Ok(()) };
    let (product, _) = services.commands.load::<Product>(product_id).await?;
    let sells = product.listed()?.seller_id == seller;
    if sells {
        Ok(())
    } else {
        Err(Problem::new(Kind::PartyMismatch, "the seller does not sell this product"))
    }
}

/// From the receipt alone: settings may be others now, and the same key answers the same bytes.
fn tell(done: &Executed<PaymentStarted>) -> Telling<PaymentShown> {
    let (terms, window) = (&done.answer.terms, &done.answer.window);
    let shown = PaymentShown {
        payment_id: terms.payment_id,
        order_id: terms.order_id,
        gateway_payment_id: terms.payment_id.at_gateway(),
        amount: terms.amount.into(),
        expires_at: terms.expires_at,
        checkout: window.checkout.clone(),
        pay_url: window.pay_url.clone(),
        escrow: EscrowShown {
            requested: terms.escrow,
            status: "awaiting_payment",
            amount: terms.amount.into(),
        },
    };
    Telling::created(done, "the payment can be made", shown)
}
