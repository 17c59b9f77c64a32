//! The shop: every stream with its live state, the books, and a clock that moves when told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use domain::{
    Aggregate, Currency, Fact, Money,
    escrow::{Escrow, EscrowEvent},
    id::{EscrowId, Id, OrderId, PaymentId, ProductId, RefundId, SellerId, ShipmentId},
    order::{Order, OrderEvent, Paid},
    payment::Payment,
    product::{ListProduct, Product},
    seller::{Commission, Seller, Split},
};

use super::{
    action::{ATTEMPTS, Action, Answer, Move, News, PARCELS},
    books::Books,
};
use crate::samples::{anna, at, bora, id, order_id};

/// Ends that a run over many histories must have come to.
pub const ENDS: [&str; 9] = [
    "confirmed in full",
    "cancelled after payment",
    "refunded in part, then confirmed",
    "money quarantined",
    "quarantined money back",
    "refund retried",
    "refunded after shipment",
    "released line by line",
    "given up in part, then confirmed",
];

/// A stream: what happened, and what is true because of it.
#[derive(Debug)]
pub struct Stream<A: Aggregate> {
    pub live: A,
    pub events: Vec<A::Event>,
}

/// The shop.
pub struct World {
    pub sellers: BTreeMap<SellerId, Stream<Seller>>,
    pub products: BTreeMap<ProductId, Stream<Product>>,
    pub orders: BTreeMap<OrderId, Stream<Order>>,
    pub payments: BTreeMap<PaymentId, Stream<Payment>>,
    pub holds: BTreeMap<EscrowId, Stream<Escrow>>,
    pub books: Books,
    pub now: DateTime<Utc>,
    names: BTreeSet<&'static str>,
}

impl World {
    /// Two sellers with one seven and one nine per cent, four products.
    pub fn open() -> Self {
        let mut world = Self {
            sellers: BTreeMap::new(),
            products: BTreeMap::new(),
            orders: BTreeMap::new(),
            payments: BTreeMap::new(),
            holds: BTreeMap::new(),
            books: Books::default(),
            now: at("2026-03-02T10:00:00Z"),
            names: BTreeSet::new(),
        };
        for (seller, rate) in [(anna(), 7_000), (bora(), 9_130)] {
            let events = Seller::Absent.register(seller, Commission { rate }).unwrap();
            world.happen(events.into_iter().map(|event| Fact::Seller(seller, event)).collect());
        }
        for (number, currency) in
            [(0, Currency::KRW), (1, Currency::KRW), (2, Currency::USD), (3, Currency::KRW)]
        {
            let (product_id, seller_id) = (product(number), seller(number));
            let (name, description) = (format!("Product {number}"), String::new());
            let price = Money::new(9_999 - i64::from(number), currency);
            let list = ListProduct { product_id, seller_id, name, description, price, stock: 40 };
            let events = Product::Absent.list(list).unwrap();
            world.happen(events.into_iter().map(|event| Fact::Product(product_id, event)).collect());
        }
        world
    }

    /// Records a unit.
    pub fn happen(&mut self, facts: Vec<Fact>) {
        for fact in facts {
            self.names.insert(fact.name());
            self.books.post(&fact);
            match fact {
                Fact::Customer(..) | Fact::Claim(..) => {}
                Fact::Seller(id, event) => record(&mut self.sellers, id, event),
                Fact::Product(id, event) => record(&mut self.products, id, event),
                Fact::Order(id, event) => record(&mut self.orders, id, event),
                Fact::Payment(id, event) => record(&mut self.payments, id, event),
                Fact::Escrow(id, event) => record(&mut self.holds, id, event),
            }
        }
    }

    pub fn order(&self, number: u8) -> Order {
        live(&self.orders, order(number))
    }

    pub fn payment(&self, id: PaymentId) -> Payment {
        live(&self.payments, id)
    }

    pub fn hold(&self, id: EscrowId) -> Escrow {
        live(&self.holds, id)
    }

    pub fn product(&self, id: ProductId) -> Product {
        live(&self.products, id)
    }

    pub fn seller(&self, id: SellerId) -> Seller {
        live(&self.sellers, id)
    }

    /// Resolves the straight way to the step that is next, and lets the clock move.
    pub fn concrete(&mut self, action: &Action) -> Action {
        if let Action::Wait { hours } = action {
            self.now += Duration::hours(*hours);
        }
        let Action::Advance { order: number, luck } = *action else { return action.clone() };
        match self.order(number) {
            Order::Absent => Action::Place { order: number, basket: vec![(0, 2), (1, 1), (3, 1)] },
            Order::AwaitingPayment(..) | Order::Cancelled(_) | Order::Expired(_) => {
                self.advance_payment(number, luck)
            }
            Order::Paid(_, paid) => self.advance_paid(number, &paid),
            Order::Cancelling(_, cancelling) => {
                let paid = |attempt: &u8| payment(number, *attempt) == cancelling.payment_id;
                let attempt = (0..ATTEMPTS).find(paid).unwrap_or_default();
                let how = Move::Answer { attempt, refund: luck / 100, answer: Answer::by(luck) };
                Action::Move { order: number, how }
            }
        }
    }

    /// An attempt is begun and captured, now and then wrongly; wrong and late money is on its way back.
    fn advance_payment(&self, number: u8, luck: u8) -> Action {
        let state = |attempt: u8| self.payment(payment(number, attempt));
        let first_is_wrong = matches!(state(0), Payment::Quarantined(..));
        let attempt = u8::from(first_is_wrong && !luck.is_multiple_of(2));
        let news = match state(attempt) {
            Payment::Absent => News::Start { gateway: number, escrow: number.is_multiple_of(2) },
            Payment::Open(..) | Payment::Ended(..) => News::Capture { right: !luck.is_multiple_of(5) },
            Payment::Authorized(..) | Payment::Quarantined(..) => {
                let how = Move::Answer { attempt, refund: 0, answer: Answer::by(luck / 2) };
                return Action::Move { order: number, how };
            }
        };
        Action::Pay { order: number, attempt, news }
    }

