//! The customer's states.

use domain::{
    Sealed,
    customer::{Customer, CustomerEvent, CustomerRefusal, Register, Role},
};

use super::table::{Table, after};
use crate::samples::buyer;

fn register(customer: &Customer) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
    let profile = Sealed("c2VhbGVk".to_owned());
    customer.register(Register { customer_id: buyer(), profile, roles: vec![Role::Buyer] })
}

pub fn table() -> Table<Customer> {
    let registered = after(&Customer::Absent, register);
    let selling = after(&registered, |customer| customer.grant(Role::Seller));
    Table::of(&[include_str!("../../../src/customer/verbs.rs")])
        .state("Registered as buyer", registered)
        .state("Registered as buyer and seller", selling)
        .row("register", "", register)
        .row("grant", "seller", |customer| customer.grant(Role::Seller))
        .row("grant", "auditor", |customer| customer.grant(Role::Auditor))
}
