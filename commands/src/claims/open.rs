//! Opening a claim: the lines are contested and their money is locked, in one unit.

use chrono::{DateTime, Utc};
use domain::{
    Money,
    claim::{Claim, ClaimKind, ClaimReason, ClaimRefusal, Fault, Replacement},
    contest::Contest,
    escrow::Escrow,
    id::{ClaimId, CustomerId, EscrowId, LineId, OrderId, ProductId},
    order::{Contested, Item, Order, OrderRefusal, Paid, PartLine, Terms},
    product::Product,
};
use store::Desk;

use super::{ClaimTold, contest};
use crate::{Caller, Command, Policy, Step, Stop, draft::Draft};

/// How many full days after arrival a buyer may change their mind.
const CHANGE_OF_MIND_DAYS: u32 = 7;
/// How many full days after arrival a defect counts: three months.
const DEFECT_DAYS: u32 = 90;
/// How many full days a buyer has to send the goods.
const PARCEL_DAYS: u32 = 14;

/// Wants to give goods back.
#[derive(Debug, Clone)]
pub struct OpenClaim {
    /// The claim.
    pub claim_id: ClaimId,
    /// Of which order.
    pub order_id: OrderId,
    /// Who wants it.
    pub buyer_id: CustomerId,
    /// For what.
    pub kind: ClaimKind,
    /// Which goods, all of one seller.
    pub items: Vec<Item>,
    /// Why.
    pub reason: ClaimReason,
    /// For an exchange: what instead; the same again where nothing is named.
    pub replacement: Option<ProductId>,
    /// The calendar, among others.
    pub policy: Policy,
}

impl Command for OpenClaim {
    type Answer = ClaimTold;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<ClaimTold>, Stop> {
        let mut order = Draft::<Order>::of(desk, self.order_id)?;
        let terms = order.state.terms()?.clone();
        Caller::Buyer(self.buyer_id).may_touch(&terms)?;
        let (claim, version) = desk.fresh::<Claim>(self.claim_id)?;
        if let Claim::Open(..) | Claim::Over(..) = claim {
            return Err(ClaimRefusal::ClaimAlreadyExists.into());
        }
        let paid = order.state.paid()?;
        let found = paid.contestable(None, &self.items)?;
        self.in_time(paid, &found, now)?;
        let (amount, released) = whole(paid, &found)?;
        let replacement = self.replacement(desk, &terms, &found, amount)?;
        let close_by = domain::calendar::end_of_seoul_day_after(now, PARCEL_DAYS);
        let command = domain::claim::OpenClaim {
            claim_id: self.claim_id,
            kind: self.kind,
            order_id: self.order_id,
            escrow_id: EscrowId::of(self.order_id, found.seller_id),
            payment_id: paid.payment_id,
            seller_id: found.seller_id,
            buyer_id: self.buyer_id,
            items: found.items.clone(),
            amount,
            released,
            reason: self.reason,
            replacement,
            close_by: close_by.ok_or(OrderRefusal::DateOutOfRange)?,
        };
        let events = claim.open(command)?;
        let contest: Contest = contest(self.claim_id);
        order.then(|order| order.contest(contest, found.seller_id, found.items.clone()))?;
        let mut after = claim.clone();
        for event in &events {
            domain::Aggregate::evolve(&mut after, event);
        }
        let told = ClaimTold::of(&after, self.claim_id);
        let mut step = Step::on::<Claim>(self.claim_id, version, events, told);
        let mut escrow = Draft::<Escrow>::of(desk, EscrowId::of(self.order_id, found.seller_id))?;
        escrow.then(|escrow| escrow.lock_for(contest, found.held))?;
        escrow.into_step(&mut step);
        order.into_step(&mut step);
        Ok(step)
    }
}

impl OpenClaim {
    /// Goods are given back once they have arrived, and not too long after.
    fn in_time(&self, paid: &Paid, found: &Contested, now: DateTime<Utc>) -> Result<(), OrderRefusal> {
        let days = match self.reason.fault() {
            Fault::Buyer => CHANGE_OF_MIND_DAYS,
            Fault::Seller => DEFECT_DAYS,
        };
        let part = paid.parts.get(&found.seller_id).ok_or(OrderRefusal::NotASellerOfThisOrder)?;
        for Item { line_id, .. } in &found.items {
            let delivered_at = paid.line(*line_id)?.1.delivered_at;
            let delivered_at = delivered_at.filter(|_| part.has_arrived(*line_id));
            let delivered_at = delivered_at.ok_or(OrderRefusal::NotDelivered)?;
            let ended_at = domain::calendar::end_of_seoul_day_after(delivered_at, days);
            let ended_at = ended_at.ok_or(OrderRefusal::DateOutOfRange)?;
            if now > ended_at {
                return Err(OrderRefusal::ReturnPeriodEnded { line_id: *line_id, ended_at });
            }
        }
        Ok(())
    }

    fn replacement(
        &self,
        desk: &Desk<'_>,
        terms: &Terms,
        found: &Contested,
        worth: Money,
    ) -> Result<Option<Replacement>, Stop> {
        if self.kind == ClaimKind::Return {
            return Ok(None);
        }
        let [Item { line_id, quantity }] = *found.items.as_slice() else {
            return Err(ClaimRefusal::NotExchangeable.into());
        };
        let line = terms.lines.iter().find(|line| line.line_id == line_id);
        let line = line.ok_or(OrderRefusal::NotALine { line_id })?;
        let product_id = self.replacement.unwrap_or(line.product_id);
        if product_id == line.product_id {
            return Ok(Some(Replacement { product_id, quantity, amount: worth }));
        }
        let product = desk.get::<Product>(product_id)?.0.listed()?;
        if product.seller_id != found.seller_id || product.price.currency != worth.currency {
            return Err(ClaimRefusal::NotExchangeable.into());
        }
        let amount = product.price.times(quantity).map_err(ClaimRefusal::from)?;
        Ok(Some(Replacement { product_id, quantity, amount }))
    }
}

/// What the goods are worth, and whether that was released. Confirmed and other lines are two claims: their money comes
/// from two places.
fn whole(paid: &Paid, found: &Contested) -> Result<(Money, bool), OrderRefusal> {
    if found.held.is_positive() && found.released.is_positive() {
        let is_confirmed = |(_, line_id, line): (_, LineId, &PartLine)| line.confirmed.then_some(line_id);
        let named = |line_id: &LineId| found.items.iter().any(|item| item.line_id == *line_id);
        let confirmed = paid.lines().filter_map(is_confirmed).find(named);
        return Err(confirmed
            .map_or(OrderRefusal::AlreadyConfirmed, |line_id| OrderRefusal::LineConfirmed { line_id }));
    }
    let released = found.released.is_positive();
    Ok((if released { found.released } else { found.held }, released))
}
