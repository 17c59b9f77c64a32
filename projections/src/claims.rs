//! Which goods are to go back, and how far is that?

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Fact,
    claim::{ClaimEvent, ClaimKind, ClaimReason, Fault},
    id::{ClaimId, CustomerId, Id, OrderId, SellerId},
};
use sea_query::{Expr, ExprTrait, Order as Sort};
use store::Occurrence;
use uuid::Uuid;

use crate::{
    bulk::Known,
    error::ViewsError,
    orders::ShippedItem,
    page::{Page, PageRequest},
    projection::{Out, Target, begun_before, no_row, uuid_of},
    row::{Listed, row},
    views::{Views, from},
};

row! {
    /// A claim: goods a buyer gives back for their money or for other goods.
    pub struct Claim in "claims" keyed by [claim_id] {
        /// The claim, `clm_…`.
        pub claim_id: String,
        /// Of which order, `ord_…`.
        pub order_id: String,
        /// Whose goods, `sel_…`.
        pub seller_id: String,
        /// Who claims, `cus_…`.
        pub user_id: String,
        /// From which hold, `esc_…`.
        pub escrow_id: String,
        /// Paid by which payment, `pay_…`.
        pub payment_id: String,
        /// `return` or `exchange`.
        pub kind: String,
        /// `requested`, `collecting`, `inspecting`, `withheld`, `refunding`, `exchanging`, `redelivering`, or how it
        /// ended: `refunded`, `exchanged`, `rejected`, `withdrawn`, `closed`.
        pub status: String,
        /// Why the buyer gives the goods back.
        pub reason: String,
        /// Who bears the cost: `buyer` or `seller`; by the reason until it is decided.
        pub fault: String,
        /// Which goods.
        #[sqlx(try_from = "String")]
        #[schema(value_type = Vec<ShippedItem>)]
        pub items: Listed<ShippedItem>,
        /// What they are worth, in minor units.
        pub amount: i64,
        /// Whether their money had been released to the seller before.
        pub released: bool,
        /// What the seller wants the buyer to bear first.
        pub extra_charge: i64,
        /// What the seller keeps for the buyer's part of the cost.
        pub deduction: i64,
        /// What goes back to the buyer.
        pub refund: i64,
        /// The currency of all amounts, ISO 4217.
        pub currency: String,
        /// By which refund, `rfd_…`.
        pub refund_id: Option<String>,
        /// What the buyer wants instead, `prd_…`.
        pub replacement_product_id: Option<String>,
        /// Why it was withheld or rejected, in the seller's words.
        pub note: Option<String>,
        /// When the clock goes on by itself.
        pub due_at: Option<DateTime<Utc>>,
        /// When it was opened.
        pub created_at: DateTime<Utc>,
        /// When something last changed.
        pub updated_at: DateTime<Utc>,
        /// Where it was opened; the order of lists.
        #[serde(skip)]
        pub created_position: i64,
        /// Sequence of the claim's last event.
        pub version: i64,
        /// Position of the last event in this row.
        pub position: i64,
    }
}

/// Which claims. Nothing named: all of them.
#[derive(Debug, Clone, Default)]
pub struct ClaimFilter {
    /// Of this buyer.
    pub buyer: Option<CustomerId>,
    /// Of this seller's goods.
    pub seller: Option<SellerId>,
    /// Of this order.
    pub order: Option<OrderId>,
    /// In this state.
    pub status: Option<String>,
}

/// The touched rows.
#[derive(Debug, Default)]
pub struct Model {
    rows: BTreeMap<Uuid, Claim>,
}

impl crate::projection::Model for Model {
    async fn load(&mut self, target: &mut Target<'_>, events: &[Occurrence]) -> Result<(), ViewsError> {
        let of_claims = events.iter().filter_map(|event| {
            if let Fact::Claim(id, _) = &event.fact { Some((*id, event.sequence)) } else { None }
        });
        let mut known = begun_before(of_claims);
        known.retain(|claim| !self.rows.contains_key(&uuid_of(claim)));
        let rows = target.tx.load::<Claim>(target.generation, "claim_id", &known).await?;
        self.rows.extend(rows.into_iter().map(|row| (uuid_of(&row.claim_id), row)));
        Ok(())
    }

    fn apply(&mut self, event: &Occurrence) -> Result<(), String> {
        let Fact::Claim(id, change) = &event.fact else { return Ok(()) };
        if let ClaimEvent::ClaimOpened { .. } = change {
            self.rows.extend(Claim::opened(change, event).map(|row| (id.uuid(), row)));
            return Ok(());
        }
        self.rows.get_mut(&id.uuid()).ok_or_else(|| no_row(event))?.evolve(change, event);
        Ok(())
    }

    fn held(&self) -> usize {
        self.rows.len()
    }

    async fn save(self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        out.write(self.rows.into_values().collect(), Known::Replace).await
    }
}

