//! Who paid what, through whom, and where is the money now?
//!
//! A payment funds one hold per seller. Its row sums its holds, so that one row answers both states: `payment_status`
//! is what the gateway did, `escrow_status` what the holds say. Holds are rows of their own in the same projection.

mod hold;
mod query;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    Fact,
    escrow::EscrowEvent,
    id::Id,
    payment::{Custody, Doubt, Gateway, PaymentEvent},
};
use hold::Change;
pub use hold::Hold;
pub use query::{PaymentDetail, by_gateway_id, find, in_doubt, of_order, show};
use store::Occurrence;
use uuid::Uuid;

use crate::{
    bulk::Known,
    error::ViewsError,
    projection::{Out, Target, begun_before, no_row, uuid_of},
    row::row,
};

row! {
    /// One attempt to pay an order.
    pub struct Payment in "payments" keyed by [payment_id] {
        /// The attempt, `pay_…`.
        pub payment_id: String,
        /// Its order, `ord_…`.
        pub order_id: String,
        /// Who pays, `cus_…`.
        pub user_id: String,
        /// How much, in minor units.
        pub amount: i64,
        /// The currency of all amounts, ISO 4217.
        pub currency: String,
        /// `portone`, `nicepay` or `toss`.
        pub payment_method: String,
        /// The gateway's protocol: `portone_v1`, `portone_v2`, `nicepay` or `toss`.
        pub gateway: String,
        /// The payment's id at the gateway.
        pub gateway_payment_id: String,
        /// The gateway's own id for the transaction (`imp_uid` and the like).
        pub transaction_id: Option<String>,
        /// Card, transfer, virtual account …, in the gateway's word.
        pub paid_with: Option<String>,
        /// Whether the gateway is asked to hold the money in escrow.
        pub escrow: bool,
        /// Who keeps the money: `gateway_escrow` or `platform`.
        pub custody: Option<String>,
        /// `created`, `prepared`, `awaiting_deposit`, `authenticated`, `in_doubt`, `authorized`, `partially_refunded`,
        /// `refunded`, `failed`, `expired`, `cancelled`, `quarantined`, `deposit_reversed`, `deposit_lost` or
        /// `charged_back`.
        pub payment_status: String,
        /// The status behind a doubt.
        #[serde(skip)]
        pub settled_status: String,
        /// `none`, `held`, `locked`, `partly_released`, `released`, `refunding`, `partly_refunded`, `refunded`,
        /// `lost` or `closed`.
        pub escrow_status: String,
        /// What was captured.
        pub captured_amount: i64,
        /// What the gateway has given back.
        pub refunded_amount: i64,
        /// What the holds took in.
        pub escrow_funded: i64,
        /// What the holds released.
        pub escrow_released: i64,
        /// What the holds gave up for refunds.
        pub escrow_refunded: i64,
        /// What may not move in the holds.
        pub escrow_locked: i64,
        /// Why it failed, was quarantined or was not refunded.
        pub failure_reason: Option<String>,
        /// Until when it can be paid.
        pub expires_at: DateTime<Utc>,
        /// When it was paid, by the gateway's clock.
        pub paid_at: Option<DateTime<Utc>>,
        /// When it was begun.
        pub created_at: DateTime<Utc>,
        /// When something last changed.
        pub updated_at: DateTime<Utc>,
        /// Where it was begun; the order of lists.
        #[serde(skip)]
        pub created_position: i64,
        /// Sequence of the payment's last event.
        pub version: i64,
        /// Position of the last event in this row, of its holds too.
        pub position: i64,
    }
}

/// The touched rows.
#[derive(Debug, Default)]
pub struct Model {
    payments: BTreeMap<Uuid, Payment>,
    holds: BTreeMap<Uuid, Hold>,
}

