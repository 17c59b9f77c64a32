//! Units that move money: a payment with the holds it funds, a confirmation with its sellers, a refund with both.

use domain::{
    Fact, Money,
    escrow::Fund,
    id::{EscrowId, Id, OrderId, PaymentId, RefundId},
    order::{
        CancelledBy, ConfirmedBy, Item, Order, OrderEvent, OrderRefusal, RefundCause, RefundLines, Terms,
    },
    payment::{Attempt, Capture, CreatePayment, Custody, Gateway, Mismatch, PaymentEvent},
    product::ReleaseReason,
};

use super::{
    action::{Answer, Move, News, Outcome},
    order_units::{Refused, Unit, after, facts, number_of},
    world::{World, order, payment, refund, seller},
};
use crate::samples::{buyer, week};

const GATEWAYS: [Gateway; 4] = [Gateway::PortoneV1, Gateway::PortoneV2, Gateway::Nicepay, Gateway::Toss];
const CANCELLATION: u8 = 9;

fn why() -> String {
    "because".to_owned()
}

impl World {
    /// An attempt to pay and what is heard of it.
    pub fn pay(&self, number: u8, attempt: u8, news: News) -> Unit {
        let id = payment(number, attempt);
        match news {
            News::Start { gateway, escrow } => self.start(number, id, (gateway, escrow)),
            News::Capture { right } => self.capture(number, id, right),
            News::Account => self.account_issued(number, id),
            News::Prepare(Outcome::Done) => {
                Ok(facts(Fact::Payment, id, self.payment(id).prepared()?).collect())
            }
            News::Prepare(Outcome::Unanswered) => {
                Ok(facts(Fact::Payment, id, self.payment(id).preparation_in_doubt()?).collect())
            }
            News::Prepare(Outcome::Refused) => {
                self.came_to_nothing(number, id, self.payment(id).preparation_failed(why())?)
            }
            News::Agree => self.agreed(number, id),
            News::Approval(Outcome::Unanswered) => {
                Ok(facts(Fact::Payment, id, self.payment(id).approval_in_doubt()?).collect())
            }
            News::Approval(Outcome::Done) => {
                Ok(facts(Fact::Payment, id, self.payment(id).approval_not_found()?).collect())
            }
            News::Approval(Outcome::Refused) | News::Fail => {
                self.came_to_nothing(number, id, self.payment(id).fail(why())?)
            }
        }
    }

    fn agreed(&self, number: u8, id: PaymentId) -> Unit {
        let agreed = self.payment(id).authenticate(format!("tx-{id}"), None)?;
        let mut unit: Vec<Fact> = facts(Fact::Payment, id, agreed).collect();
        if !unit.is_empty() {
            let secured = self.order(number).begin_approval(id, self.now, None)?;
            unit.extend(facts(Fact::Order, order(number), secured));
        }
        Ok(unit)
    }

    fn account_issued(&self, number: u8, id: PaymentId) -> Unit {
        let due_at = self.now + chrono::Duration::hours(72);
        let mut unit: Vec<Fact> =
            facts(Fact::Payment, id, self.payment(id).virtual_account_issued(due_at)?).collect();
        if !unit.is_empty()
            && let (Ok(ended), Ok(extended)) =
                (self.order(number).end_approval(id), self.order(number).extend_window(due_at))
        {
            unit.extend(facts(Fact::Order, order(number), ended));
            unit.extend(facts(Fact::Order, order(number), extended));
        }
        Ok(unit)
    }

    fn came_to_nothing(&self, number: u8, id: PaymentId, events: Vec<PaymentEvent>) -> Unit {
        let mut unit: Vec<Fact> = facts(Fact::Payment, id, events).collect();
        if !unit.is_empty() {
            unit.extend(facts(Fact::Order, order(number), self.order(number).payment_failed(id)?));
        }
        Ok(unit)
    }

    fn start(&self, number: u8, id: PaymentId, (gateway, escrow): (u8, bool)) -> Unit {
        let placed = self.order(number);
        let started = placed.start_payment(id, self.now)?;
        let create = CreatePayment {
            payment_id: id,
            order_id: order(number),
            buyer_id: buyer(),
            amount: placed.terms()?.total,
            gateway: GATEWAYS[usize::from(gateway) % GATEWAYS.len()],
            escrow,
            expires_at: placed.pay_by()?,
        };
        let mut unit: Vec<Fact> = facts(Fact::Payment, id, self.payment(id).create(create)?).collect();
        unit.extend(facts(Fact::Order, order(number), started));
        Ok(unit)
    }

