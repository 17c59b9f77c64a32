//! Two want opposite things of one order at the same moment. Whatever the order in which the writer takes them, one wins,
//! the money moves once, and nothing is held that should not be.

use chrono::Duration;
use commands::{
    AutoConfirm, Caller, CancelOrder, ClaimStep, Command, ConfirmOrder, DispatchShipment, RefundPayment,
};
use domain::{
    Money,
    claim::ClaimKind,
    escrow::Escrow,
    id::{EscrowId, Id, OrderId, PaymentId, ShipmentId},
    payment::Payment,
};

use crate::{
    claims::{approve, delivered, opening, step},
    shop::Shop,
};

/// How often each race is run.
const ROUNDS: u64 = 1_000;

/// A small seeded generator: the same rounds every time.
struct Luck(u64);

impl Luck {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

/// Asks both at once, one or the other first; says which happened.
async fn both<A: Command, B: Command>(shop: &Shop, luck: &mut Luck, first: A, second: B) -> (bool, bool) {
    if luck.next().is_multiple_of(2) {
        let (a, b) = tokio::join!(shop.ask(first), shop.ask(second));
        (a.is_ok(), b.is_ok())
    } else {
        let (b, a) = tokio::join!(shop.ask(second), shop.ask(first));
        (a.is_ok(), b.is_ok())
    }
}

/// What came in is what is held, what was released and what goes back; and the payment is asked for as much as the hold
/// gave up.
async fn money_is_whole(shop: &Shop, order: OrderId, payment: PaymentId) -> (i64, i64) {
    let (escrow, _) = shop.commands.load::<Escrow>(EscrowId::of(order, shop.carpenter)).await.unwrap();
    let hold = escrow.hold().unwrap();
    let held = hold.held().unwrap().amount;
    assert!(held >= hold.locked.amount && hold.locked.amount >= 0);
    assert_eq!(hold.funded.amount, held + hold.released.amount + hold.refunded.amount);
    let (payment, _) = shop.commands.load::<Payment>(payment).await.unwrap();
    let captured = payment.captured().unwrap();
    let asked = captured.amount.amount - captured.refundable().unwrap().amount;
    assert_eq!(asked, hold.refunded.amount, "asked back is what the hold gave up");
    (hold.released.amount, hold.refunded.amount)
}

#[tokio::test]
async fn refund_and_confirm() {
    let (shop, mut luck) = (Shop::open().await, Luck(1));
    shop.stocks(shop.chair, 2_000).await;
    for _ in 0..ROUNDS {
        let it = delivered(&shop).await;
        let confirm = ConfirmOrder { order_id: it.order, buyer_id: shop.buyer, lines: vec![] };
        let refund = RefundPayment {
            payment_id: it.payment,
            caller: Caller::Operator(shop.buyer),
            amount: None,
            reason: "lost".into(),
            refund_id: Shop::refund_id(),
            refund_account: None,
        };
        let (confirmed, refunded) = both(&shop, &mut luck, confirm, refund).await;
        assert_ne!(confirmed, refunded, "exactly one wins");
        let moved = money_is_whole(&shop, it.order, it.payment).await;
        assert_eq!(moved, if confirmed { (24_000, 0) } else { (0, 24_000) });
    }
}

#[tokio::test]
async fn cancel_and_ship() {
    let (shop, mut luck) = (Shop::open().await, Luck(2));
    shop.stocks(shop.chair, 2_000).await;
    for _ in 0..ROUNDS {
        let (order, payment) = shop.paid(&[(shop.chair, 1)]).await;
        let caller = Caller::Buyer(shop.buyer);
        let cancel = CancelOrder {
            order_id: order,
            caller,
            reason: "late".into(),
            refund_id: Shop::refund_id(),
            refund_account: None,
        };
        let ship = DispatchShipment {
            order_id: order,
            seller_id: shop.carpenter,
            shipment_id: ShipmentId::from_uuid(ambient::fresh_id()),
            carrier: "CJ".into(),
            invoice_number: "6012".into(),
            items: vec![],
        };
        let (cancelled, shipped) = both(&shop, &mut luck, cancel, ship).await;
        assert_ne!(cancelled, shipped, "exactly one wins");
        let moved = money_is_whole(&shop, order, payment).await;
        assert_eq!(moved, if cancelled { (0, 12_000) } else { (0, 0) });
    }
}

#[tokio::test]
async fn return_and_auto_confirm() {
    let (shop, mut luck) = (Shop::open().await, Luck(3));
    shop.stocks(shop.chair, 2_000).await;
    for _ in 0..ROUNDS {
        let it = delivered(&shop).await;
        let (state, _) = shop.commands.load::<domain::order::Order>(it.order).await.unwrap();
        let (_, line) = state.paid().unwrap().line(it.line).unwrap();
        // At the very last second of the period both are allowed.
        let left = line.confirm_due.unwrap() - shop.clock.now();
        shop.clock.advance(left.max(Duration::zero()));
        let claim = opening(&shop, &it, ClaimKind::Return, 2);
        let claim_id = claim.claim_id;
        let by_clock = AutoConfirm { order_id: it.order, seller_id: shop.carpenter };
        let (claimed, confirmed) = both(&shop, &mut luck, claim, by_clock).await;
        assert!(claimed, "goods can be returned before their money is released and after");
        let (released, refunded) = money_is_whole(&shop, it.order, it.payment).await;
        assert_eq!((released, refunded), if confirmed { (24_000, 0) } else { (0, 0) });
        let seller = Caller::Seller(shop.carpenter);
        shop.ask(step(claim_id, seller, ClaimStep::Receive)).await.unwrap();
        let (one, other) = both(
            &shop,
            &mut luck,
            step(claim_id, seller, approve(None)),
            step(claim_id, seller, approve(None)),
        )
        .await;
        assert_ne!(one, other, "approved once");
        let (payment, _) = shop.commands.load::<Payment>(it.payment).await.unwrap();
        assert_eq!(payment.captured().unwrap().refundable(), Ok(Money::krw(0)), "given back once");
    }
}
