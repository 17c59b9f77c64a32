//! What a gateway's escrow is told of a delivery. Which of it must be there is the PG's matter: see
//! [`Capabilities`](crate::Capabilities).

use chrono::{DateTime, NaiveDate, Utc};
use domain::Money;

use crate::{courier::Courier, http::IdempotencyKey, secret::Secret};

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logistics {
    /// The payment's id at the gateway.
    pub id: String,
    /// The same registration, or the same correction, is carried out once.
    pub key: IdempotencyKey,
    /// Who carries it.
    pub courier: Courier,
    /// The courier's number of it.
    pub invoice: String,
    /// When it was handed over.
    pub sent_at: DateTime<Utc>,
    /// When it is to arrive, in Korean days.
    pub arrives_on: Option<NaiveDate>,
    /// Where it goes.
    pub destination: Option<Address>,
    /// Who sends it.
    pub sender: Party,
    /// Who receives it.
    pub receiver: Party,
    /// What is in it.
    pub products: Vec<Product>,
    /// Whether the PG writes to the buyer.
    pub notify_buyer: bool,
}

/// A sender or a receiver.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// The name.
    pub name: Option<Secret>,
    /// The telephone number.
    pub phone: Option<Secret>,
    /// The postal code.
    pub postcode: Option<Secret>,
    /// Where.
    pub address: Option<Address>,
    /// What the sender is to the seller: `본인` for the seller itself.
    pub relationship: Option<String>,
}

/// A postal address in the two lines of a Korean form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// City, district and street.
    pub line_1: Secret,
    /// Building, floor and door.
    pub line_2: Secret,
}

impl Address {
    /// Both lines in one.
    pub(crate) fn one_line(&self) -> String {
        format!("{} {}", self.line_1.expose(), self.line_2.expose()).trim().to_owned()
    }
}

/// Something that was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The shop's id of it.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The price of one.
    pub price: Money,
    /// How many.
    pub quantity: u32,
}