    /// What the gateway says is captured funds the order, or goes back.
    fn capture(&self, number: u8, id: PaymentId, right: bool) -> Unit {
        let (placed, paying) = (self.order(number), self.payment(id));
        let attempt = paying.attempt()?;
        let custody = if attempt.escrow { Custody::GatewayEscrow } else { Custody::Platform };
        let amount = if right {
            attempt.amount
        } else {
            Money { amount: attempt.amount.amount + 1, ..attempt.amount }
        };
        let (transaction_id, method) = (format!("tx-{id}"), "card".to_owned());
        let capture = Capture { transaction_id, amount, method, custody, paid_at: self.now };
        if !right {
            let mismatch = Mismatch::Amount { expected: attempt.amount, actual: amount };
            return self.quarantine(number, id, &capture, mismatch);
        }
        let paid = match placed.pay(id, self.now) {
            Ok(paid) => paid,
            Err(OrderRefusal::AlreadyPaid { payment_id }) => {
                return self.quarantine(
                    number,
                    id,
                    &capture,
                    Mismatch::DuplicateCapture { paid_by: payment_id },
                );
            }
            Err(_) => return self.quarantine(number, id, &capture, Mismatch::LatePayment {}),
        };
        let mut unit: Vec<Fact> = facts(Fact::Payment, id, paying.authorize(capture)?).collect();
        if unit.is_empty() {
            return Ok(unit);
        }
        unit.extend(facts(Fact::Order, order(number), paid));
        self.fund(&mut unit, placed.terms()?, attempt, custody)?;
        Ok(unit)
    }

    fn fund(
        &self,
        unit: &mut Vec<Fact>,
        terms: &Terms,
        attempt: &Attempt,
        custody: Custody,
    ) -> Result<(), Refused> {
        let (payment_id, gateway, order_id) = (attempt.payment_id, attempt.gateway, terms.order_id);
        for (seller_id, amount) in terms.sums_by_seller() {
            let hold = EscrowId::of(order_id, seller_id);
            let funded =
                self.hold(hold).fund(Fund { order_id, seller_id, payment_id, amount, gateway, custody })?;
            unit.extend(facts(Fact::Escrow, hold, funded));
        }
        for line in &terms.lines {
            let sold = self.product(line.product_id).commit(order_id)?;
            unit.extend(facts(Fact::Product, line.product_id, sold));
        }
        Ok(())
    }

    fn quarantine(&self, number: u8, id: PaymentId, capture: &Capture, mismatch: Mismatch) -> Unit {
        let paying = self.payment(id);
        let mut events = paying.quarantine(capture.clone(), vec![mismatch])?;
        if events.is_empty() {
            return Ok(vec![]);
        }
        let back = RefundId::from_uuid(id.uuid());
        events.extend(after(paying, &events).request_refund(back, capture.amount, why())?);
        let mut unit: Vec<Fact> = facts(Fact::Payment, id, events).collect();
        unit.extend(facts(Fact::Order, order(number), self.order(number).payment_failed(id)?));
        Ok(unit)
    }

    /// Whatever moves held money.
    pub fn move_money(&self, number: u8, how: Move) -> Unit {
        let placed = self.order(number);
        let back = refund(number, CANCELLATION);
        let hold_for = |who: u8| EscrowId::of(order(number), seller(who));
        match how {
            Move::Confirm => self.confirmed(number, placed.confirm(ConfirmedBy::Buyer, &[])?),
            Move::ConfirmLine { line } => {
                let line_id = placed.terms()?.lines.get(usize::from(line)).ok_or(Refused)?.line_id;
                self.confirmed(number, placed.confirm(ConfirmedBy::Buyer, &[line_id])?)
            }
            Move::HoldBack { days } => {
                Ok(facts(Fact::Order, order(number), placed.hold_back(&[], days, "later")?).collect())
            }
            Move::GiveUpUnit { line, refund: nth, by_seller } => {
                self.unit_given_up(number, line, (refund(number, nth), by_seller))
            }
            Move::PayByBank { attempt, refund } => {
                self.paid_by_bank(payment(number, attempt), usize::from(refund))
            }
            Move::ClockConfirm { seller: who } => {
                self.confirmed(number, placed.confirm_by_clock(seller(who), self.now)?)
            }
            Move::Cancel => {
                self.given_up(number, back, placed.cancel(CancelledBy::Buyer, why(), back, self.now)?)
            }
            Move::GiveUp => {
                self.given_up(number, back, placed.refund_in_full(CancelledBy::Operator, why(), back)?)
            }
            Move::RefundPart { refund: nth, percent } => {
                self.refund_part(number, refund(number, nth), percent)
            }
            Move::Answer { attempt, refund, answer } => {
                self.answer(payment(number, attempt), usize::from(refund), answer)
            }
            Move::Lock { seller: who, percent } => {
                let escrow = self.hold(hold_for(who));
                let part = escrow.open()?.movable()?.share_down(percent, 100)?;
                Ok(facts(Fact::Escrow, hold_for(who), escrow.lock(part, why())?).collect())
            }
            Move::Unlock { seller: who, percent } => {
                let escrow = self.hold(hold_for(who));
                let part = escrow.open()?.locked.share_down(percent, 100)?;
                Ok(facts(Fact::Escrow, hold_for(who), escrow.unlock(part)?).collect())
            }
        }
    }