    fn advance_paid(&mut self, number: u8, paid: &Paid) -> Action {
        let open = paid.parts.iter().find(|(_, part)| !part.is_over());
        let Some((seller_id, part)) = open else { return Action::Expire { order: number } };
        let of = u8::from(*seller_id == bora());
        let waiting = (0..PARCELS)
            .find(|nth| part.shipments.get(&parcel(number, of, *nth)).is_some_and(|it| !it.delivered));
        let unused = (0..PARCELS).find(|nth| !part.shipments.contains_key(&parcel(number, of, *nth)));
        match (part.is_shipped(), waiting) {
            (false, _) => {
                let one = number == 1 && unused == Some(0);
                Action::Ship { order: number, seller: of, parcel: unused.unwrap_or_default(), one }
            }
            (true, Some(nth)) => Action::Deliver { order: number, seller: of, parcel: nth },
            (true, None) => {
                self.now += Duration::days(9);
                Action::Move { order: number, how: Move::ClockConfirm { seller: of } }
            }
        }
    }

    /// What this history has come to: the names of its events, and its ends.
    pub fn marks(&self) -> BTreeSet<&'static str> {
        let mut marks = self.names.clone();
        for stream in self.orders.values() {
            match &stream.live {
                Order::Paid(terms, paid)
                    if paid.parts.values().all(|part| part.lines.values().all(|line| line.confirmed)) =>
                {
                    let whole = self.payment(paid.payment_id).captured().unwrap().refunds.is_empty();
                    marks.insert(if whole {
                        "confirmed in full"
                    } else {
                        "refunded in part, then confirmed"
                    });
                    let confirmations = stream.events.iter().filter(|event| {
                        matches!(event, OrderEvent::EscrowConfirmed { seller_id, .. } if *seller_id == bora())
                    });
                    marks.extend((confirmations.count() > 1).then_some("released line by line"));
                    let fewer = terms
                        .lines
                        .iter()
                        .any(|line| paid.line(line.line_id).unwrap().1.units < line.quantity);
                    marks.extend(fewer.then_some("given up in part, then confirmed"));
                }
                Order::Cancelled(_) => marks.extend(cancelled_how(&stream.events)),
                Order::Absent
                | Order::AwaitingPayment(..)
                | Order::Paid(..)
                | Order::Cancelling(..)
                | Order::Expired(_) => {}
            }
        }
        for stream in self.payments.values() {
            let Ok(captured) = stream.live.captured() else { continue };
            let quarantined = matches!(stream.live, Payment::Quarantined(..));
            let is_back = captured.refunded() == Ok(captured.amount);
            let retried = captured.refunds.values().any(|refund| refund.round > 1);
            marks.extend(quarantined.then_some("money quarantined"));
            marks.extend((quarantined && is_back).then_some("quarantined money back"));
            marks.extend(retried.then_some("refund retried"));
        }
        marks
    }
}

fn cancelled_how(events: &[OrderEvent]) -> Option<&'static str> {
    let accepted = events.iter().find_map(|event| {
        if let OrderEvent::CancelAccepted { restock, .. } = event { Some(*restock) } else { None }
    });
    accepted.map(|restock| if restock { "cancelled after payment" } else { "refunded after shipment" })
}

fn record<A: Aggregate>(streams: &mut BTreeMap<A::Id, Stream<A>>, id: A::Id, event: A::Event) {
    let stream = streams.entry(id).or_insert_with(|| Stream { live: A::default(), events: vec![] });
    stream.live.evolve(&event);
    stream.events.push(event);
}

fn live<A: Aggregate>(streams: &BTreeMap<A::Id, Stream<A>>, id: A::Id) -> A {
    streams.get(&id).map(|stream| stream.live.clone()).unwrap_or_default()
}

fn numbered<I: Id>(kind: u128, numbers: [u8; 3]) -> I {
    let [first, second, third] = numbers.map(u128::from);
    id(kind * 10_000 + first * 100 + second * 10 + third)
}

pub fn order(number: u8) -> OrderId {
    numbered(1, [number, 0, 0])
}

pub fn payment(order: u8, attempt: u8) -> PaymentId {
    numbered(2, [order, attempt, 0])
}

pub fn refund(order: u8, number: u8) -> RefundId {
    numbered(3, [order, number, 0])
}

pub fn parcel(order: u8, seller: u8, number: u8) -> ShipmentId {
    numbered(4, [order, seller, number])
}

pub fn product(number: u8) -> ProductId {
    numbered(5, [number, 0, 0])
}

/// Anna sells the products with even numbers, Bora the others.
pub fn seller(number: u8) -> SellerId {
    if number.is_multiple_of(2) { anna() } else { bora() }
}

/// A release that loses a won: no verb would decide it.
pub fn unbalanced() -> Vec<Fact> {
    let whole = Split { commission: Money::krw(10), commission_vat: Money::krw(1), net: Money::krw(88) };
    let Split { commission, commission_vat, net } = whole;
    let released = EscrowEvent::EscrowReleased {
        seller_id: anna(),
        amount: Money::krw(100),
        commission,
        commission_vat,
        net,
        fee_free: false,
    };
    vec![Fact::Escrow(EscrowId::of(order_id(), anna()), released)]
}