impl crate::projection::Model for Model {
    async fn load(&mut self, target: &mut Target<'_>, events: &[Occurrence]) -> Result<(), ViewsError> {
        let mut holds = begun_before(events.iter().filter_map(|event| match &event.fact {
            Fact::Escrow(id, _) => Some((*id, event.sequence)),
            Fact::Customer(..)
            | Fact::Seller(..)
            | Fact::Product(..)
            | Fact::Order(..)
            | Fact::Claim(..)
            | Fact::Payment(..) => None,
        }));
        holds.retain(|hold| !self.holds.contains_key(&uuid_of(hold)));
        for hold in target.tx.load::<Hold>(target.generation, "escrow_id", &holds).await? {
            self.holds.insert(uuid_of(&hold.escrow_id), hold);
        }
        let begun_here: HashSet<Uuid> = events
            .iter()
            .filter(|event| event.sequence == 1 && matches!(event.fact, Fact::Payment(..)))
            .map(|event| event.fact.uuid())
            .collect();
        let mut wanted: Vec<String> = begun_before(events.iter().filter_map(|event| match &event.fact {
            Fact::Payment(id, _) => Some((*id, event.sequence)),
            Fact::Customer(..)
            | Fact::Seller(..)
            | Fact::Product(..)
            | Fact::Order(..)
            | Fact::Escrow(..)
            | Fact::Claim(..) => None,
        }));
        // A hold's event also changes the payment behind it.
        wanted.extend(events.iter().filter_map(|event| match &event.fact {
            Fact::Escrow(_, EscrowEvent::EscrowFunded { payment_id, .. }) => Some(payment_id.to_string()),
            Fact::Escrow(id, _) => self.holds.get(&id.uuid()).map(|hold| hold.payment_id.clone()),
            Fact::Customer(..)
            | Fact::Seller(..)
            | Fact::Product(..)
            | Fact::Order(..)
            | Fact::Claim(..)
            | Fact::Payment(..) => None,
        }));
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|payment| {
            let uuid = uuid_of(payment);
            !begun_here.contains(&uuid) && !self.payments.contains_key(&uuid)
        });
        for payment in target.tx.load::<Payment>(target.generation, "payment_id", &wanted).await? {
            self.payments.insert(uuid_of(&payment.payment_id), payment);
        }
        Ok(())
    }

    fn apply(&mut self, event: &Occurrence) -> Result<(), String> {
        if let Fact::Payment(id, change) = &event.fact {
            if let PaymentEvent::PaymentCreated { .. } = change {
                self.payments.extend(Payment::begun(change, event).map(|row| (id.uuid(), row)));
                return Ok(());
            }
            self.payments.get_mut(&id.uuid()).ok_or_else(|| no_row(event))?.evolve(change, event)
        } else if let Fact::Escrow(id, change) = &event.fact {
            self.holds.extend(Hold::funded(change, event).map(|row| (id.uuid(), row)));
            let hold = self.holds.get_mut(&id.uuid()).ok_or_else(|| no_row(event))?;
            hold.evolve(change, event)?;
            let payment = self.payments.get_mut(&uuid_of(&hold.payment_id)).ok_or_else(|| no_row(event))?;
            payment.hold_changed(Change::of(change), event)
        } else {
            Ok(())
        }
    }

    fn held(&self) -> usize {
        self.payments.len() + self.holds.len()
    }

    async fn save(self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        out.write(self.payments.into_values().collect(), Known::Replace).await?;
        out.write(self.holds.into_values().collect(), Known::Replace).await
    }
}

impl Payment {
    fn begun(change: &PaymentEvent, event: &Occurrence) -> Option<Self> {
        let PaymentEvent::PaymentCreated {
            payment_id,
            order_id,
            buyer_id,
            amount,
            gateway,
            escrow,
            expires_at,
        } = change
        else {
            return None;
        };
        Some(Self {
            payment_id: payment_id.to_string(),
            order_id: order_id.to_string(),
            user_id: buyer_id.to_string(),
            amount: amount.amount,
            currency: amount.currency.code().to_owned(),
            payment_method: family(*gateway).to_owned(),
            gateway: gateway.name().to_owned(),
            gateway_payment_id: payment_id.at_gateway(),
            transaction_id: None,
            paid_with: None,
            escrow: *escrow,
            custody: None,
            payment_status: "created".to_owned(),
            settled_status: "created".to_owned(),
            escrow_status: "none".to_owned(),
            captured_amount: 0,
            refunded_amount: 0,
            escrow_funded: 0,
            escrow_released: 0,
            escrow_refunded: 0,
            escrow_locked: 0,
            failure_reason: None,
            expires_at: *expires_at,
            paid_at: None,
            created_at: event.recorded_at,
            updated_at: event.recorded_at,
            created_position: event.position,
            version: event.sequence,
            position: event.position,
        })
    }

