//! The order's states. Anna sells two lamps in it, Bora one book.

use chrono::Duration;
use domain::{
    Currency, Money,
    contest::Contest,
    id::{PaymentId, SellerId, ShipmentId},
    order::{
        CancelledBy, ConfirmedBy, CreateOrder, DeliverySource, Dispatch, Item, Line, Order, OrderEvent,
        OrderRefusal, RefundCause, RefundLines, RefundedLine,
    },
};

use super::table::{Table, after};
use crate::samples::{
    anna, at, book, bora, create_order, in_the_window, lamps, other_payment, other_refund, paid_at, parcel,
    pay_by, payment_id, refund_id, second_parcel, stranger, week,
};

fn claim() -> Contest {
    Contest::Claim { claim_id: crate::samples::id(12) }
}

type Answer = Result<Vec<OrderEvent>, OrderRefusal>;

fn create(lines: Vec<Line>) -> CreateOrder {
    create_order(lines)
}

fn start(order: &Order, payment: PaymentId) -> Answer {
    order.start_payment(payment, in_the_window())
}

fn parcel_of(seller_id: SellerId, shipment_id: ShipmentId, items: Vec<Item>) -> Dispatch {
    Dispatch {
        shipment_id,
        seller_id,
        carrier: "kr.cjlogistics".to_owned(),
        invoice_number: "123456789012".to_owned(),
        items,
        shipped_at: at("2026-03-02T12:00:00Z"),
    }
}

fn lamp(quantity: u32) -> Vec<Item> {
    vec![Item { line_id: lamps().line_id, quantity }]
}

fn deliver(order: &Order, shipment: ShipmentId) -> Answer {
    order.deliver(shipment, DeliverySource::Carrier, at("2026-03-03T03:00:00Z"), week())
}

fn approve(order: &Order, payment: PaymentId) -> Answer {
    order.begin_approval(payment, in_the_window(), None)
}

fn confirm(order: &Order) -> Answer {
    order.confirm(ConfirmedBy::Buyer, &[])
}

fn confirm_line(order: &Order, line: &Line) -> Answer {
    order.confirm(ConfirmedBy::Buyer, &[line.line_id])
}

fn give_up(order: &Order, quantity: u32) -> Answer {
    order.give_up_lines(&lamp(quantity), (RefundCause::Cancelled, refund_id()), "fewer will do", week())
}

fn reduce(order: &Order) -> Answer {
    order.refund_lines(RefundLines {
        seller_id: anna(),
        refund_id: other_refund(),
        cause: RefundCause::Reduced,
        reason: "scratched".to_owned(),
        parts: vec![RefundedLine { line_id: lamps().line_id, quantity: 0, amount: Money::krw(1_000) }],
        restock: false,
        contest: None,
    })
}

fn contest(order: &Order) -> Answer {
    order.contest(claim(), anna(), lamp(1))
}

fn cancel(order: &Order) -> Answer {
    order.cancel(CancelledBy::Buyer, "changed my mind".to_owned(), refund_id(), in_the_window())
}

