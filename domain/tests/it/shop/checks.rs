//! What is true of the shop at every moment.

use domain::{
    Currency, Money,
    escrow::{Escrow, EscrowEvent},
    id::{EscrowId, OrderId},
    ledger::Account,
    order::{Order, OrderEvent},
    payment::{Custody, Gateway, Payment, PaymentEvent, RefundState},
    product::{Product, ProductEvent},
};

use super::world::{Stream, World};

const CURRENCIES: [Currency; 2] = [Currency::KRW, Currency::USD];

pub fn all(world: &World) {
    holds(world);
    lines(world);
    stock(world);
    returns(world);
    refunds(world);
    gateways(world);
    sellers(world);
    accounts(world);
}

/// `held = funded − released − refunded ≥ locked ≥ 0`, and the hold's two accounts say the same.
fn holds(world: &World) {
    for (id, stream) in &world.holds {
        let (Escrow::Open(hold) | Escrow::Closed(hold)) = &stream.live else {
            panic!("{id} was never funded")
        };
        let held = hold.funded.amount - hold.released.amount - hold.refunded.amount;
        assert_eq!(hold.held(), Ok(Money::new(held, hold.funded.currency)));
        assert!(held >= hold.locked.amount && hold.locked.amount >= 0, "{hold:?}");
        assert_eq!(matches!(stream.live, Escrow::Closed(_)), held == 0, "closed and empty are one: {hold:?}");
        let movable = world.books.credit(Account::EscrowLiability(*id), hold.funded.currency);
        let locked = world.books.credit(Account::EscrowLocked(*id), hold.funded.currency);
        assert_eq!(locked, i128::from(hold.locked.amount));
        assert_eq!(movable + locked, i128::from(held));
        assert_eq!(sum(stream, released), hold.released.amount);
    }
}

/// What is left of a seller's open lines is what their hold has, and however a hold was released, the commission is
/// what it would have been at once.
fn lines(world: &World) {
    for stream in world.orders.values() {
        let Order::Paid(terms, paid) = &stream.live else { continue };
        for (seller, part) in &paid.parts {
            let hold_id = EscrowId::of(terms.order_id, *seller);
            let escrow = world.hold(hold_id);
            let (Escrow::Open(hold) | Escrow::Closed(hold)) = &escrow else {
                panic!("{hold_id} is not funded")
            };
            let open = part.lines.values().filter(|line| line.is_open());
            let left: i64 = open.map(|line| line.left.amount).sum();
            assert_eq!(hold.held().unwrap().amount, left, "{hold_id} {part:?}");
            let contract = world.seller(*seller).account().unwrap().commission;
            assert_eq!(contract.split(hold.split.gross().unwrap()), Ok(hold.split));
        }
    }
}

fn released(event: &EscrowEvent) -> i64 {
    if let EscrowEvent::EscrowReleased { commission, commission_vat, net, .. } = event {
        commission.amount + commission_vat.amount + net.amount
    } else {
        0
    }
}

fn sum(stream: &Stream<Escrow>, amount: fn(&EscrowEvent) -> i64) -> i64 {
    stream.events.iter().map(amount).sum()
}

/// Units on sale, reserved and sold are those that were ever put on the shelf.
fn stock(world: &World) {
    for (id, stream) in &world.products {
        let Product::Listed(product) = &stream.live else { panic!("{id} was never listed") };
        let (mut on_sale, mut shelved, mut reserved, mut sold) = (0i64, 0i64, 0i64, 0i64);
        for event in &stream.events {
            match event {
                ProductEvent::ProductListed { stock, .. } | ProductEvent::StockAdjusted { stock } => {
                    shelved += i64::from(*stock) - on_sale;
                    on_sale = i64::from(*stock);
                }
                ProductEvent::StockReserved { quantity, .. } => {
                    on_sale -= i64::from(*quantity);
                    reserved += i64::from(*quantity);
                }
                ProductEvent::StockReleased { quantity, .. } => {
                    on_sale += i64::from(*quantity);
                    reserved -= i64::from(*quantity);
                }
                ProductEvent::StockCommitted { quantity, .. } => {
                    reserved -= i64::from(*quantity);
                    sold += i64::from(*quantity);
                }
                ProductEvent::StockReturned { quantity, .. } => {
                    sold -= i64::from(*quantity);
                    on_sale += i64::from(*quantity);
                }
                ProductEvent::ProductDescribed { .. } | ProductEvent::PriceChanged { .. } => {}
            }
            assert!(on_sale >= 0 && reserved >= 0 && sold >= 0, "{id} after {event:?}");
        }
        let held: i64 = product.reservations.values().map(|held| i64::from(held.quantity)).sum();
        assert_eq!((i64::from(product.stock), held), (on_sale, reserved));
        assert_eq!(i64::from(product.stock) + held + sold, shelved);
    }
}

