//! Units that begin with an order: an order and its stock, its parcels, its end.

use chrono::Duration;
use domain::{
    Aggregate, Event, Fact, Sealed,
    id::{OrderId, ProductId, SellerId},
    order::{CreateOrder, DeliverySource, Dispatch, Item, Line, Order, Terms},
    product::{ReleaseReason, ReviseProduct},
};

use super::{
    action::Action,
    world::{World, order, parcel, product, seller},
};
use crate::samples::{buyer, id, week};

/// A refusal of whichever aggregate; nothing of the unit happens.
#[derive(Debug)]
pub struct Refused;

impl<E: std::error::Error> From<E> for Refused {
    fn from(_: E) -> Self {
        Self
    }
}

/// What happens together, or not at all.
pub type Unit = Result<Vec<Fact>, Refused>;

/// The facts of one stream.
pub fn facts<I: Copy, E: Event>(fact: fn(I, E) -> Fact, id: I, events: Vec<E>) -> impl Iterator<Item = Fact> {
    events.into_iter().map(move |event| fact(id, event))
}

/// The state after events that are not recorded yet.
pub fn after<A: Aggregate>(mut state: A, events: &[A::Event]) -> A {
    for event in events {
        state.evolve(event);
    }
    state
}

impl World {
    /// Decides a unit on the present states.
    pub fn ask(&self, action: &Action) -> Unit {
        match action {
            Action::Advance { .. } | Action::Wait { .. } => Ok(vec![]),
            Action::Place { order, basket } => self.place(*order, basket),
            Action::Expire { order } => self.expire(*order),
            Action::Ship { order, seller, parcel, one } => self.ship((*order, *seller, *parcel), *one),
            Action::Deliver { order: number, seller, parcel: nth } => {
                let shipment = parcel(*number, *seller, *nth);
                let delivered =
                    self.order(*number).deliver(shipment, DeliverySource::Carrier, self.now, week())?;
                Ok(facts(Fact::Order, order(*number), delivered).collect())
            }
            Action::Revise { product, stock, price } => self.revise(*product, *stock, *price),
            Action::Stand { seller: number, active } => {
                let id = seller(*number);
                let who = self.seller(id);
                let events = if *active { who.activate()? } else { who.suspend("complaints".to_owned())? };
                Ok(facts(Fact::Seller, id, events).collect())
            }
            Action::Pay { order, attempt, news } => self.pay(*order, *attempt, *news),
            Action::Move { order, how } => self.move_money(*order, *how),
        }
    }

    fn place(&self, number: u8, basket: &[(u8, u32)]) -> Unit {
        let mut lines = vec![];
        for (index, (wanted, quantity)) in (0u8..).zip(basket) {
            lines.push(self.line(number, index, (product(*wanted), *quantity))?);
        }
        for line in &lines {
            self.seller(line.seller_id).may_sell()?;
        }
        let pay_by = self.now + Duration::hours(48);
        let create = CreateOrder {
            order_id: order(number),
            buyer_id: buyer(),
            lines: lines.clone(),
            delivery_address: Sealed("c2VhbGVk".to_owned()),
            pay_by,
        };
        let mut unit: Vec<Fact> =
            facts(Fact::Order, order(number), self.order(number).create(create)?).collect();
        for line in &lines {
            let reserved = self.product(line.product_id).reserve(order(number), line.quantity, pay_by)?;
            unit.extend(facts(Fact::Product, line.product_id, reserved));
        }
        Ok(unit)
    }

    fn line(&self, number: u8, index: u8, (product_id, quantity): (ProductId, u32)) -> Result<Line, Refused> {
        let product = self.product(product_id);
        let listed = product.listed()?;
        Ok(Line {
            line_id: id(90_000 + u128::from(number) * 10 + u128::from(index)),
            product_id,
            seller_id: listed.seller_id,
            name: listed.name.clone(),
            quantity,
            unit_price: listed.price,
            amount: listed.price.times(quantity)?,
        })
    }

    fn expire(&self, number: u8) -> Unit {
        let placed = self.order(number);
        let expired = placed.expire(self.now)?;
        let mut unit: Vec<Fact> = facts(Fact::Order, order(number), expired).collect();
        if !unit.is_empty() {
            self.let_go(&mut unit, placed.terms()?, ReleaseReason::Expired)?;
        }
        Ok(unit)
    }

    /// An unpaid order's stock is on sale again, and its attempts are over.
    pub fn let_go(&self, unit: &mut Vec<Fact>, terms: &Terms, reason: ReleaseReason) -> Result<(), Refused> {
        for line in &terms.lines {
            let released = self.product(line.product_id).release(terms.order_id, reason)?;
            unit.extend(facts(Fact::Product, line.product_id, released));
        }
        for attempt in &terms.attempts {
            let payment = self.payment(*attempt);
            let ended = match reason {
                ReleaseReason::Expired => payment.expire(),
                ReleaseReason::Cancelled => payment.cancel(),
            };
            unit.extend(facts(Fact::Payment, *attempt, ended.unwrap_or_default()));
        }
        Ok(())
    }

    fn ship(&self, (number, of, nth): (u8, u8, u8), one: bool) -> Unit {
        let placed = self.order(number);
        let seller_id = seller(of);
        let items = if one { one_unit(&placed, seller_id) } else { vec![] };
        let dispatch = Dispatch {
            shipment_id: parcel(number, of, nth),
            seller_id,
            carrier: "kr.cjlogistics".to_owned(),
            invoice_number: format!("{number}{of}{nth}"),
            items,
            shipped_at: self.now,
        };
        Ok(facts(Fact::Order, order(number), placed.dispatch(dispatch)?).collect())
    }

    fn revise(&self, number: u8, stock: u32, price: i64) -> Unit {
        let id = product(number);
        let product = self.product(id);
        let listed = product.listed()?;
        let revised = product.revise(ReviseProduct {
            seller_id: listed.seller_id,
            name: listed.name.clone(),
            description: format!("now at {price}"),
            price: domain::Money::new(price, listed.price.currency),
            stock,
        })?;
        Ok(facts(Fact::Product, id, revised).collect())
    }

    /// Puts goods of an order back on the shelf.
    pub fn restock(&self, unit: &mut Vec<Fact>, terms: &Terms, items: &[Item]) -> Result<(), Refused> {
        for item in items {
            let line = terms.lines.iter().find(|line| line.line_id == item.line_id).ok_or(Refused)?;
            let returned = self.product(line.product_id).give_back(terms.order_id, item.quantity)?;
            unit.extend(facts(Fact::Product, line.product_id, returned));
        }
        Ok(())
    }
}

fn one_unit(order: &Order, seller: SellerId) -> Vec<Item> {
    let Order::Paid(_, paid) = order else { return vec![] };
    let lines = paid.parts.get(&seller).into_iter().flat_map(|part| &part.lines);
    let unshipped = lines.filter(|(_, line)| line.unshipped > 0).take(1);
    unshipped.map(|(line_id, _)| Item { line_id: *line_id, quantity: 1 }).collect()
}

/// The order's number, from its id.
pub fn number_of(id: OrderId) -> u8 {
    (0..super::action::ORDERS).find(|number| order(*number) == id).unwrap()
}
