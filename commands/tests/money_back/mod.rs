//! Money on its way back, over a real log: to an account, at the console, twice, late; and a deposit that is not there.

use commands::{
    Caller, CancelOrder, DispatchShipment, Failure, ForeignCancellation, OpenWindow, PayWindow, PaymentState,
    Reading, RecordReading, RecordRefund, RecordSilence, RefundPayment, RefundResult, Refusal, RetryRefund,
    Standing, StartPayment,
};
use domain::{
    Money, Sealed,
    id::{Id, OrderId, PaymentId, RefundId, ShipmentId},
    order::Order,
    payment::{Capture, Custody, Gateway, Payment, PaymentRefusal, RefundState, VIRTUAL_ACCOUNT},
};

use crate::shop::Shop;

/// A chair of 12 000 won that was paid, its payment, and the world around it.
struct Paid {
    shop: Shop,
    order: OrderId,
    payment: PaymentId,
    gateway: Gateway,
    method: &'static str,
}

impl Paid {
    async fn by(gateway: Gateway, method: &'static str) -> Self {
        let shop = Shop::open().await;
        let order = shop.place(&[(shop.chair, 1)]).await.unwrap().answer.order_id;
        let payment = PaymentId::from_uuid(ambient::fresh_id());
        let window = OpenWindow::new(|_| PayWindow { checkout: serde_json::Value::Null, pay_url: None });
        let (buyer_id, escrow) = (shop.buyer, false);
        shop.ask(StartPayment {
            payment_id: payment,
            order_id: order,
            buyer_id,
            seen_price: None,
            gateway,
            escrow,
            window,
        })
        .await
        .unwrap();
        let paid = Self { shop, order, payment, gateway, method };
        assert_eq!(paid.reads(paid.standing(), vec![]).await, PaymentState::Authorized);
        paid
    }

    fn standing(&self) -> Standing {
        Standing::Paid(Capture {
            transaction_id: "tx".into(),
            amount: Money::krw(12_000),
            method: self.method.into(),
            custody: Custody::Platform,
            paid_at: self.shop.clock.now(),
        })
    }

    async fn reads(&self, standing: Standing, foreign: Vec<ForeignCancellation>) -> PaymentState {
        let (payment_id, refund_id) = (self.payment, Shop::refund_id());
        let reading = Reading { standing, foreign };
        self.shop.ask(RecordReading { payment_id, reading, refund_id }).await.unwrap().answer
    }

    /// Somebody gives so much back at the gateway's console, and we hear of it.
    async fn console(&self, id: &str, amount: i64) {
        let (cancellation_id, amount) = (id.to_owned(), Money::krw(amount));
        let seen = ForeignCancellation { cancellation_id, amount, cancelled_at: self.shop.clock.now() };
        self.reads(self.standing(), vec![seen]).await;
    }

    async fn cancels(&self, caller: Caller, account: Option<&str>) -> Result<RefundId, Refusal> {
        let refund_id = Shop::refund_id();
        let refund_account = account.map(|text| Sealed(text.to_owned()));
        let (order_id, reason) = (self.order, "changed my mind".to_owned());
        let cancel = CancelOrder { order_id, caller, reason, refund_id, refund_account };
        match self.shop.ask(cancel).await {
            Ok(_) => Ok(refund_id),
            Err(Failure::Refused(refusal)) => Err(refusal),
            Err(Failure::Fault(fault)) => panic!("{fault}"),
        }
    }

    async fn part_goes_back(&self, amount: i64) -> RefundId {
        let refund_id = Shop::refund_id();
        let refund = RefundPayment {
            payment_id: self.payment,
            caller: Caller::Operator(self.shop.buyer),
            amount: Some(Money::krw(amount)),
            reason: "scratched".into(),
            refund_id,
            refund_account: None,
        };
        self.shop.ask(refund).await.unwrap();
        refund_id
    }

    async fn gateway_says(&self, refund_id: RefundId, result: RefundResult) {
        self.shop.ask(RecordRefund { payment_id: self.payment, refund_id, result }).await.unwrap();
    }

    fn done(&self, id: &str) -> RefundResult {
        RefundResult::Done { cancellation_id: id.to_owned(), refunded_at: self.shop.clock.now() }
    }

    async fn refunds(&self) -> Vec<(RefundId, RefundState)> {
        let (payment, _) = self.shop.commands.load::<Payment>(self.payment).await.unwrap();
        payment.captured().unwrap().refunds.iter().map(|(id, refund)| (*id, refund.state)).collect()
    }

    async fn names(&self) -> Vec<String> {
        let name = |event: &serde_json::Value| event.as_object().unwrap().keys().next().unwrap().clone();
        self.shop.events().await.iter().map(name).collect()
    }

    async fn count(&self, event: &str) -> usize {
        self.names().await.iter().filter(|name| *name == event).count()
    }

    async fn is_cancelled(&self) -> bool {
        matches!(self.shop.commands.load::<Order>(self.order).await.unwrap().0, Order::Cancelled(_))
    }