/// Of a cancelled order the goods return once, and only those that never left the shelf; of one that goes on, those
/// that the buyer gave up and whose money is back.
fn returns(world: &World) {
    for (id, stream) in &world.orders {
        let left = stream.events.iter().any(|event| matches!(event, OrderEvent::ShipmentDispatched { .. }));
        let paid = stream.events.iter().any(|event| matches!(event, OrderEvent::OrderPaid { .. }));
        let over = matches!(stream.live, Order::Cancelled(_));
        for line in &stream.live.terms().unwrap().lines {
            let events = &world.products[&line.product_id].events;
            let returned: u32 = events.iter().filter_map(|event| returned_of(*id, event)).sum();
            let (given_up, gone) = given_up(&stream.events, line.line_id);
            let whole = if over && paid && !left { line.quantity - given_up - gone } else { 0 };
            let most = whole + given_up;
            let settled = stream.live.progress().is_none_or(|paid| paid.refunds.is_empty());
            assert!(
                returned <= most && (!settled || returned == most),
                "{id} {line:?}: {returned} of {most}"
            );
        }
    }
}

/// Units of a line given up by the buyer, and units the seller had none of.
fn given_up(events: &[OrderEvent], line_id: domain::id::LineId) -> (u32, u32) {
    let mut sums = (0, 0);
    for event in events {
        let OrderEvent::LinesRefundCommitted { parts, restock, .. } = event else { continue };
        let units: u32 = parts.iter().filter(|part| part.line_id == line_id).map(|part| part.quantity).sum();
        *(if *restock { &mut sums.0 } else { &mut sums.1 }) += units;
    }
    sums
}

fn returned_of(order: OrderId, event: &ProductEvent) -> Option<u32> {
    if let ProductEvent::StockReturned { order_id, quantity } = event {
        (*order_id == order).then_some(*quantity)
    } else {
        None
    }
}

/// What holds have committed to a refund is what the payment is asked for, and stands in 2120 until it is done.
fn refunds(world: &World) {
    for stream in world.payments.values() {
        let Payment::Authorized(_, captured) = &stream.live else { continue };
        assert!(captured.refundable().unwrap().amount >= 0);
        for (id, refund) in &captured.refunds {
            let owed = if refund.state == RefundState::Done { 0 } else { refund.amount.amount };
            let payable = world.books.credit(Account::RefundPayable(*id), refund.amount.currency);
            assert_eq!(payable, i128::from(owed), "{id} {refund:?}");
        }
    }
}

/// What a gateway owes is what it captured less what it carried back; quarantined money funds nothing.
fn gateways(world: &World) {
    for gateway in [Gateway::PortoneV1, Gateway::PortoneV2, Gateway::Nicepay, Gateway::Toss] {
        for currency in CURRENCIES {
            let (mut owed, mut suspended) = ([0i128; 2], 0i128);
            for stream in world.payments.values() {
                let Ok(captured) = stream.live.captured() else { continue };
                if stream.live.attempt().unwrap().gateway != gateway || captured.amount.currency != currency {
                    continue;
                }
                let left = i128::from(captured.amount.amount) - returned_by_gateway(stream);
                owed[usize::from(captured.custody == Custody::GatewayEscrow)] += left;
                let owed_back = captured.amount.minus(captured.refunded().unwrap()).unwrap().amount;
                let is_suspended = matches!(stream.live, Payment::Quarantined(..));
                suspended += if is_suspended { i128::from(owed_back) } else { 0 };
            }
            assert_eq!(world.books.debit(Account::GatewayReceivable(gateway), currency), owed[0]);
            assert_eq!(world.books.debit(Account::GatewayEscrowReceivable(gateway), currency), owed[1]);
            assert_eq!(world.books.credit(Account::Suspense(gateway), currency), suspended);
        }
    }
}

/// What the gateway carried back itself; what the bank paid in its place it still owes.
fn returned_by_gateway(stream: &Stream<Payment>) -> i128 {
    let back = stream.events.iter().filter_map(|event| {
        if let PaymentEvent::Refunded { amount, .. } = event { Some(i128::from(amount.amount)) } else { None }
    });
    back.sum()
}

/// A seller is owed what 2200 says.
fn sellers(world: &World) {
    for (id, stream) in &world.sellers {
        for currency in CURRENCIES {
            let payable = i128::from(stream.live.payable(currency));
            assert_eq!(world.books.credit(Account::SellerPayable(*id), currency), payable);
        }
    }
}

/// No account ever stands on its wrong side, and no liability is without its asset.
fn accounts(world: &World) {
    for (account, balance) in world.books.all() {
        // The bank pays before the gateway has remitted: customers' funds are topped up by the remittance.
        if account == Account::CustomerFunds {
            continue;
        }
        let is_asset = account.code() < 2000;
        assert!(if is_asset { balance >= 0 } else { balance <= 0 }, "{account} stands at {balance}");
    }
}
