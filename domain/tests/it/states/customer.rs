//! The customer's states.

use domain::{
    Sealed,
    customer::{Customer, CustomerEvent, CustomerRefusal, Register, Role},
};

use super::table::{Table, after};
use crate::samples::buyer;

fn register(customer: &Customer) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
    customer.register(Register { customer_id: buyer(), profile: sealed("b25l"), roles: vec![Role::Buyer] })
}

fn sealed(text: &str) -> Sealed {
    Sealed(text.to_owned())
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
        .row("change_profile", "", |customer| customer.change_profile(sealed("dHdv")))
        .row("change_profile", "to what it is", |customer| customer.change_profile(sealed("b25l")))
}
