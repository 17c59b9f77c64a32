//! What happened to an order, in order?
//!
//! Events of payments and holds do not name their order. Which streams belong to an order is a small table of its
//! own, written when a stream begins; the moments are written without looking anything up, and a query joins the two.

use std::mem::take;

use chrono::{DateTime, Utc};
use domain::{
    Fact, claim::ClaimEvent, escrow::EscrowEvent, id::OrderId, order::OrderEvent, payment::PaymentEvent,
};
use sea_query::{Expr, ExprTrait, Order as Sort};
use store::Occurrence;

use crate::{
    bulk::Known,
    error::ViewsError,
    page::{Page, PageRequest},
    projection::{Out, Projection, Target},
    row::row,
    views::{Views, from},
    words,
};

row! {
    /// One thing that happened to an order.
    pub struct Moment in "timeline" keyed by [position] {
        /// Its place in the log.
        pub position: i64,
        /// The stream it is of: `ord_…`, `pay_…`, `esc_…` or `clm_…`.
        pub stream_id: String,
        /// Its place in that stream.
        pub version: i64,
        /// The event's name.
        pub event: String,
        /// Who did it: `cus_…` or `system:<process>`.
        pub actor: String,
        /// What happened, in plain words.
        pub text: String,
        /// When it was recorded.
        pub occurred_at: DateTime<Utc>,
    }
}

row! {
    /// A stream that belongs to an order.
    pub struct OrderStream in "order_streams" keyed by [stream_id] {
        /// The stream: the order itself, a payment, a hold, a claim.
        pub stream_id: String,
        /// The order, `ord_…`.
        pub order_id: String,
        /// Sequence of the event that began it: 1.
        pub version: i64,
        /// Position of that event.
        pub position: i64,
    }
}

/// What a batch adds.
#[derive(Debug, Default)]
pub struct Model {
    moments: Vec<Moment>,
    streams: Vec<OrderStream>,
}

impl crate::projection::Model for Model {
    async fn load(&mut self, _: &mut Target<'_>, _: &[Occurrence]) -> Result<(), ViewsError> {
        Ok(())
    }

    fn apply(&mut self, event: &Occurrence) -> Result<(), String> {
        let (aggregate_type, stream_id) = event.fact.stream();
        if !Projection::Timeline.reads(aggregate_type) {
            return Ok(());
        }
        if let Some(order) = order_begun_by(&event.fact) {
            self.streams.push(OrderStream {
                stream_id: stream_id.clone(),
                order_id: order.to_string(),
                version: event.sequence,
                position: event.position,
            });
        }
        self.moments.push(Moment {
            position: event.position,
            stream_id,
            version: event.sequence,
            event: event.fact.name().to_owned(),
            actor: event.actor.clone(),
            text: words::of(&event.fact),
            occurred_at: event.recorded_at,
        });
        Ok(())
    }

    fn held(&self) -> usize {
        0
    }

    async fn save_finished(&mut self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        out.write(take(&mut self.moments), Known::Refuse).await?;
        out.write(take(&mut self.streams), Known::Refuse).await
    }

    async fn save(mut self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        self.save_finished(out).await
    }
}

fn order_begun_by(fact: &Fact) -> Option<OrderId> {
    match fact {
        Fact::Order(order, OrderEvent::OrderCreated { .. })
        | Fact::Payment(_, PaymentEvent::PaymentCreated { order_id: order, .. })
        | Fact::Escrow(_, EscrowEvent::EscrowFunded { order_id: order, .. })
        | Fact::Claim(_, ClaimEvent::ClaimOpened { order_id: order, .. }) => Some(*order),
        Fact::Customer(..)
        | Fact::Seller(..)
        | Fact::Product(..)
        | Fact::Order(..)
        | Fact::Payment(..)
        | Fact::Claim(..)
        | Fact::Escrow(..) => None,
    }
}

/// What happened to an order, oldest first.
pub async fn of_order(views: &Views, order: OrderId, page: PageRequest) -> Result<Page<Moment>, ViewsError> {
    let mut query = from::<Moment>();
    query
        .inner_join(
            "order_streams",
            Expr::col(("order_streams", "stream_id")).equals(("timeline", "stream_id")),
        )
        .and_where(Expr::col(("order_streams", "order_id")).eq(order.to_string()))
        .and_where_option(page.after.map(|after| Expr::col(("timeline", "position")).gt(after)))
        .order_by(("timeline", "position"), Sort::Asc)
        .limit(page.fetch());
    Ok(Page::of(views.all(&query).await?, page, |row: &Moment| row.position))
}

#[cfg(test)]
mod tests {
    use domain::{Aggregate, order::Order, payment::Payment};

    use super::*;

    #[test]
    fn the_streams_it_reads_are_those_that_can_belong_to_an_order() {
        assert!(Projection::Timeline.reads(Order::TYPE));
        assert!(Projection::Timeline.reads(Payment::TYPE));
        assert!(!Projection::Timeline.reads(domain::product::Product::TYPE));
    }
}
