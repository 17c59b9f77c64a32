//! What a request may hold: types that check themselves while they are read, and say so in the OpenAPI document.
//! Inside, nothing is checked twice.

mod bank_account;
mod contact;
mod ids;
mod items;
mod money;
mod object;
mod text;
mod whole;

pub use bank_account::{AccountHolder, AccountNumber, BankCode};
pub use contact::{EmailAddress, NewPassword, PhoneNumber, Username};
pub use ids::{
    ClaimIdShape, CustomerIdShape, EscrowIdShape, LineIdShape, OrderIdShape, PaymentIdShape, ProductIdShape,
    RefundIdShape, SellerIdShape, ShipmentIdShape,
};
pub use items::Items;
pub use money::{CurrencyCode, Price};
pub(crate) use object::{only_names, only_objects};
pub use text::{LongText, Text};
pub use whole::Whole;