    const fn buyer(&self) -> Caller {
        Caller::Buyer(self.shop.buyer)
    }
}

#[tokio::test]
async fn a_console_cancellation_settles_our_refund_of_the_same_money_however_far_that_is() {
    let steps: [Vec<RefundResult>; 4] = [
        vec![],
        vec![RefundResult::InDoubt],
        vec![RefundResult::Pending { cancellation_id: "ours".into() }],
        vec![RefundResult::Failed { reason: "PG_PROVIDER".into() }],
    ];
    for steps in steps {
        let paid = Paid::by(Gateway::PortoneV2, "card").await;
        let refund_id = paid.cancels(paid.buyer(), None).await.unwrap();
        for step in &steps {
            paid.gateway_says(refund_id, step.clone()).await;
        }
        paid.console("console-1", 12_000).await;
        paid.console("console-1", 12_000).await;
        assert_eq!(paid.refunds().await, [(refund_id, RefundState::Done)], "{steps:?}");
        assert!(paid.is_cancelled().await, "{steps:?}");
        assert_eq!(paid.count("ChargedBack").await, 0, "one movement is one posting: {steps:?}");
        // Ours comes to nothing at the gateway: nothing is left to refund.
        let failed = RefundResult::Failed { reason: "ALREADY_CANCELLED".into() };
        paid.gateway_says(refund_id, failed).await;
        assert_eq!(paid.refunds().await, [(refund_id, RefundState::Done)], "{steps:?}");
    }
}

#[tokio::test]
async fn another_amount_at_the_console_is_not_our_refund() {
    let paid = Paid::by(Gateway::PortoneV2, "card").await;
    let ours = paid.part_goes_back(3_000).await;
    paid.console("console-1", 4_000).await;
    let refunds = paid.refunds().await;
    assert_eq!(refunds.len(), 2);
    assert!(refunds.contains(&(ours, RefundState::Requested)));
    assert_eq!(paid.count("ChargedBack").await, 0);
}

#[tokio::test]
async fn if_ours_was_carried_out_as_well_the_second_one_is_booked_once() {
    let paid = Paid::by(Gateway::PortoneV2, "card").await;
    let ours = paid.part_goes_back(3_000).await;
    paid.gateway_says(ours, RefundResult::InDoubt).await;
    paid.console("console-1", 3_000).await;
    for _ in 0..2 {
        paid.gateway_says(ours, paid.done("ours-1")).await;
        paid.gateway_says(ours, paid.done("console-1")).await;
    }
    let (payment, _) = paid.shop.commands.load::<Payment>(paid.payment).await.unwrap();
    let captured = payment.captured().unwrap();
    assert_eq!(captured.refunded(), Ok(Money::krw(6_000)), "the hold gave the second 3 000 up as well");
    assert_eq!((paid.count("Refunded").await, paid.count("ChargedBack").await), (2, 0));
}

#[tokio::test]
async fn a_second_one_that_the_holds_cannot_give_is_the_platforms_loss() {
    let paid = Paid::by(Gateway::PortoneV2, "card").await;
    let ours = paid.cancels(paid.buyer(), None).await.unwrap();
    paid.console("console-1", 12_000).await;
    for _ in 0..2 {
        paid.gateway_says(ours, paid.done("ours-1")).await;
    }
    assert_eq!((paid.count("Refunded").await, paid.count("ChargedBack").await), (1, 1));
    assert!(paid.is_cancelled().await);
}

#[tokio::test]
async fn a_refund_that_was_given_up_as_gone_and_shows_up_is_a_success() {
    let paid = Paid::by(Gateway::PortoneV2, "card").await;
    let refund_id = paid.cancels(paid.buyer(), None).await.unwrap();
    paid.gateway_says(refund_id, RefundResult::Pending { cancellation_id: "ours".into() }).await;
    paid.gateway_says(refund_id, RefundResult::Failed { reason: "CANCELLATION_GONE".into() }).await;
    assert!(!paid.is_cancelled().await);
    paid.gateway_says(refund_id, paid.done("ours")).await;
    assert_eq!(paid.refunds().await, [(refund_id, RefundState::Done)]);
    assert!(paid.is_cancelled().await);
    assert_eq!(paid.count("ChargedBack").await, 0);
}

