//! Money that was released and goes back to the buyer after all.

use super::{Escrow, EscrowEvent, EscrowRefusal, add, minus};
use crate::{Money, id::RefundId, seller::Split};

/// What goes back of a release, and who bears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reversal {
    /// By which refund.
    pub refund_id: RefundId,
    /// What goes back to the buyer.
    pub amount: Money,
    /// How it is taken apart: the platform gives its commission back.
    pub split: Split,
    /// What of the net the seller owes, because it is with them already.
    pub receivable: Money,
}

impl Escrow {
    /// Takes back a part of what was released; the same refund again changes nothing.
    pub fn reverse_release(&self, reversal: Reversal) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        let hold = self.hold()?;
        let Reversal { refund_id, amount, split, receivable } = reversal;
        if hold.refunds.contains(&refund_id) {
            return Ok(vec![]);
        }
        if !amount.is_positive() {
            return Err(EscrowRefusal::AmountNotPositive);
        }
        let released = hold.split.gross()?;
        if amount.compare(released)?.is_gt() {
            return Err(EscrowRefusal::ExceedsReleased { wanted: amount, released });
        }
        if split.gross()? != amount || receivable.compare(split.net)?.is_gt() || receivable.amount < 0 {
            return Err(EscrowRefusal::SplitDiffers);
        }
        Ok(vec![EscrowEvent::ReleaseReversed {
            seller_id: hold.seller_id,
            refund_id,
            amount,
            commission: split.commission,
            commission_vat: split.commission_vat,
            net: split.net,
            receivable,
        }])
    }

    pub(super) fn reversed(&mut self, event: &EscrowEvent) {
        let (Self::Open(hold) | Self::Closed(hold)) = self else { return };
        if let EscrowEvent::ReleaseReversed { refund_id, commission, commission_vat, net, .. } = event {
            hold.refunds.insert(*refund_id);
            add(&mut hold.split.commission, minus(*commission));
            add(&mut hold.split.commission_vat, minus(*commission_vat));
            add(&mut hold.split.net, minus(*net));
        }
    }
}
