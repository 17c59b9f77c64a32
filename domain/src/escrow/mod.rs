//! A hold: the money of one order for one seller, as amounts and never as a flag.
//!
//! `held = funded − released − refunded`, and `held ≥ locked ≥ 0` at every moment.

mod event;
mod locks;
mod mirror;
mod refusal;
mod reversal;
mod verbs;

use std::collections::{BTreeMap, BTreeSet};

pub use event::{EscrowEvent, GatewayEscrow};
pub use mirror::Registration;
pub use refusal::EscrowRefusal;
pub use reversal::Reversal;
pub use verbs::Fund;

use serde::Serialize;

use crate::{
    Money,
    aggregate::Aggregate,
    contest::Contest,
    id::{EscrowId, OrderId, PaymentId, RefundId, SellerId, ShipmentId},
    money::MoneyError,
    payment::{Custody, Gateway},
    seller::Split,
};

/// The fold of a hold's events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub enum Escrow {
    /// Never funded.
    #[default]
    Absent,
    /// Money is held, or was.
    Open(Hold),
    /// Everything has left; nothing can come.
    Closed(Hold),
}

/// The amounts of a hold, all of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hold {
    /// The hold.
    pub escrow_id: EscrowId,
    /// Of which order.
    pub order_id: OrderId,
    /// For which seller.
    pub seller_id: SellerId,
    /// By which payment.
    pub payment_id: PaymentId,
    /// Through which gateway.
    pub gateway: Gateway,
    /// Who keeps it.
    pub custody: Custody,
    /// What came in.
    pub funded: Money,
    /// What went to the seller and the platform.
    pub released: Money,
    /// What went, or is going, back to the buyer.
    pub refunded: Money,
    /// By which refunds.
    pub refunds: BTreeSet<RefundId>,
    /// How what was released is taken apart, in all; what was given back of it, or was free of commission, does not
    /// count.
    pub split: Split,
    /// What may not move.
    pub locked: Money,
    /// What of that is locked for claims and disputes.
    #[serde(serialize_with = "crate::contest::by_id")]
    pub locks: BTreeMap<Contest, Money>,
    /// How far the gateway's own escrow is, as far as it was seen.
    pub at_gateway: Option<GatewayEscrow>,
    /// What became of telling the gateway's escrow of parcels.
    pub logistics: BTreeMap<ShipmentId, Registration>,
}

impl Hold {
    /// What is in the hold.
    pub fn held(&self) -> Result<Money, MoneyError> {
        self.funded.minus(self.released)?.minus(self.refunded)
    }

    /// What may leave the hold.
    pub fn movable(&self) -> Result<Money, MoneyError> {
        self.held()?.minus(self.locked)
    }
}

impl Aggregate for Escrow {
    const TYPE: &'static str = "escrow";
    type Id = EscrowId;
    type Event = EscrowEvent;

    fn evolve(&mut self, event: &EscrowEvent) {
        match event {
            EscrowEvent::EscrowFunded {
                escrow_id,
                order_id,
                seller_id,
                payment_id,
                amount,
                gateway,
                custody,
            } => {
                let nothing = Money::zero(amount.currency);
                *self = Self::Open(Hold {
                    escrow_id: *escrow_id,
                    order_id: *order_id,
                    seller_id: *seller_id,
                    payment_id: *payment_id,
                    gateway: *gateway,
                    custody: *custody,
                    funded: *amount,
                    released: nothing,
                    refunded: nothing,
                    refunds: BTreeSet::new(),
                    split: Split { commission: nothing, commission_vat: nothing, net: nothing },
                    locked: nothing,
                    locks: BTreeMap::new(),
                    at_gateway: None,
                    logistics: BTreeMap::new(),
                });
            }
            EscrowEvent::EscrowLocked { .. } | EscrowEvent::EscrowUnlocked { .. } => {
                self.change(|hold| hold.lock_or_unlock(event));
            }
            EscrowEvent::EscrowReleased { amount, commission, commission_vat, net, fee_free, .. } => {
                self.change(|hold| {
                    add(&mut hold.released, *amount);
                    if !*fee_free {
                        add(&mut hold.split.commission, *commission);
                        add(&mut hold.split.commission_vat, *commission_vat);
                        add(&mut hold.split.net, *net);
                    }
                });
            }
            EscrowEvent::ReleaseReversed { .. } => self.reversed(event),
            EscrowEvent::EscrowRefundCommitted { refund_id, amount } => {
                self.change(|hold| {
                    add(&mut hold.refunded, *amount);
                    hold.refunds.insert(*refund_id);
                });
            }
            EscrowEvent::LogisticsRegistered { .. }
            | EscrowEvent::LogisticsRegistrationFailed { .. }
            | EscrowEvent::LogisticsRegistrationRequested { .. }
            | EscrowEvent::GatewayEscrowChanged { .. } => self.mirror(event),
            EscrowEvent::EscrowClosed {} => {
                if let Self::Open(hold) = self {
                    *self = Self::Closed(hold.clone());
                }
            }
        }
    }
}

impl Escrow {
    fn change(&mut self, change: impl FnOnce(&mut Hold)) {
        if let Self::Open(hold) = self {
            change(hold);
        }
    }
}

/// Sums were checked when the event was decided; a fold cannot refuse.
fn add(sum: &mut Money, amount: Money) {
    sum.amount = sum.amount.saturating_add(amount.amount);
}

fn minus(amount: Money) -> Money {
    Money { amount: amount.amount.saturating_neg(), ..amount }
}
