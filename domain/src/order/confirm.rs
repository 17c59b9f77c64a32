//! Confirmation, line by line: by the buyer, by the gateway's word, or by the clock, which the buyer may hold back once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, Utc};

use super::{ConfirmedBy, Order, OrderEvent, OrderRefusal, Paid, Part, PartLine};
use crate::id::{EscrowId, LineId, SellerId};

/// The most days a buyer may hold a confirmation back.
pub const HOLDBACK_MAX: u32 = 14;

type BySeller = BTreeMap<SellerId, Vec<LineId>>;

impl Order {
    /// Confirms receipt of the named lines, or of everything that is shipped, uncontested and not confirmed yet.
    /// Confirmed already changes nothing.
    pub fn confirm(&self, by: ConfirmedBy, wanted: &[LineId]) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let paid = self.paid()?;
        let lines = if wanted.is_empty() { paid.all_ready()? } else { paid.ready(wanted)? };
        self.confirmed(lines, by)
    }

    /// Confirms the lines of one seller whose period has ended; confirmed already changes nothing.
    pub fn confirm_by_clock(
        &self,
        seller: SellerId,
        now: DateTime<Utc>,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let part = self.paid()?.parts.get(&seller).ok_or(OrderRefusal::NotASellerOfThisOrder)?;
        if part.is_over() {
            return Ok(vec![]);
        }
        let open = || part.lines.iter().filter(|(_, line)| line.is_open());
        let due = open().filter(|(_, line)| line.confirm_due.is_some_and(|due| due <= now));
        let ready: Vec<LineId> =
            due.clone().filter(|(_, line)| line.contest.is_none()).map(|(line_id, _)| *line_id).collect();
        if !ready.is_empty() {
            return self.confirmed(BySeller::from([(seller, ready)]), ConfirmedBy::Clock);
        }
        let contested = due.into_iter().find_map(|(line_id, line)| line.contest.map(|by| (*line_id, by)));
        if let Some((line_id, contest)) = contested {
            return Err(OrderRefusal::ContestIsOpen { line_id, contest });
        }
        let waits = open().any(|(_, line)| line.confirm_due.is_some());
        Err(if waits { OrderRefusal::NotDueYet } else { OrderRefusal::NotDelivered })
    }

    /// Moves the clock's date for the named lines, or for all that have one, by `days`: once for a line.
    pub fn hold_back(
        &self,
        wanted: &[LineId],
        days: u32,
        reason: &str,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let paid = self.paid()?;
        if days == 0 || days > HOLDBACK_MAX {
            return Err(OrderRefusal::HoldTooLong { most: HOLDBACK_MAX });
        }
        let is_waiting = |line: &PartLine| line.is_open() && line.confirm_due.is_some() && !line.held_back;
        let all = paid.lines().filter(|(_, _, line)| is_waiting(line)).map(|(_, line_id, _)| line_id);
        let lines: Vec<LineId> = if wanted.is_empty() { all.collect() } else { wanted.to_vec() };
        if lines.is_empty() {
            let held = paid.lines().find(|(_, _, line)| line.is_open() && line.held_back);
            return Err(held.map_or(OrderRefusal::NotDelivered, |(_, line_id, _)| {
                OrderRefusal::HeldBackAlready { line_id }
            }));
        }
        let mut moved: BTreeMap<(SellerId, DateTime<Utc>), Vec<LineId>> = BTreeMap::new();
        for line_id in lines {
            let (seller_id, line) = paid.open_line(line_id)?;
            if line.held_back {
                return Err(OrderRefusal::HeldBackAlready { line_id });
            }
            let due = line.confirm_due.ok_or(OrderRefusal::NotDelivered)?;
            let due = due.checked_add_days(Days::new(days.into())).ok_or(OrderRefusal::DateOutOfRange)?;
            moved.entry((seller_id, due)).or_default().push(line_id);
        }
        let event = |((seller_id, due_at), lines)| {
            let reason = reason.to_owned();
            OrderEvent::ConfirmationHeld { seller_id, lines, due_at, reason }
        };
        Ok(moved.into_iter().map(event).collect())
    }

    fn confirmed(&self, lines: BySeller, by: ConfirmedBy) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let (order_id, paid) = (self.terms()?.order_id, self.paid()?);
        let event = |(seller_id, lines): (SellerId, Vec<LineId>)| {
            let escrow_id = EscrowId::of(order_id, seller_id);
            let stays = |of: SellerId, line_id, line: &PartLine| {
                of == seller_id && line.is_open() && !lines.contains(&line_id)
            };
            let others_open = paid.lines().any(|(of, line_id, line)| stays(of, line_id, line));
            OrderEvent::EscrowConfirmed { escrow_id, seller_id, by, lines, others_open }
        };
        Ok(lines.into_iter().map(event).collect())
    }
}

impl Paid {
    fn all_ready(&self) -> Result<BySeller, OrderRefusal> {
        let mut ready = BySeller::new();
        if self.parts.values().all(Part::is_over) {
            return Ok(ready);
        }
        for (seller_id, line_id, line) in self.lines() {
            if line.is_open() && line.is_shipped() && line.contest.is_none() {
                ready.entry(seller_id).or_default().push(line_id);
            }
        }
        if !ready.is_empty() {
            return Ok(ready);
        }
        match self.parts.values().find_map(Part::contested) {
            Some((line_id, contest)) => Err(OrderRefusal::ContestIsOpen { line_id, contest }),
            None => Err(OrderRefusal::NotShipped),
        }
    }

    fn ready(&self, wanted: &[LineId]) -> Result<BySeller, OrderRefusal> {
        let mut ready = BySeller::new();
        for line_id in wanted.iter().copied().collect::<BTreeSet<_>>() {
            let (seller_id, line) = match self.open_line(line_id) {
                Ok(found) => found,
                Err(OrderRefusal::LineConfirmed { .. }) => continue,
                Err(refusal) => return Err(refusal),
            };
            if !line.is_shipped() {
                return Err(OrderRefusal::NotShipped);
            }
            ready.entry(seller_id).or_default().push(line_id);
        }
        Ok(ready)
    }

    /// Every line with its seller.
    pub fn lines(&self) -> impl Iterator<Item = (SellerId, LineId, &PartLine)> {
        self.parts.iter().flat_map(|(seller_id, part)| {
            part.lines.iter().map(|(line_id, line)| (*seller_id, *line_id, line))
        })
    }

    /// One line with its seller.
    pub fn line(&self, line_id: LineId) -> Result<(SellerId, &PartLine), OrderRefusal> {
        let found = self.lines().find(|(_, id, _)| *id == line_id);
        found.map(|(seller_id, _, line)| (seller_id, line)).ok_or(OrderRefusal::NotALine { line_id })
    }

    /// One line that can still be confirmed, and that nobody contests.
    pub(super) fn open_line(&self, line_id: LineId) -> Result<(SellerId, &PartLine), OrderRefusal> {
        let (seller_id, line) = self.line(line_id)?;
        if line.confirmed {
            return Err(OrderRefusal::LineConfirmed { line_id });
        }
        if line.units == 0 {
            return Err(OrderRefusal::LineIsOver { line_id });
        }
        match line.contest {
            Some(contest) => Err(OrderRefusal::ContestIsOpen { line_id, contest }),
            None => Ok((seller_id, line)),
        }
    }
}
