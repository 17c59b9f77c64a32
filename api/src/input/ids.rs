//! How ids look in the OpenAPI document, for `value_type`.

use domain::id::{self, Id};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::text::string;

const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const UUID_LENGTH: usize = 36;

fn schema_of<T: Id>() -> RefOr<Schema> {
    let length = T::PREFIX.len() + 1 + UUID_LENGTH;
    string()
        .pattern(Some(format!("^{}_{UUID}$", T::PREFIX)))
        .min_length(Some(length))
        .max_length(Some(length))
        .build()
        .into()
}

macro_rules! shapes {
    ($($shape:ident of $id:ident),* $(,)?) => {
        $(
            #[doc = concat!("The form of a `", stringify!($id), "`.")]
            #[derive(Debug)]
            pub struct $shape;

            impl PartialSchema for $shape {
                fn schema() -> RefOr<Schema> {
                    schema_of::<id::$id>()
                }
            }

            impl ToSchema for $shape {
                fn name() -> std::borrow::Cow<'static, str> {
                    stringify!($id).into()
                }
            }
        )*
    };
}

shapes!(
    CustomerIdShape of CustomerId,
    SellerIdShape of SellerId,
    ProductIdShape of ProductId,
    OrderIdShape of OrderId,
    LineIdShape of LineId,
    PaymentIdShape of PaymentId,
    EscrowIdShape of EscrowId,
    ShipmentIdShape of ShipmentId,
    RefundIdShape of RefundId,
    ClaimIdShape of ClaimId,
);
