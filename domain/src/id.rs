//! Every id is its own type: a UUID that is written with a prefix (`ord_018f3c1e-…`), in the API, in events and
//! as the stream's id in the log alike.

use std::{
    fmt::{Debug, Display},
    hash::Hash,
    str::FromStr,
};

use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;
use uuid::Uuid;

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("an id of the form {prefix}_<uuid> is wanted here")]
pub struct NotAnId {
    /// The prefix that was wanted.
    pub prefix: &'static str,
}

/// What all ids share.
pub trait Id:
    Copy
    + Eq
    + Ord
    + Hash
    + Debug
    + Display
    + FromStr<Err = NotAnId>
    + Serialize
    + DeserializeOwned
    + Send
    + Sync
    + 'static
{
    /// The prefix on the wire, without the underscore.
    const PREFIX: &'static str;
    /// Makes the id from its UUID.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The UUID behind the id.
    fn uuid(&self) -> Uuid;
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(&self) -> Uuid {
                self.0
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                let mut text = [0u8; uuid::fmt::Hyphenated::LENGTH];
                f.write_str(self.0.hyphenated().encode_lower(&mut text))
            }
        }

        impl Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|rest| rest.len() == uuid::fmt::Hyphenated::LENGTH)
                    .and_then(|rest| Uuid::try_parse(rest).ok())
                    .map(Self)
                    .ok_or(NotAnId { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("an id of the form ", $prefix, "_<uuid>"))
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                from.deserialize_str(Text)
            }
        }
    };
}

id!(/** A person or company with an account. */ CustomerId, "cus");
id!(/** A customer in the role of a seller; the same UUID as the customer's. */ SellerId, "sel");
id!(/** Something for sale. */ ProductId, "prd");
id!(/** An order over one or several sellers' products. */ OrderId, "ord");
id!(/** One line of an order. */ LineId, "oli");
id!(/** One attempt to pay an order. */ PaymentId, "pay");
id!(/** The hold of one order's money for one seller. */ EscrowId, "esc");
id!(/** One parcel. */ ShipmentId, "shp");
id!(/** One refund to the buyer. */ RefundId, "rfd");
id!(/** What a buyer asks of a seller after delivery: a return or an exchange. */ ClaimId, "clm");
id!(/** What buyer and seller, or the gateway, do not agree on. */ DisputeId, "dsp");

impl SellerId {
    /// The seller that a customer is when selling.
    pub fn of(customer: CustomerId) -> Self {
        Self(customer.0)
    }

    /// The customer behind the seller.
    pub fn customer(self) -> CustomerId {
        CustomerId(self.0)
    }
}

impl EscrowId {
    /// The hold of `order` for `seller`: there is exactly one, so its id follows from the two (UUID v5).
    pub fn of(order: OrderId, seller: SellerId) -> Self {
        Self(Uuid::new_v5(&order.0, seller.0.as_bytes()))
    }
}

impl PaymentId {
    /// The id under which the gateway knows the payment: 32 letters and digits, the one form every gateway accepts.
    pub fn at_gateway(self) -> String {
        self.0.simple().to_string()
    }

    /// The payment behind a gateway's id, if the id has the form of ours.
    pub fn from_gateway(text: &str) -> Option<Self> {
        let is_ours = text.len() == uuid::fmt::Simple::LENGTH
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_ours.then(|| Uuid::try_parse(text).ok().map(Self)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_with_its_prefix_and_read_back() {
        let id = OrderId::from_uuid(Uuid::from_u128(0x018f_3c1e_7a2b_7c3d_8e4f_0123_4567_89ab));
        assert_eq!(id.to_string(), "ord_018f3c1e-7a2b-7c3d-8e4f-0123456789ab");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(
            "pay_018f3c1e-7a2b-7c3d-8e4f-0123456789ab".parse::<OrderId>(),
            Err(NotAnId { prefix: "ord" })
        );
        assert!("ord_018f3c1e7a2b7c3d8e4f0123456789ab".parse::<OrderId>().is_err());
    }

    #[test]
    fn the_gateway_sees_letters_and_digits_only() {
        let id = PaymentId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id.at_gateway(), "00000000000000000000000000000007");
        assert_eq!(PaymentId::from_gateway(&id.at_gateway()), Some(id));
        for foreign in
            ["imp_123", "", "018F3C1E7A2B7C3D8E4F0123456789AB", "018f3c1e-7a2b-7c3d-8e4f-0123456789ab"]
        {
            assert_eq!(PaymentId::from_gateway(foreign), None, "{foreign}");
        }
    }
}
