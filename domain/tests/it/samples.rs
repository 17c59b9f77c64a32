//! Fixed ids, times and commands, and the files that the tests compare with.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use domain::{
    Money, Sealed,
    holidays::{KOREA, Term},
    id::{CustomerId, Id, LineId, OrderId, PaymentId, ProductId, RefundId, SellerId, ShipmentId},
    order::{ConfirmPeriod, CreateOrder, Line},
    payment::{Capture, CreatePayment, Custody, Gateway},
};
use uuid::Uuid;

const FIRST_ID: u128 = 0x018f_3c1e_7a2b_7c3d_8e4f_0000_0000_0000;

pub fn id<I: Id>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(FIRST_ID + number))
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn order_id() -> OrderId {
    id(1)
}

pub fn buyer() -> CustomerId {
    id(2)
}

pub fn anna() -> SellerId {
    id(3)
}

pub fn bora() -> SellerId {
    id(4)
}

pub fn stranger() -> SellerId {
    id(5)
}

pub fn payment_id() -> PaymentId {
    id(6)
}

pub fn other_payment() -> PaymentId {
    id(7)
}

pub fn refund_id() -> RefundId {
    id(8)
}

pub fn other_refund() -> RefundId {
    id(9)
}

pub fn parcel() -> ShipmentId {
    id(10)
}

pub fn second_parcel() -> ShipmentId {
    id(11)
}

/// Two lamps of Anna's, 20 000 won together.
pub fn lamps() -> Line {
    line(20, anna(), "Lamp", 2, 10_000)
}

/// One book of Bora's for 8 000 won.
pub fn book() -> Line {
    line(30, bora(), "Book", 1, 8_000)
}

pub fn line(number: u128, seller_id: SellerId, name: &str, quantity: u32, price: i64) -> Line {
    let unit_price = Money::krw(price);
    Line {
        line_id: id::<LineId>(number),
        product_id: id::<ProductId>(number + 1),
        seller_id,
        name: name.to_owned(),
        quantity,
        unit_price,
        amount: unit_price.times(quantity).unwrap(),
    }
}

pub fn pay_by() -> DateTime<Utc> {
    at("2026-03-02T10:15:00Z")
}

pub fn in_the_window() -> DateTime<Utc> {
    at("2026-03-02T10:05:00Z")
}

pub fn paid_at() -> DateTime<Utc> {
    at("2026-03-02T10:04:30Z")
}

/// Seven full days.
pub fn week() -> ConfirmPeriod {
    ConfirmPeriod { term: Term::Days(7), holidays: &KOREA }
}

pub fn create_order(lines: Vec<Line>) -> CreateOrder {
    CreateOrder {
        order_id: order_id(),
        buyer_id: buyer(),
        lines,
        delivery_address: Sealed("c2VhbGVk".to_owned()),
        pay_by: pay_by(),
    }
}

pub fn create_payment(amount: i64) -> CreatePayment {
    CreatePayment {
        payment_id: payment_id(),
        order_id: order_id(),
        buyer_id: buyer(),
        amount: Money::krw(amount),
        gateway: Gateway::PortoneV2,
        escrow: true,
        expires_at: pay_by(),
    }
}

pub fn capture(amount: i64) -> Capture {
    Capture {
        transaction_id: "tx-1".to_owned(),
        amount: Money::krw(amount),
        method: "card".to_owned(),
        custody: Custody::GatewayEscrow,
        paid_at: paid_at(),
    }
}

/// A file of the repository, by its path from the root.
pub fn repository_file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(path)
}

/// Whether the files are to be written instead of compared with.
#[expect(clippy::disallowed_methods, reason = "a switch for developers, read by tests only")]
pub fn updating() -> bool {
    std::env::var("UPDATE_GOLDENS").is_ok_and(|value| value == "1")
}