fn states() -> Table<Order> {
    let placed = after(&Order::Absent, |order| order.create(create(vec![lamps(), book()])));
    let begun = after(&placed, |order| start(order, payment_id()));
    let failed = after(&begun, |order| order.payment_failed(payment_id()));
    let approving = after(&begun, |order| approve(order, payment_id()));
    let approving = after(&approving, |order| start(order, other_payment()));
    let paid = after(&begun, |order| order.pay(payment_id(), paid_at()));
    let partly = after(&paid, |order| order.dispatch(parcel_of(anna(), parcel(), lamp(1))));
    let shipped = after(&paid, |order| order.dispatch(parcel_of(anna(), parcel(), vec![])));
    let delivered = after(&shipped, |order| deliver(order, parcel()));
    let contested = after(&delivered, contest);
    let fewer = after(&paid, |order| give_up(order, 1));
    let confirmed = after(&delivered, confirm);
    let both = after(&confirmed, |order| order.dispatch(parcel_of(bora(), second_parcel(), vec![])));
    let done = after(&both, confirm);
    let cancelling = after(&paid, cancel);
    let cancelled = after(&cancelling, |order| order.refunded(refund_id()));
    let expired = after(&begun, |order| order.expire(pay_by()));
    let sources = &[
        include_str!("../../../src/order/verbs.rs"),
        include_str!("../../../src/order/pay.rs"),
        include_str!("../../../src/order/approval.rs"),
        include_str!("../../../src/order/fulfilment.rs"),
        include_str!("../../../src/order/confirm.rs"),
        include_str!("../../../src/order/contest.rs"),
        include_str!("../../../src/order/refund.rs"),
    ];
    Table::of(sources)
        .state("AwaitingPayment", placed)
        .state("AwaitingPayment, attempt begun", begun)
        .state("AwaitingPayment, attempt failed", failed)
        .state("AwaitingPayment, being approved", approving)
        .state("Paid", paid)
        .state("Paid, a lamp of two shipped", partly)
        .state("Paid, lamps shipped", shipped)
        .state("Paid, lamps delivered", delivered)
        .state("Paid, lamps contested", contested)
        .state("Paid, a lamp given up", fewer)
        .state("Paid, lamps confirmed", confirmed)
        .state("Paid, all confirmed", done)
        .state("Cancelling", cancelling)
        .state("Cancelled", cancelled)
        .state("Expired", expired)
}

pub fn table() -> Table<Order> {
    ends(lines(fulfilment(payment(creation(states())))))
}

fn creation(table: Table<Order>) -> Table<Order> {
    let mixed = Line {
        unit_price: Money::new(8_000, Currency::USD),
        amount: Money::new(8_000, Currency::USD),
        ..book()
    };
    let cheaper = Line { amount: Money::krw(1), ..lamps() };
    let own = Line { seller_id: SellerId::of(crate::samples::buyer()), ..book() };
    let none = Line { quantity: 0, amount: Money::krw(0), ..lamps() };
    let endless = Line { quantity: u32::MAX, unit_price: Money::krw(i64::MAX), ..lamps() };
    table
        .row("create", "", |order| order.create(create(vec![lamps(), book()])))
        .row("create", "without a line", |order| order.create(create(vec![])))
        .row("create", "of no lamps", move |order| order.create(create(vec![none.clone()])))
        .row("create", "of lamps twice", |order| order.create(create(vec![lamps(), lamps()])))
        .row("create", "at another price", move |order| order.create(create(vec![cheaper.clone()])))
        .row("create", "from oneself", move |order| order.create(create(vec![own.clone()])))
        .row("create", "in two currencies", move |order| order.create(create(vec![lamps(), mixed.clone()])))
        .row("create", "of too large an amount", move |order| order.create(create(vec![endless.clone()])))
}

fn payment(table: Table<Order>) -> Table<Order> {
    table
        .row("start_payment", "", |order| start(order, payment_id()))
        .row("start_payment", "by another attempt", |order| start(order, other_payment()))
        .row("start_payment", "after the window", |order| order.start_payment(other_payment(), pay_by()))
        .row("payment_failed", "", |order| order.payment_failed(payment_id()))
        .row("payment_failed", "of an unknown attempt", |order| order.payment_failed(other_payment()))
        .row("begin_approval", "", |order| approve(order, payment_id()))
        .row("begin_approval", "of another attempt", |order| approve(order, other_payment()))
        .row("begin_approval", "after the window", |order| order.begin_approval(payment_id(), pay_by(), None))
        .row("end_approval", "", |order| order.end_approval(payment_id()))
        .row("end_approval", "of another attempt", |order| order.end_approval(other_payment()))
        .row("extend_window", "", |order| order.extend_window(pay_by() + Duration::days(1)))
        .row("extend_window", "to an earlier end", |order| order.extend_window(in_the_window()))
        .row("pay", "", |order| order.pay(payment_id(), paid_at()))
        .row("pay", "by an unknown attempt", |order| order.pay(other_payment(), paid_at()))
        .row("expire", "before the end of the window", |order| order.expire(in_the_window()))
        .row("expire", "at the end of the window", |order| order.expire(pay_by()))
}

