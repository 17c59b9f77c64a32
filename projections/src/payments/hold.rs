//! What is held of a payment, for which seller?

use chrono::{DateTime, Utc};
use domain::escrow::EscrowEvent;
use store::Occurrence;

use super::custody_name;
use crate::row::row;

row! {
    /// The money of one order held for one seller; `held = funded − released − refunded`.
    pub struct Hold in "escrows" keyed by [escrow_id] {
        /// The hold, `esc_…`.
        pub escrow_id: String,
        /// Of which order, `ord_…`.
        pub order_id: String,
        /// For which seller, `sel_…`.
        pub seller_id: String,
        /// By which payment, `pay_…`.
        pub payment_id: String,
        /// Through which gateway.
        pub gateway: String,
        /// Who keeps it: `gateway_escrow` or `platform`.
        pub custody: String,
        /// `open` or `closed`.
        pub status: String,
        /// The currency of all amounts, ISO 4217.
        pub currency: String,
        /// What came in, in minor units.
        pub funded: i64,
        /// What went to the seller and the platform.
        pub released: i64,
        /// What went, or is going, back to the buyer.
        pub refunded: i64,
        /// What may not move.
        pub locked: i64,
        /// When it was funded.
        pub created_at: DateTime<Utc>,
        /// When something last changed.
        pub updated_at: DateTime<Utc>,
        /// Sequence of the hold's last event.
        pub version: i64,
        /// Position of the last event in this row.
        pub position: i64,
    }
}

/// By how much an event changes the amounts of a hold, and of the payment behind it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Change {
    pub funded: i64,
    pub released: i64,
    pub refunded: i64,
    pub locked: i64,
}

impl Change {
    pub(super) fn of(event: &EscrowEvent) -> Self {
        match event {
            EscrowEvent::EscrowFunded { amount, .. } => Self { funded: amount.amount, ..Self::default() },
            EscrowEvent::EscrowLocked { amount, .. } => Self { locked: amount.amount, ..Self::default() },
            EscrowEvent::EscrowUnlocked { amount, .. } => Self { locked: -amount.amount, ..Self::default() },
            EscrowEvent::EscrowReleased { amount, .. } => Self { released: amount.amount, ..Self::default() },
            EscrowEvent::EscrowRefundCommitted { amount, .. } => {
                Self { refunded: amount.amount, ..Self::default() }
            }
            EscrowEvent::ReleaseReversed { .. }
            | EscrowEvent::LogisticsRegistered { .. }
            | EscrowEvent::LogisticsRegistrationFailed { .. }
            | EscrowEvent::LogisticsRegistrationRequested { .. }
            | EscrowEvent::GatewayEscrowChanged { .. }
            | EscrowEvent::EscrowClosed {} => Self::default(),
        }
    }
}

impl Hold {
    pub(super) fn funded(change: &EscrowEvent, event: &Occurrence) -> Option<Self> {
        let EscrowEvent::EscrowFunded {
            escrow_id,
            order_id,
            seller_id,
            payment_id,
            amount,
            gateway,
            custody,
        } = change
        else {
            return None;
        };
        Some(Self {
            escrow_id: escrow_id.to_string(),
            order_id: order_id.to_string(),
            seller_id: seller_id.to_string(),
            payment_id: payment_id.to_string(),
            gateway: gateway.name().to_owned(),
            custody: custody_name(*custody).to_owned(),
            status: "open".to_owned(),
            currency: amount.currency.code().to_owned(),
            funded: 0,
            released: 0,
            refunded: 0,
            locked: 0,
            created_at: event.recorded_at,
            updated_at: event.recorded_at,
            version: event.sequence,
            position: event.position,
        })
    }

    pub(super) fn evolve(&mut self, change: &EscrowEvent, event: &Occurrence) -> Result<(), String> {
        let by = Change::of(change);
        let sums = [
            (&mut self.funded, by.funded),
            (&mut self.released, by.released),
            (&mut self.refunded, by.refunded),
            (&mut self.locked, by.locked),
        ];
        super::add_all(sums)?;
        if let EscrowEvent::EscrowClosed {} = change {
            "closed".clone_into(&mut self.status);
        }
        (self.updated_at, self.version, self.position) = (event.recorded_at, event.sequence, event.position);
        Ok(())
    }
}
