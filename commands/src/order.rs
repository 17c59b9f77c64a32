//! Placing an order: the order and the reservations of all its products are one unit, or nothing.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{
    Money, Sealed,
    id::{CustomerId, LineId, OrderId, ProductId},
    order::{CreateOrder, Line, Order, OrderRefusal},
    product::{Product, ProductRefusal},
    seller::Seller,
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Command, Policy, Step, Stop, refusal::CallerRefusal};

/// Places an order.
#[derive(Debug, Clone)]
pub struct PlaceOrder {
    /// The order.
    pub order_id: OrderId,
    /// Whose.
    pub buyer_id: CustomerId,
    /// What.
    pub lines: Vec<WantedLine>,
    /// Where it goes.
    pub delivery_address: Sealed,
    /// How long the buyer has to pay, among others.
    pub policy: Policy,
}

/// One line as a buyer asks for it.
#[derive(Debug, Clone, Copy)]
pub struct WantedLine {
    /// The line's id.
    pub line_id: LineId,
    /// What.
    pub product_id: ProductId,
    /// How many.
    pub quantity: u32,
    /// The price of one unit the buyer has seen, if it shall count only for that.
    pub seen_price: Option<Money>,
}

/// An order that waits for its payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlaced {
    /// The order.
    pub order_id: OrderId,
    /// What it costs.
    pub total: Money,
    /// When the payment window ends.
    pub pay_by: DateTime<Utc>,
}

impl Command for PlaceOrder {
    type Answer = OrderPlaced;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<OrderPlaced>, Stop> {
        let mut seen = HashSet::new();
        if !self.lines.iter().all(|line| seen.insert(line.product_id)) {
            return Err(CallerRefusal::ProductTwice.into());
        }
        desk.all::<Product>(self.lines.iter().map(|line| line.product_id))?;
        let lines: Vec<Line> =
            self.lines.iter().map(|wanted| priced(wanted, desk)).collect::<Result<_, _>>()?;
        let total = lines.iter().map(|line| line.amount).try_fold(None, |sum: Option<Money>, amount| {
            sum.map_or(Ok(amount), |sum| sum.plus(amount)).map(Some)
        });
        let total = total.map_err(OrderRefusal::from)?.ok_or(OrderRefusal::NoLines)?;
        let pay_by =
            now.checked_add_signed(self.policy.payment_window).ok_or(OrderRefusal::DateOutOfRange)?;

        let (order, version) = desk.fresh::<Order>(self.order_id)?;
        let events = order.create(CreateOrder {
            order_id: self.order_id,
            buyer_id: self.buyer_id,
            lines,
            delivery_address: self.delivery_address.clone(),
            pay_by,
        })?;
        let answer = OrderPlaced { order_id: self.order_id, total, pay_by };
        let mut step = Step::on::<Order>(self.order_id, version, events, answer);
        for wanted in &self.lines {
            let (product, version) = desk.get::<Product>(wanted.product_id)?;
            let events = product.reserve(self.order_id, wanted.quantity, pay_by)?;
            step.with::<Product>(wanted.product_id, version, events);
        }
        Ok(step)
    }
}

fn priced(wanted: &WantedLine, desk: &Desk<'_>) -> Result<Line, Stop> {
    let product = desk.get::<Product>(wanted.product_id)?.0.listed()?;
    desk.get::<Seller>(product.seller_id)?.0.may_sell()?;
    if wanted.quantity == 0 {
        return Err(ProductRefusal::QuantityNotPositive.into());
    }
    if let Some(named) = wanted.seen_price.filter(|seen| *seen != product.price) {
        return Err(OrderRefusal::PriceChanged { named, actual: product.price }.into());
    }
    Ok(Line {
        line_id: wanted.line_id,
        product_id: wanted.product_id,
        seller_id: product.seller_id,
        name: product.name.clone(),
        quantity: wanted.quantity,
        unit_price: product.price,
        amount: product.price.times(wanted.quantity).map_err(OrderRefusal::from)?,
    })
}
