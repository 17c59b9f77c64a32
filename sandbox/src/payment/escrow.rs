//! The gateway's own escrow: the shop registers the parcel, the buyer confirms or refuses.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{No, Payment};

/// How far the escrow is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EscrowStatus {
    #[default]
    BeforeRegistered,
    Registered,
    Delivered,
    Confirmed,
    Rejected,
    RejectConfirmed,
    Cancelled,
}

/// The escrow of one payment.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Escrow {
    pub status: EscrowStatus,
    pub parcel: Option<Parcel>,
    pub automatically: bool,
}

/// What the shop said about the parcel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parcel {
    pub company: String,
    pub invoice_number: String,
    pub sent_at: DateTime<Utc>,
    pub applied_at: DateTime<Utc>,
}

impl EscrowStatus {
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeforeRegistered => "BEFORE_REGISTERED",
            Self::Registered => "REGISTERED",
            Self::Delivered => "DELIVERED",
            Self::Confirmed => "CONFIRMED",
            Self::Rejected => "REJECTED",
            Self::RejectConfirmed => "REJECT_CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }

    const fn may_become(self, next: Self) -> bool {
        match self {
            Self::BeforeRegistered => matches!(next, Self::Registered),
            Self::Registered => {
                matches!(next, Self::Delivered | Self::Confirmed | Self::Rejected | Self::Cancelled)
            }
            Self::Delivered => matches!(next, Self::Confirmed | Self::Rejected | Self::Cancelled),
            Self::Rejected => matches!(next, Self::RejectConfirmed | Self::Cancelled),
            Self::RejectConfirmed => matches!(next, Self::Cancelled),
            Self::Confirmed | Self::Cancelled => false,
        }
    }
}

impl Payment {
    fn held(&mut self) -> Result<&mut Escrow, No> {
        if !self.is_captured() {
            return Err(No::NotPaid);
        }
        self.escrow.as_mut().ok_or(No::NotEscrow)
    }

    /// The shop registers the parcel.
    pub fn register(&mut self, parcel: Parcel) -> Result<(), No> {
        let escrow = self.held()?;
        if escrow.status != EscrowStatus::BeforeRegistered {
            return Err(No::AlreadyRegistered);
        }
        *escrow = Escrow { status: EscrowStatus::Registered, parcel: Some(parcel), automatically: false };
        Ok(())
    }

    /// The shop corrects the parcel.
    pub fn correct(&mut self, parcel: Parcel) -> Result<(), No> {
        let escrow = self.held()?;
        match escrow.status {
            EscrowStatus::BeforeRegistered => return Err(No::NotRegistered),
            EscrowStatus::Registered => {}
            EscrowStatus::Delivered
            | EscrowStatus::Confirmed
            | EscrowStatus::Rejected
            | EscrowStatus::RejectConfirmed
            | EscrowStatus::Cancelled => return Err(No::EscrowState),
        }
        escrow.parcel = Some(parcel);
        Ok(())
    }

    /// The escrow goes on, by the buyer's hand or the clock's.
    pub fn advance_escrow(
        &mut self,
        next: EscrowStatus,
        automatically: bool,
        now: DateTime<Utc>,
    ) -> Result<(), No> {
        let escrow = self.held()?;
        if !escrow.status.may_become(next) {
            return Err(No::EscrowState);
        }
        escrow.status = next;
        escrow.automatically = automatically;
        escrow.parcel.get_or_insert_with(|| Parcel {
            company: "ETC".into(),
            invoice_number: "0000000000".into(),
            sent_at: now,
            applied_at: now,
        });
        self.changed_at = now;
        Ok(())
    }
}
