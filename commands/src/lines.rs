//! Giving up single lines, or units of them, before they are shipped: the buyer does not want them any more, or the
//! seller has none. The rest of the order goes on.

use chrono::{DateTime, Utc};
use domain::{
    Money, Sealed,
    id::{CustomerId, EscrowId, LineId, OrderId, RefundId},
    order::{Item, Order, OrderEvent, RefundCause},
    payment::Payment,
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{
    Caller, CallerRefusal, Command, Policy, Step, Stop, cancel, draft::Draft, holds, refund_account,
};

/// Gives up units of lines that no carrier has.
#[derive(Debug, Clone)]
pub struct GiveUpLines {
    /// Of which order.
    pub order_id: OrderId,
    /// Who asks: the buyer of what they ordered, a seller of what they sell.
    pub caller: Caller,
    /// How many units of which lines.
    pub items: Vec<Item>,
    /// Why, as told to the other side and to the gateway.
    pub reason: String,
    /// The refund's id.
    pub refund_id: RefundId,
    /// Where a deposit goes back to, sealed under the buyer's key.
    pub refund_account: Option<Sealed>,
    /// How long the buyer has to confirm what is left, among others.
    pub policy: Policy,
}

/// Lines that were given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesGivenUp {
    /// Of which order.
    pub order_id: OrderId,
    /// The refund; none where there was nothing to give back.
    pub refund_id: Option<RefundId>,
    /// What goes back.
    pub amount: Money,
    /// Whether nothing of the order is left.
    pub whole_order: bool,
}

/// Asks for more time before the clock confirms: once for a line, for at most 14 days.
#[derive(Debug, Clone)]
pub struct HoldBack {
    /// Of which order.
    pub order_id: OrderId,
    /// Who asks.
    pub buyer_id: CustomerId,
    /// Which lines; all that wait for the clock where none is named.
    pub lines: Vec<LineId>,
    /// For how many days.
    pub days: u32,
    /// Why.
    pub reason: String,
}

/// Until when the clock waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBack {
    /// Of which order.
    pub order_id: OrderId,
    /// The lines, each with the moment the clock confirms it.
    pub lines: Vec<(LineId, DateTime<Utc>)>,
}

impl GiveUpLines {
    fn cause(&self, order: &Order) -> Result<RefundCause, CallerRefusal> {
        let terms = order.terms().map_err(|_| CallerRefusal::NotYours)?;
        self.caller.may_touch(terms)?;
        let sold_by_caller = |item: &Item| {
            let line = terms.lines.iter().find(|line| line.line_id == item.line_id);
            line.is_none_or(|line| Caller::Seller(line.seller_id) == self.caller)
        };
        match self.caller {
            Caller::Buyer(_) | Caller::Operator(_) => Ok(RefundCause::Cancelled),
            Caller::Seller(_) if self.items.iter().all(sold_by_caller) => Ok(RefundCause::OutOfStock),
            Caller::Seller(_) => Err(CallerRefusal::NotYours),
        }
    }
}

impl Command for GiveUpLines {
    type Answer = LinesGivenUp;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<LinesGivenUp>, Stop> {
        let mut order = Draft::<Order>::of(desk, self.order_id)?;
        order.state.terms()?;
        let cause = self.cause(&order.state)?;
        let (order_id, refund_id) = (self.order_id, self.refund_id);
        if let Order::Paid(_, paid) = &order.state {
            let (payment, _) = desk.get::<Payment>(paid.payment_id)?;
            refund_account::check(self.caller, payment, self.refund_account.as_ref())?;
        }
        if let (Order::Paid(terms, paid), RefundCause::Cancelled) = (&order.state, cause)
            && paid.is_all(&self.items)
        {
            let by = self.caller.cancels_as();
            let events = order.state.cancel(by, self.reason.clone(), refund_id, now)?;
            let (_, version) = desk.get::<Order>(order_id)?;
            let amount = desk.get::<Payment>(paid.payment_id)?.0.captured()?.refundable();
            let amount = amount.map_err(domain::payment::PaymentRefusal::from)?;
            let answer = LinesGivenUp {
                order_id: terms.order_id,
                refund_id: Some(refund_id),
                amount,
                whole_order: true,
            };
            let asked = (self.reason.as_str(), self.refund_account.as_ref());
            let step = cancel::finish(desk, &order.state, version, events, asked)?;
            return Ok(Step { unit: step.unit, version: step.version, answer });
        }
        let period = self.policy.confirm_period();
        let events =
            order.then(|order| order.give_up_lines(&self.items, (cause, refund_id), &self.reason, period))?;
        let Order::Paid(terms, paid) = &order.state else { return Err(CallerRefusal::NotYours.into()) };
        let amounts = per_hold(order_id, &events);
        let amount = Money::sum(terms.total.currency, amounts.iter().map(|(_, amount)| *amount))
            .map_err(domain::order::OrderRefusal::from)?;
        let payment_id = paid.payment_id;
        if !events.is_empty() && !amount.is_positive() {
            order.then(|order| Ok::<_, domain::order::OrderRefusal>(order.lines_refunded(refund_id)))?;
        }
        let refund = amount.is_positive().then_some(refund_id);
        let answer = LinesGivenUp { order_id, refund_id: refund, amount, whole_order: false };
        let mut step = order.begin(answer);
        if amount.is_positive() {
            holds::commit_refund(&mut step, desk, refund_id, &amounts)?;
            let mut payment = Draft::<Payment>::of(desk, payment_id)?;
            let (reason, account) = (self.reason.clone(), self.refund_account.clone());
            payment.then(|payment| payment.request_refund_to(refund_id, amount, reason, account))?;
            payment.into_step(&mut step);
        }
        Ok(step)
    }
}

/// What each hold gives to the refund that `events` commit.
pub(crate) fn per_hold(order_id: OrderId, events: &[OrderEvent]) -> Vec<(EscrowId, Money)> {
    let mut amounts: Vec<(EscrowId, Money)> = vec![];
    for event in events {
        let OrderEvent::LinesRefundCommitted { seller_id, parts, .. } = event else { continue };
        for part in parts {
            let escrow_id = EscrowId::of(order_id, *seller_id);
            match amounts.iter_mut().find(|(id, _)| *id == escrow_id) {
                Some((_, sum)) => sum.amount = sum.amount.saturating_add(part.amount.amount),
                None => amounts.push((escrow_id, part.amount)),
            }
        }
    }
    amounts
}

impl Command for HoldBack {
    type Answer = HeldBack;

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<HeldBack>, Stop> {
        let (order, version) = desk.get::<Order>(self.order_id)?;
        Caller::Buyer(self.buyer_id).may_touch(order.terms()?)?;
        let events = order.hold_back(&self.lines, self.days, &self.reason)?;
        let mut held = vec![];
        for event in &events {
            if let OrderEvent::ConfirmationHeld { lines, due_at, .. } = event {
                held.extend(lines.iter().map(|line_id| (*line_id, *due_at)));
            }
        }
        let answer = HeldBack { order_id: self.order_id, lines: held };
        Ok(Step::on::<Order>(self.order_id, version, events, answer))
    }
}
