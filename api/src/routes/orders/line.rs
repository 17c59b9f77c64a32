//! How far each line of an order has come. Read from the log's own state, so that it is never behind.

use chrono::{DateTime, Utc};
use domain::{
    id::LineId,
    order::{Order, Part as SellersPart, PartLine},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::Part;
use crate::input::LineIdShape;

/// How far one line has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineProgress {
    /// The line.
    #[schema(value_type = LineIdShape)]
    order_item_id: LineId,
    /// `open`, `in_delivery`, `delivered`, `confirmed`, or `over` where all units were given up or returned.
    #[schema(example = "delivered")]
    status: &'static str,
    /// Units ordered, less those given up or returned.
    units: u32,
    /// When the last unit arrived.
    delivered_at: Option<DateTime<Utc>>,
    /// When the clock confirms; nothing once it is confirmed.
    confirm_due_at: Option<DateTime<Utc>>,
    /// Whether the buyer asked for more time already.
    held_back: bool,
    /// The claim that is open on it, `clm_…`; while one is, the line is not confirmed.
    contested_by: Option<String>,
}

impl LineProgress {
    fn of(part: &SellersPart, (line_id, line): (LineId, &PartLine)) -> Self {
        let waits = line.is_open();
        Self {
            order_item_id: line_id,
            status: status(part, (line_id, line)),
            units: line.units,
            delivered_at: line.delivered_at,
            confirm_due_at: line.confirm_due.filter(|_| waits),
            held_back: line.held_back,
            contested_by: line.contest.map(|contest| contest.to_string()),
        }
    }
}

fn status(part: &SellersPart, (line_id, line): (LineId, &PartLine)) -> &'static str {
    if line.units == 0 {
        "over"
    } else if line.confirmed {
        "confirmed"
    } else if part.has_arrived(line_id) {
        "delivered"
    } else if line.unshipped < line.units {
        "in_delivery"
    } else {
        "open"
    }
}

/// The lines that somebody sees, as they were ordered; none before the order is paid and once it is given up.
pub fn lines(order: &Order, seen: Part) -> Vec<LineProgress> {
    let (Ok(terms), Some(paid)) = (order.terms(), order.progress()) else { return vec![] };
    let is_seen = |seller| match seen {
        Part::Whole | Part::WithoutAddress => true,
        Part::Seller(only) => only == seller,
    };
    let of_line = |line_id: LineId| {
        let (seller_id, line) = paid.line(line_id).ok().filter(|(seller_id, _)| is_seen(*seller_id))?;
        Some(LineProgress::of(paid.parts.get(&seller_id)?, (line_id, line)))
    };
    terms.lines.iter().filter_map(|line| of_line(line.line_id)).collect()
}