    /// The confirmed lines' part of the hold goes to their seller, the last lines take what is there. A hold that was
    /// refunded empty has nothing left to release.
    fn confirmed(&self, number: u8, events: Vec<OrderEvent>) -> Unit {
        let order_id = order(number);
        let placed = self.order(number);
        let mut unit = vec![];
        for event in &events {
            let OrderEvent::EscrowConfirmed { escrow_id, seller_id, lines, .. } = event else { continue };
            let escrow = self.hold(*escrow_id);
            let (Ok(hold), Some(paid)) = (escrow.open(), placed.progress()) else { continue };
            let part = &paid.parts[seller_id];
            let open = part.lines.iter().filter(|(_, line)| line.is_open());
            let all = open.clone().all(|(line_id, _)| lines.contains(line_id));
            let named = open.filter(|(line_id, _)| lines.contains(line_id)).map(|(_, line)| line.left);
            let amount = if all { hold.held()? } else { Money::sum(hold.funded.currency, named)? };
            if !amount.is_positive() {
                continue;
            }
            let seller = self.seller(*seller_id);
            let split = seller.account().ok_or(Refused)?.commission.split_next(hold.split, amount)?;
            unit.extend(facts(Fact::Escrow, *escrow_id, escrow.release(amount, split)?));
            let credited = seller.credit(*escrow_id, order_id, split.net)?;
            unit.extend(facts(Fact::Seller, *seller_id, credited));
        }
        Ok(facts(Fact::Order, order_id, events).chain(unit).collect())
    }

    /// One unit of a line is given up; its money goes back.
    fn unit_given_up(&self, number: u8, line: u8, (refund_id, by_seller): (RefundId, bool)) -> Unit {
        let placed = self.order(number);
        let line_id = placed.terms()?.lines.get(usize::from(line)).ok_or(Refused)?.line_id;
        let Order::Paid(_, paid) = &placed else { return Err(Refused) };
        let items = [Item { line_id, quantity: 1 }];
        let cause = if by_seller { RefundCause::OutOfStock } else { RefundCause::Cancelled };
        let events = placed.give_up_lines(&items, (cause, refund_id), "fewer", week())?;
        let mut unit = vec![];
        for event in &events {
            let OrderEvent::LinesRefundCommitted { seller_id, parts, .. } = event else { continue };
            let amount = parts[0].amount;
            let hold = EscrowId::of(order(number), *seller_id);
            if amount.is_positive() {
                unit.extend(facts(Fact::Escrow, hold, self.hold(hold).refund(refund_id, amount)?));
                let paying = self.payment(paid.payment_id);
                let asked = paying.request_refund(refund_id, amount, why())?;
                unit.extend(facts(Fact::Payment, paid.payment_id, asked));
            }
        }
        Ok(facts(Fact::Order, order(number), events).chain(unit).collect())
    }

    fn paid_by_bank(&self, id: PaymentId, nth: usize) -> Unit {
        let paying = self.payment(id);
        let refunds = &paying.captured()?.refunds;
        let refund_id = *refunds.keys().nth(nth % refunds.len().max(1)).ok_or(Refused)?;
        let events = paying.refunded_by_bank(refund_id, "KB-1".to_owned(), self.now)?;
        let is_done = !events.is_empty();
        let mut unit: Vec<Fact> = facts(Fact::Payment, id, events).collect();
        if is_done {
            self.money_is_back(&mut unit, paying.attempt()?.order_id, refund_id)?;
        }
        Ok(unit)
    }

    /// What waited for a refund goes on: the order ends, or single lines' goods return.
    fn money_is_back(
        &self,
        unit: &mut Vec<Fact>,
        order_id: OrderId,
        refund_id: RefundId,
    ) -> Result<(), Refused> {
        let placed = self.order(number_of(order_id));
        let lines = placed.lines_refunded(refund_id);
        if let Some(paid) = placed.progress()
            && !lines.is_empty()
        {
            let back = paid.refunds.iter().filter(|pending| pending.refund_id == refund_id);
            let back: Vec<Item> = back.flat_map(|pending| pending.restock.clone()).collect();
            self.restock(unit, placed.terms()?, &back)?;
        }
        unit.extend(facts(Fact::Order, order_id, lines));
        if let Order::Cancelling(terms, cancelling) = &placed
            && cancelling.refund_id == refund_id
        {
            unit.extend(facts(Fact::Order, order_id, placed.refunded(refund_id)?));
            self.restock(unit, terms, &cancelling.to_restock())?;
        }
        Ok(())
    }

