//! Whose a payment is. Read from the log's own state, so that it is never behind.

use domain::{customer::Role, id::PaymentId, payment::Payment};

use crate::{
    extract::Identity,
    problem::{Kind, Problem},
    services::Services,
};

/// A payment of the caller's, or any for an operator; `seen_by_all` lets an auditor look, too.
pub async fn owned(
    services: &Services,
    identity: &Identity,
    payment_id: PaymentId,
    seen_by_all: bool,
) -> Result<(Payment, i64), Problem> {
    let (payment, version) = services.commands.load::<Payment>(payment_id).await?;
    let is_own = payment.attempt()?.buyer_id == identity.customer_id;
    if is_own || identity.is(Role::Operator) || (seen_by_all && identity.sees_all()) {
        return Ok((payment, version));
    }
    Err(Problem::plain(Kind::NotYours))
}