fn fulfilment(table: Table<Order>) -> Table<Order> {
    table
        .row("dispatch", "all lamps left", |order| order.dispatch(parcel_of(anna(), second_parcel(), vec![])))
        .row("dispatch", "the same parcel", |order| order.dispatch(parcel_of(anna(), parcel(), vec![])))
        .row("dispatch", "one lamp", |order| order.dispatch(parcel_of(anna(), second_parcel(), lamp(1))))
        .row("dispatch", "three lamps", |order| order.dispatch(parcel_of(anna(), second_parcel(), lamp(3))))
        .row("dispatch", "no lamps", |order| order.dispatch(parcel_of(anna(), second_parcel(), lamp(0))))
        .row("dispatch", "another's lamps", |order| {
            order.dispatch(parcel_of(bora(), second_parcel(), lamp(1)))
        })
        .row("dispatch", "the book as Anna's parcel", |order| {
            order.dispatch(parcel_of(bora(), parcel(), vec![]))
        })
        .row("dispatch", "by a stranger", |order| {
            order.dispatch(parcel_of(stranger(), second_parcel(), vec![]))
        })
        .row("dispatch", "without an invoice", |order| {
            let invoice_number = " ".to_owned();
            order.dispatch(Dispatch { invoice_number, ..parcel_of(anna(), second_parcel(), vec![]) })
        })
        .row("deliver", "the lamps", |order| deliver(order, parcel()))
        .row("deliver", "an unknown parcel", |order| deliver(order, crate::samples::id(98)))
        .row("deliver", "at the end of the calendar", |order| {
            order.deliver(parcel(), DeliverySource::Seller, chrono::DateTime::<chrono::Utc>::MAX_UTC, week())
        })
        .row("confirm", "", confirm)
        .row("confirm_by_clock", "the lamps, too early", |order| {
            order.confirm_by_clock(anna(), at("2026-03-10T14:59:58Z"))
        })
        .row("confirm_by_clock", "the lamps, in time", |order| {
            order.confirm_by_clock(anna(), at("2026-03-10T14:59:59Z"))
        })
        .row("confirm_by_clock", "a stranger's", |order| order.confirm_by_clock(stranger(), paid_at()))
}

fn lines(table: Table<Order>) -> Table<Order> {
    let nothing = domain::id::Id::from_uuid(uuid::Uuid::nil());
    table
        .row("confirm", "the lamps", |order| confirm_line(order, &lamps()))
        .row("confirm", "the book", |order| confirm_line(order, &book()))
        .row("confirm", "an unknown line", move |order| order.confirm(ConfirmedBy::Buyer, &[nothing]))
        .row("hold_back", "for 14 days", |order| order.hold_back(&[], 14, "on a journey"))
        .row("hold_back", "for 15 days", |order| order.hold_back(&[], 15, "on a journey"))
        .row("give_up_lines", "one lamp", |order| give_up(order, 1))
        .row("give_up_lines", "three lamps", |order| give_up(order, 3))
        .row("refund_lines", "1 000 of the lamps' price", reduce)
        .row("contest", "a lamp", contest)
        .row("contest", "a lamp, by another claim", |order| {
            order.contest(Contest::Claim { claim_id: crate::samples::id(99) }, anna(), lamp(1))
        })
        .row("end_contest", "", |order| order.end_contest(claim(), paid_at(), None))
}

fn ends(table: Table<Order>) -> Table<Order> {
    table
        .row("cancel", "", cancel)
        .row("refund_in_full", "", |order| {
            order.refund_in_full(CancelledBy::Operator, "lost".to_owned(), refund_id())
        })
        .row("refunded", "", |order| order.refunded(refund_id()))
        .row("refunded", "by another refund", |order| order.refunded(other_refund()))
}
