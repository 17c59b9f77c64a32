//! A claim or a dispute on lines of an order: while it is open nobody confirms them, neither buyer nor clock.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{ConfirmPeriod, Item, Order, OrderEvent, OrderRefusal, Paid, RefundedLine, Shares};
use crate::{
    Money,
    contest::Contest,
    id::{LineId, SellerId},
};

/// Lines as a contest finds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contested {
    /// Whose lines.
    pub seller_id: SellerId,
    /// Which, with their units.
    pub items: Vec<Item>,
    /// What of their money is held: it is to be locked.
    pub held: Money,
    /// What of their money was released already.
    pub released: Money,
}

impl Paid {
    /// What `items` are worth, all of one seller and none of them contested; none named means all of `seller`'s open
    /// lines.
    pub fn contestable(&self, seller: Option<SellerId>, items: &[Item]) -> Result<Contested, OrderRefusal> {
        let all = || {
            let lines = self.lines().filter(|(of, _, line)| Some(*of) == seller && line.is_open());
            lines.map(|(_, line_id, line)| Item { line_id, quantity: line.units }).collect()
        };
        let items: Vec<Item> = if items.is_empty() { all() } else { items.to_vec() };
        let first = items.first().ok_or(OrderRefusal::NoLines)?;
        let (seller_id, line) = self.line(first.line_id)?;
        let nothing = Money::zero(line.left.currency);
        let (mut held, mut released) = (nothing, nothing);
        let mut seen = BTreeSet::new();
        for Item { line_id, quantity } in items.iter().copied() {
            let (of, line) = self.line(line_id)?;
            if of != seller_id {
                return Err(OrderRefusal::NotALine { line_id });
            }
            if !seen.insert(line_id) {
                return Err(OrderRefusal::LineRepeated { line_id });
            }
            if let Some(contest) = line.contest {
                return Err(OrderRefusal::ContestIsOpen { line_id, contest });
            }
            if quantity == 0 || quantity > line.units {
                let (wanted, available) = (quantity, line.units);
                return Err(OrderRefusal::QuantityExceedsLine { line_id, wanted, available });
            }
            let sum = if line.confirmed { &mut released } else { &mut held };
            *sum = sum.plus(line.worth(quantity)?)?;
        }
        Ok(Contested { seller_id, items, held, released })
    }

    /// What the units of `items` are worth, one by one.
    pub fn worth(&self, items: &[Item]) -> Result<Shares, OrderRefusal> {
        let worth = |item: &Item| {
            let Item { line_id, quantity } = *item;
            let amount = self.line(line_id)?.1.worth(quantity)?;
            Ok(RefundedLine { line_id, quantity, amount })
        };
        items.iter().map(worth).collect()
    }
}

impl Order {
    /// Begins a contest; the same one again changes nothing.
    pub fn contest(
        &self,
        contest: Contest,
        seller_id: SellerId,
        items: Vec<Item>,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let paid = self.paid()?;
        for Item { line_id, .. } in &items {
            match paid.line(*line_id)?.1.contest {
                Some(open) if open == contest => return Ok(vec![]),
                Some(open) => return Err(OrderRefusal::ContestIsOpen { line_id: *line_id, contest: open }),
                None => {}
            }
        }
        Ok(vec![OrderEvent::LinesContested { seller_id, contest, items }])
    }

    /// Ends a contest; ended already changes nothing. What is left of its lines falls due anew, not before the end of
    /// today, or at the end of a whole period where other goods have arrived.
    pub fn end_contest(
        &self,
        contest: Contest,
        now: DateTime<Utc>,
        redelivered: Option<ConfirmPeriod>,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let Some(paid) = self.progress() else { return Ok(vec![]) };
        let lines: Vec<(SellerId, LineId, Option<DateTime<Utc>>)> = paid
            .lines()
            .filter(|(_, _, line)| line.contest == Some(contest))
            .map(|(seller, line_id, line)| (seller, line_id, line.confirm_due.filter(|_| line.is_open())))
            .collect();
        let Some((seller_id, ..)) = lines.first().copied() else { return Ok(vec![]) };
        let mut events = vec![OrderEvent::ContestEnded { seller_id, contest }];
        let today = crate::calendar::end_of_seoul_day_after(now, 0).ok_or(OrderRefusal::DateOutOfRange)?;
        for (_, line_id, due) in lines {
            let due = match (due, redelivered) {
                (None, _) => continue,
                (Some(_), Some(period)) => period.end(now)?,
                (Some(due), None) => due.max(today),
            };
            events.push(OrderEvent::ConfirmationDue { seller_id, due_at: due, lines: vec![line_id] });
        }
        Ok(events)
    }
}
