//! Beginning to pay: the attempt is known to the order and exists as a payment in one unit.

use chrono::{DateTime, Utc};
use domain::{
    Money,
    id::{CustomerId, OrderId, PaymentId},
    order::{Order, OrderRefusal},
    payment::{CreatePayment, Gateway, Payment},
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Command, OpenWindow, PayWindow, PaymentTerms, Step, Stop, refusal::CallerRefusal};

/// Begins an attempt to pay an order.
#[derive(Debug, Clone)]
pub struct StartPayment {
    /// The attempt.
    pub payment_id: PaymentId,
    /// For which order.
    pub order_id: OrderId,
    /// By whom.
    pub buyer_id: CustomerId,
    /// The amount the buyer has seen, if it shall count only for that.
    pub seen_price: Option<Money>,
    /// Through which gateway.
    pub gateway: Gateway,
    /// Whether the gateway is asked to hold the money in escrow.
    pub escrow: bool,
    /// How the buyer is let pay.
    pub window: OpenWindow,
}

/// An attempt that the buyer can pay now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentStarted {
    /// What is to be paid.
    pub terms: PaymentTerms,
    /// Where.
    pub window: PayWindow,
}

impl Command for StartPayment {
    type Answer = PaymentStarted;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<PaymentStarted>, Stop> {
        let (order, order_version) = desk.get::<Order>(self.order_id)?;
        let terms = order.terms()?;
        if terms.buyer_id != self.buyer_id {
            return Err(CallerRefusal::NotYours.into());
        }
        if let Some(named) = self.seen_price.filter(|seen| *seen != terms.total) {
            return Err(OrderRefusal::PriceChanged { named, actual: terms.total }.into());
        }
        let started = order.start_payment(self.payment_id, now)?;
        let expires_at = order.pay_by()?;
        let (payment, version) = desk.fresh::<Payment>(self.payment_id)?;
        let created = payment.create(CreatePayment {
            payment_id: self.payment_id,
            order_id: self.order_id,
            buyer_id: self.buyer_id,
            amount: terms.total,
            gateway: self.gateway,
            escrow: self.escrow,
            expires_at,
        })?;
        let terms = PaymentTerms {
            payment_id: self.payment_id,
            order_id: self.order_id,
            amount: terms.total,
            order_name: order_name(terms),
            gateway: self.gateway,
            escrow: self.escrow,
            expires_at,
        };
        let answer = PaymentStarted { window: self.window.of(&terms)?, terms };
        let mut step = Step::on::<Payment>(self.payment_id, version, created, answer);
        step.with::<Order>(self.order_id, order_version, started);
        Ok(step)
    }
}

/// The first product's name, and how many more there are, in the form Korean gateways show: `나무 의자 외 1건`.
fn order_name(terms: &domain::order::Terms) -> String {
    let first = terms.lines.first().map_or("", |line| line.name.as_str());
    match terms.lines.len() {
        0 | 1 => first.to_owned(),
        lines => format!("{first} 외 {}건", lines - 1),
    }
}