#[tokio::test]
async fn a_deposit_goes_back_to_an_account_that_buyer_or_operator_name() {
    for gateway in [Gateway::PortoneV1, Gateway::Nicepay, Gateway::Toss, Gateway::PortoneV2] {
        let paid = Paid::by(gateway, VIRTUAL_ACCOUNT).await;
        let operator = Caller::Operator(paid.shop.buyer);
        for caller in [paid.buyer(), operator] {
            if gateway.wants_account_for_deposits() {
                let missing = Refusal::Payment(PaymentRefusal::RefundAccountMissing { gateway });
                assert_eq!(paid.cancels(caller, None).await, Err(missing), "{:?}", paid.gateway);
            }
        }
        let stranger = paid.cancels(Caller::Seller(paid.shop.carpenter), Some("sealed-1")).await;
        assert!(matches!(stranger, Err(Refusal::Caller(_))), "a seller does not say where it goes");
        assert_eq!(paid.count("RefundRequested").await, 0, "nothing half done");
        let refund_id = paid.cancels(paid.buyer(), Some("sealed-1")).await.unwrap();
        let (payment, _) = paid.shop.commands.load::<Payment>(paid.payment).await.unwrap();
        assert_eq!(payment.refund(refund_id).unwrap().account, Some(Sealed("sealed-1".into())));
    }
}

#[tokio::test]
async fn a_card_payment_takes_no_account() {
    let paid = Paid::by(Gateway::Toss, "card").await;
    let refused = paid.cancels(paid.buyer(), Some("sealed-1")).await;
    assert_eq!(refused, Err(Refusal::Payment(PaymentRefusal::RefundAccountNotTaken)));
    assert!(paid.cancels(paid.buyer(), None).await.is_ok());
}

#[tokio::test]
async fn a_seller_who_gives_up_a_deposit_leaves_the_account_to_the_buyer() {
    let paid = Paid::by(Gateway::Toss, VIRTUAL_ACCOUNT).await;
    let refund_id = paid.cancels(Caller::Seller(paid.shop.carpenter), None).await.unwrap();
    let missing = RefundResult::Failed { reason: "REFUND_ACCOUNT_MISSING".into() };
    paid.gateway_says(refund_id, missing.clone()).await;
    let retry = |account: Option<&str>| RetryRefund {
        payment_id: paid.payment,
        refund_id,
        caller: paid.buyer(),
        refund_account: account.map(|text| Sealed(text.to_owned())),
    };
    let refused = paid.shop.ask(retry(None)).await;
    assert!(matches!(
        refused,
        Err(Failure::Refused(Refusal::Payment(PaymentRefusal::RefundAccountMissing { .. })))
    ));
    paid.shop.ask(retry(Some("sealed-1"))).await.unwrap();
    paid.shop.ask(retry(Some("sealed-2"))).await.unwrap();
    let account = async || {
        let (payment, _) = paid.shop.commands.load::<Payment>(paid.payment).await.unwrap();
        let refund = payment.refund(refund_id).unwrap().clone();
        (refund.state, refund.round, refund.account.unwrap().0)
    };
    assert_eq!(account().await, (RefundState::Requested, 2, "sealed-1".to_owned()), "under way is under way");
    paid.gateway_says(refund_id, RefundResult::Failed { reason: "INVALID_ACCOUNT".into() }).await;
    paid.shop.ask(retry(None)).await.unwrap();
    assert_eq!(account().await, (RefundState::Requested, 3, "sealed-1".to_owned()), "the account is kept");
    paid.gateway_says(refund_id, paid.done("ours")).await;
    assert!(paid.is_cancelled().await);
    paid.shop.ask(retry(None)).await.unwrap();
    assert_eq!(paid.count("RefundRequested").await, 3, "done is done");
}

#[tokio::test]
async fn nothing_is_shipped_for_a_deposit_that_the_bank_took_back() {
    let paid = Paid::by(Gateway::Toss, VIRTUAL_ACCOUNT).await;
    let due_at = paid.shop.clock.now() + chrono::Duration::days(1);
    paid.reads(Standing::AwaitingDeposit { due_at }, vec![]).await;
    assert_eq!(paid.count("EscrowLocked").await, 1);
    let parcel = DispatchShipment {
        order_id: paid.order,
        seller_id: paid.shop.carpenter,
        shipment_id: ShipmentId::from_uuid(ambient::fresh_id()),
        carrier: "CJ".into(),
        invoice_number: "6012".into(),
        items: vec![],
    };
    let refused = paid.shop.ask(parcel.clone()).await;
    let taken_back = Refusal::Payment(PaymentRefusal::DepositTakenBack);
    assert!(matches!(refused, Err(Failure::Refused(refusal)) if refusal == taken_back));
    paid.reads(paid.standing(), vec![]).await;
    paid.shop.ask(parcel).await.unwrap();
}

#[tokio::test]
async fn a_silent_gateway_is_written_down_once_until_it_answers() {
    let paid = Paid::by(Gateway::Nicepay, "card").await;
    let payment_id = paid.payment;
    for reason in [Some("UNAVAILABLE"), Some("UNREADABLE"), None, None, Some("UNAVAILABLE")] {
        let reason = reason.map(ToOwned::to_owned);
        paid.shop.ask(RecordSilence { payment_id, reason }).await.unwrap();
    }
    let names = paid.names().await;
    let silence: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| name.starts_with("Gateway")).collect();
    assert_eq!(silence, ["GatewayDidNotAnswer", "GatewayAnswered", "GatewayDidNotAnswer"]);
}