impl Claim {
    fn opened(change: &ClaimEvent, event: &Occurrence) -> Option<Self> {
        let ClaimEvent::ClaimOpened { claim_id, kind, order_id, escrow_id, payment_id, .. } = change else {
            return None;
        };
        let ClaimEvent::ClaimOpened { seller_id, buyer_id, items, amount, released, .. } = change else {
            return None;
        };
        let ClaimEvent::ClaimOpened { reason, replacement, close_by, .. } = change else { return None };
        let item = |item: &domain::order::Item| ShippedItem {
            order_item_id: item.line_id.to_string(),
            quantity: i64::from(item.quantity),
        };
        Some(Self {
            claim_id: claim_id.to_string(),
            order_id: order_id.to_string(),
            seller_id: seller_id.to_string(),
            user_id: buyer_id.to_string(),
            escrow_id: escrow_id.to_string(),
            payment_id: payment_id.to_string(),
            kind: kind_name(*kind).to_owned(),
            status: "requested".to_owned(),
            reason: reason_name(*reason).to_owned(),
            fault: fault_name(reason.fault()).to_owned(),
            items: Listed(items.iter().map(item).collect()),
            amount: amount.amount,
            released: *released,
            extra_charge: 0,
            deduction: 0,
            refund: 0,
            currency: amount.currency.code().to_owned(),
            refund_id: None,
            replacement_product_id: replacement.map(|wanted| wanted.product_id.to_string()),
            note: None,
            due_at: Some(*close_by),
            created_at: event.recorded_at,
            updated_at: event.recorded_at,
            created_position: event.position,
            version: event.sequence,
            position: event.position,
        })
    }

    fn evolve(&mut self, change: &ClaimEvent, event: &Occurrence) {
        match change {
            ClaimEvent::ClaimOpened { .. } => {}
            ClaimEvent::CollectionArranged { .. } => self.becomes("collecting", self.due_at),
            ClaimEvent::GoodsReceived { decide_by, .. } => self.becomes("inspecting", Some(*decide_by)),
            ClaimEvent::ClaimWithheld { reason, extra_charge, answer_by } => {
                (self.note, self.extra_charge) = (Some(reason.clone()), extra_charge.amount);
                self.becomes("withheld", Some(*answer_by));
            }
            ClaimEvent::ReturnApproved { fault, refund_id, refund, deduction, by: _ } => {
                fault_name(*fault).clone_into(&mut self.fault);
                (self.refund, self.deduction) = (refund.amount, deduction.amount);
                self.refund_id = refund_id.map(|id| id.to_string());
                self.becomes(if refund_id.is_some() { "refunding" } else { "refunded" }, None);
            }
            ClaimEvent::ExchangeApproved { refund, refund_id, by: _ } => {
                (self.refund, self.refund_id) = (refund.amount, refund_id.map(|id| id.to_string()));
                self.becomes("exchanging", None);
            }
            ClaimEvent::ClaimConverted {} => kind_name(ClaimKind::Return).clone_into(&mut self.kind),
            ClaimEvent::GoodsRedispatched { .. } => self.becomes("redelivering", None),
            ClaimEvent::GoodsRedelivered {} => self.becomes("exchanged", None),
            ClaimEvent::ClaimRejected { reason, .. } => {
                self.note = Some(reason.clone());
                self.becomes("rejected", None);
            }
            ClaimEvent::ClaimWithdrawn {} => self.becomes("withdrawn", None),
            ClaimEvent::ClaimClosed { .. } => self.becomes("closed", None),
            ClaimEvent::ClaimRefunded { .. } => self.becomes("refunded", None),
        }
        (self.updated_at, self.version, self.position) = (event.recorded_at, event.sequence, event.position);
    }

    fn becomes(&mut self, status: &str, due_at: Option<DateTime<Utc>>) {
        status.clone_into(&mut self.status);
        self.due_at = due_at;
    }
}

/// One claim.
pub async fn find(views: &Views, claim: ClaimId) -> Result<Option<Claim>, ViewsError> {
    views.one(from::<Claim>().and_where(Expr::col("claim_id").eq(claim.to_string()))).await
}

/// Claims, newest first.
pub async fn list(views: &Views, filter: &ClaimFilter, page: PageRequest) -> Result<Page<Claim>, ViewsError> {
    let mut query = from::<Claim>();
    query
        .and_where_option(filter.buyer.map(|buyer| Expr::col("user_id").eq(buyer.to_string())))
        .and_where_option(filter.seller.map(|seller| Expr::col("seller_id").eq(seller.to_string())))
        .and_where_option(filter.order.map(|order| Expr::col("order_id").eq(order.to_string())))
        .and_where_option(filter.status.as_deref().map(|status| Expr::col("status").eq(status)))
        .and_where_option(page.after.map(|after| Expr::col("created_position").lt(after)))
        .order_by("created_position", Sort::Desc)
        .limit(page.fetch());
    Ok(Page::of(views.all(&query).await?, page, |row: &Claim| row.created_position))
}

const fn kind_name(kind: ClaimKind) -> &'static str {
    match kind {
        ClaimKind::Return => "return",
        ClaimKind::Exchange => "exchange",
    }
}

const fn fault_name(fault: Fault) -> &'static str {
    match fault {
        Fault::Buyer => "buyer",
        Fault::Seller => "seller",
    }
}

const fn reason_name(reason: ClaimReason) -> &'static str {
    match reason {
        ClaimReason::ChangeOfMind => "change_of_mind",
        ClaimReason::Defective => "defective",
        ClaimReason::NotAsDescribed => "not_as_described",
        ClaimReason::WrongItem => "wrong_item",
        ClaimReason::DamagedInTransit => "damaged_in_transit",
    }
}
