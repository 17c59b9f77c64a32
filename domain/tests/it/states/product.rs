//! The product's states.

use domain::{
    Currency, Money,
    product::{ListProduct, Product, ReleaseReason, ReviseProduct},
};

use super::table::{Table, after};
use crate::samples::{anna, bora, id, order_id, pay_by};

fn list(price: i64) -> ListProduct {
    ListProduct {
        product_id: id(21),
        seller_id: anna(),
        name: "Lamp".to_owned(),
        description: "Warm light".to_owned(),
        price: Money::krw(price),
        stock: 3,
    }
}

fn revise() -> ReviseProduct {
    ReviseProduct {
        seller_id: anna(),
        name: "Lamp".to_owned(),
        description: "Warm light".to_owned(),
        price: Money::krw(10_000),
        stock: 3,
    }
}

fn states() -> Table<Product> {
    let listed = after(&Product::Absent, |product| product.list(list(10_000)));
    let reserved = after(&listed, |product| product.reserve(order_id(), 2, pay_by()));
    let sold = after(&reserved, |product| product.commit(order_id()));
    let sold_out = after(&listed, |product| product.revise(ReviseProduct { stock: 0, ..revise() }));
    Table::of(&[include_str!("../../../src/product/verbs.rs")])
        .state("Listed (stock 3)", listed)
        .state("2 reserved, 1 left", reserved)
        .state("2 sold, 1 left", sold)
        .state("nothing left", sold_out)
}

pub fn table() -> Table<Product> {
    states()
        .row("list", "", |product| product.list(list(10_000)))
        .row("list", "for nothing", |product| product.list(list(0)))
        .row("revise", "as three of them", |product| product.revise(revise()))
        .row("revise", "everything", |product| {
            let (name, price) = ("Lantern".to_owned(), Money::krw(9_000));
            product.revise(ReviseProduct { name, price, stock: 7, ..revise() })
        })
        .row("revise", "somebody else's", |product| {
            product.revise(ReviseProduct { seller_id: bora(), ..revise() })
        })
        .row("revise", "to cost nothing", |product| {
            product.revise(ReviseProduct { price: Money::krw(0), ..revise() })
        })
        .row("revise", "into dollars", |product| {
            product.revise(ReviseProduct { price: Money::new(900, Currency::USD), ..revise() })
        })
        .row("revise", "to the largest count", |product| {
            product.revise(ReviseProduct { stock: u32::MAX, ..revise() })
        })
        .row("reserve", "2", |product| product.reserve(order_id(), 2, pay_by()))
        .row("reserve", "1", |product| product.reserve(order_id(), 1, pay_by()))
        .row("reserve", "none", |product| product.reserve(order_id(), 0, pay_by()))
        .row("reserve", "2 for another order", |product| product.reserve(id(99), 2, pay_by()))
        .row("release", "", |product| product.release(order_id(), ReleaseReason::Expired))
        .row("commit", "", |product| product.commit(order_id()))
        .repeating("give_back", "2", |product| product.give_back(order_id(), 2))
        .row("give_back", "more than can be counted", |product| product.give_back(order_id(), u32::MAX))
}