    fn given_up(&self, number: u8, refund_id: RefundId, events: Vec<OrderEvent>) -> Unit {
        let placed = self.order(number);
        let is_news = !events.is_empty();
        let mut unit: Vec<Fact> = facts(Fact::Order, order(number), events).collect();
        if !is_news {
            return Ok(unit);
        }
        let Order::Paid(terms, paid) = &placed else {
            self.let_go(&mut unit, placed.terms()?, ReleaseReason::Cancelled)?;
            return Ok(unit);
        };
        let paying = self.payment(paid.payment_id);
        let owed = paying.captured()?.refundable()?;
        let parts = self.movable(terms)?;
        if Money::sum(owed.currency, parts.iter().map(|(_, part)| *part))? != owed {
            return Err(Refused);
        }
        self.commit_refund(&mut unit, refund_id, &parts)?;
        unit.extend(facts(Fact::Payment, paid.payment_id, paying.request_refund(refund_id, owed, why())?));
        Ok(unit)
    }

    fn refund_part(&self, number: u8, refund_id: RefundId, percent: u32) -> Unit {
        let Order::Paid(terms, paid) = self.order(number) else { return Err(Refused) };
        let parts = self.movable(&terms)?;
        let all = Money::sum(terms.total.currency, parts.iter().map(|(_, part)| *part))?;
        let amount = all.share_down(percent, 100)?;
        let requested = self.payment(paid.payment_id).request_refund(refund_id, amount, why())?;
        if requested.is_empty() {
            return Ok(vec![]);
        }
        let weights: Vec<i64> = parts.iter().map(|(_, part)| part.amount).collect();
        let shares = amount.allocate(&weights)?;
        let shares: Vec<_> = parts.iter().map(|(hold, _)| *hold).zip(shares).collect();
        let mut unit: Vec<Fact> = facts(Fact::Payment, paid.payment_id, requested).collect();
        self.commit_refund(&mut unit, refund_id, &shares)?;
        for (hold, share) in shares.into_iter().filter(|(_, share)| share.is_positive()) {
            let seller_id = self.hold(hold).open()?.seller_id;
            let (cause, reason, contest) = (RefundCause::Reduced, why(), None);
            let parts = paid.spread(seller_id, share)?;
            let command = RefundLines { seller_id, refund_id, cause, reason, parts, restock: false, contest };
            unit.extend(facts(Fact::Order, order(number), self.order(number).refund_lines(command)?));
        }
        Ok(unit)
    }

    fn movable(&self, terms: &Terms) -> Result<Vec<(EscrowId, Money)>, Refused> {
        let holds = terms.sums_by_seller().into_keys().map(|seller| EscrowId::of(terms.order_id, seller));
        let open = holds.filter_map(|id| self.hold(id).open().ok().map(|hold| (id, hold.clone())));
        open.map(|(id, hold)| Ok((id, hold.movable()?))).collect()
    }

    fn commit_refund(
        &self,
        unit: &mut Vec<Fact>,
        refund_id: RefundId,
        parts: &[(EscrowId, Money)],
    ) -> Result<(), Refused> {
        for (hold, part) in parts.iter().filter(|(_, part)| part.is_positive()) {
            unit.extend(facts(Fact::Escrow, *hold, self.hold(*hold).refund(refund_id, *part)?));
        }
        Ok(())
    }

    /// What becomes of one of a payment's refunds; the one an order waits for ends its cancellation.
    fn answer(&self, id: PaymentId, nth: usize, answer: Answer) -> Unit {
        let paying = self.payment(id);
        let refunds = &paying.captured()?.refunds;
        let (refund_id, refund) = refunds.iter().nth(nth % refunds.len().max(1)).ok_or(Refused)?;
        let (refund_id, cancellation) = (*refund_id, format!("cxl-{refund_id}"));
        let events = match answer {
            Answer::Done => paying.refund_done(refund_id, cancellation, self.now)?,
            Answer::Pending => paying.refund_pending(refund_id, cancellation)?,
            Answer::Refused => paying.refund_failed(refund_id, why())?,
            Answer::Unanswered => paying.refund_in_doubt(refund_id)?,
            Answer::NotFound => paying.refund_not_found(refund_id)?,
            Answer::AskAnew => paying.request_refund(refund_id, refund.amount, why())?,
        };
        let is_done = answer == Answer::Done && !events.is_empty();
        let mut unit: Vec<Fact> = facts(Fact::Payment, id, events).collect();
        if is_done {
            self.money_is_back(&mut unit, paying.attempt()?.order_id, refund_id)?;
        }
        Ok(unit)
    }
}
