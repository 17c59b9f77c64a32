//! The seller's states.

use domain::{
    Aggregate, Money,
    id::EscrowId,
    seller::{Commission, Seller, SellerEvent},
};

use super::table::{Table, after};
use crate::samples::{anna, order_id};

fn register(seller: &Seller) -> Result<Vec<SellerEvent>, domain::seller::SellerRefusal> {
    seller.register(anna(), Commission { rate: 10_000 })
}

fn states() -> Table<Seller> {
    let active = after(&Seller::Absent, register);
    let suspended = after(&active, |seller| seller.suspend("complaints".to_owned()));
    let registered =
        SellerEvent::SellerRegistered { seller_id: anna(), commission: Commission { rate: 10_000 } };
    Table::of(&[include_str!("../../../src/seller/verbs.rs")])
        .state("Applied", Seller::replay([&registered]))
        .state("Active", active)
        .state("Suspended", suspended)
}

pub fn table() -> Table<Seller> {
    let escrow = EscrowId::of(order_id(), anna());
    states()
        .row("register", "", register)
        .row("activate", "", Seller::activate)
        .row("suspend", "", |seller| seller.suspend("complaints".to_owned()))
        .row("may_sell", "", |seller| seller.may_sell().map(|()| vec![]))
        .repeating("credit", "", move |seller| seller.credit(escrow, order_id(), Money::krw(17_800)))
        .repeating("debit", "", move |seller| {
            seller.debit(escrow, (order_id(), crate::samples::refund_id()), Money::krw(17_800))
        })
}