    fn evolve(&mut self, change: &PaymentEvent, event: &Occurrence) -> Result<(), String> {
        match change {
            PaymentEvent::PaymentPrepared {} => self.settle("prepared"),
            PaymentEvent::VirtualAccountIssued { due_at } => {
                self.expires_at = *due_at;
                self.settle("awaiting_deposit");
            }
            PaymentEvent::PaymentAuthenticated { transaction_id, token: _ } => {
                self.transaction_id = Some(transaction_id.clone());
                self.settle("authenticated");
            }
            PaymentEvent::DepositReversed {} => self.settle("deposit_reversed"),
            PaymentEvent::DepositRestored {} => self.settle("authorized"),
            PaymentEvent::DepositLost { .. } => self.settle("deposit_lost"),
            PaymentEvent::ChargedBack { .. } => self.settle("charged_back"),
            PaymentEvent::PaymentAuthorized { transaction_id, amount, method, custody, paid_at } => {
                self.capture(transaction_id, amount.amount, *custody);
                (self.paid_with, self.paid_at) = (Some(method.clone()), Some(*paid_at));
                self.failure_reason = None;
                self.settle("authorized");
            }
            PaymentEvent::PaymentQuarantined { transaction_id, captured, custody, mismatches, .. } => {
                self.capture(transaction_id, captured.amount, *custody);
                self.failure_reason = serde_json::to_string(mismatches).ok();
                self.settle("quarantined");
            }
            PaymentEvent::PaymentPreparationFailed { reason } | PaymentEvent::PaymentFailed { reason } => {
                self.failure_reason = Some(reason.clone());
                self.settle("failed");
            }
            PaymentEvent::PaymentExpired {} => self.settle("expired"),
            PaymentEvent::PaymentCancelled {} => self.settle("cancelled"),
            PaymentEvent::Refunded { amount, .. } | PaymentEvent::RefundedByBank { amount, .. } => {
                add_all([(&mut self.refunded_amount, amount.amount)])?;
                let whole = self.refunded_amount >= self.captured_amount;
                self.settle(if whole { "refunded" } else { "partially_refunded" });
            }
            PaymentEvent::RefundFailed { reason, .. } => {
                self.failure_reason = Some(reason.clone());
                self.resolve();
            }
            PaymentEvent::PaymentInDoubt {
                doubt: Doubt::Preparation {} | Doubt::Approval {} | Doubt::Refund { .. },
            } => {
                "in_doubt".clone_into(&mut self.payment_status);
            }
            // Nothing is known anew of the payment itself.
            PaymentEvent::GatewayDidNotAnswer { .. } | PaymentEvent::GatewayAnswered {} => {}
            PaymentEvent::PaymentCreated { .. }
            | PaymentEvent::DoubtResolved {
                doubt: Doubt::Preparation {} | Doubt::Approval {} | Doubt::Refund { .. },
            }
            | PaymentEvent::RefundRequested { .. }
            | PaymentEvent::RefundPending { .. } => self.resolve(),
        }
        self.derive_escrow_status();
        (self.updated_at, self.version, self.position) = (event.recorded_at, event.sequence, event.position);
        Ok(())
    }

    fn hold_changed(&mut self, by: Change, event: &Occurrence) -> Result<(), String> {
        add_all([
            (&mut self.escrow_funded, by.funded),
            (&mut self.escrow_released, by.released),
            (&mut self.escrow_refunded, by.refunded),
            (&mut self.escrow_locked, by.locked),
        ])?;
        self.derive_escrow_status();
        (self.updated_at, self.position) = (event.recorded_at, event.position);
        Ok(())
    }

    fn settle(&mut self, status: &str) {
        status.clone_into(&mut self.settled_status);
        self.resolve();
    }

    /// Any news but a new doubt ends the doubt.
    fn resolve(&mut self) {
        self.payment_status.clone_from(&self.settled_status);
    }

    fn capture(&mut self, transaction_id: &str, amount: i64, custody: Custody) {
        self.transaction_id = Some(transaction_id.to_owned());
        self.captured_amount = amount;
        self.custody = Some(custody_name(custody).to_owned());
    }

    fn derive_escrow_status(&mut self) {
        let (released, refunded) = (self.escrow_released, self.escrow_refunded);
        let held = self.escrow_funded - released - refunded;
        let status = if self.escrow_funded == 0 {
            "none"
        } else if self.settled_status == "deposit_lost" {
            // The holds gave up what the bank has: nothing is on its way to anybody.
            "lost"
        } else if self.escrow_locked > 0 {
            "locked"
        } else if refunded > self.refunded_amount {
            "refunding"
        } else if held > 0 {
            match (released > 0, refunded > 0) {
                (false, false) => "held",
                (true, _) => "partly_released",
                (false, true) => "partly_refunded",
            }
        } else {
            match (released > 0, refunded > 0) {
                (true, false) => "released",
                (false, true) => "refunded",
                (true, true) | (false, false) => "closed",
            }
        };
        status.clone_into(&mut self.escrow_status);
    }
}

/// The gateway's family name, as the payments table has always had it.
const fn family(gateway: Gateway) -> &'static str {
    match gateway {
        Gateway::PortoneV1 | Gateway::PortoneV2 => "portone",
        Gateway::Nicepay => "nicepay",
        Gateway::Toss => "toss",
    }
}

const fn custody_name(custody: Custody) -> &'static str {
    match custody {
        Custody::GatewayEscrow => "gateway_escrow",
        Custody::Platform => "platform",
    }
}

fn add_all<const N: usize>(sums: [(&mut i64, i64); N]) -> Result<(), String> {
    for (sum, amount) in sums {
        *sum = sum.checked_add(amount).ok_or_else(|| "a sum of money does not fit".to_owned())?;
    }
    Ok(())
}
