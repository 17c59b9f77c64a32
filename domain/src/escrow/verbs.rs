//! What a hold can be asked.

use super::{Escrow, EscrowEvent, EscrowRefusal, Hold};
use crate::{
    Money,
    id::{EscrowId, OrderId, PaymentId, RefundId, SellerId},
    payment::{Custody, Gateway},
    seller::Split,
};

/// Puts a verified payment's money into a hold.
#[derive(Debug, Clone, Copy)]
pub struct Fund {
    /// Of which order.
    pub order_id: OrderId,
    /// For which seller.
    pub seller_id: SellerId,
    /// By which payment.
    pub payment_id: PaymentId,
    /// How much.
    pub amount: Money,
    /// Through which gateway.
    pub gateway: Gateway,
    /// Who keeps it.
    pub custody: Custody,
}

impl Escrow {
    /// Funds the hold; the same payment's money a second time changes nothing.
    pub fn fund(&self, command: Fund) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        let Fund { order_id, seller_id, payment_id, amount, gateway, custody } = command;
        match self {
            Self::Absent if !amount.is_positive() => Err(EscrowRefusal::AmountNotPositive),
            Self::Absent => {
                let escrow_id = EscrowId::of(order_id, seller_id);
                Ok(vec![EscrowEvent::EscrowFunded {
                    escrow_id,
                    order_id,
                    seller_id,
                    payment_id,
                    amount,
                    gateway,
                    custody,
                }])
            }
            Self::Open(hold) | Self::Closed(hold) if hold.payment_id == payment_id => Ok(vec![]),
            Self::Open(_) | Self::Closed(_) => Err(EscrowRefusal::AlreadyFunded),
        }
    }

    /// Releases `amount` to the seller, taken apart as `split` says; closes an empty hold.
    pub fn release(&self, amount: Money, split: Split) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        self.let_go(amount, split, false)
    }

    /// Releases `amount` to the seller without commission, to make up for what the buyer's return cost them.
    pub fn compensate(&self, amount: Money) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        self.let_go(amount, Split::untaxed(amount), true)
    }

    fn let_go(&self, amount: Money, split: Split, fee_free: bool) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        let hold = self.open()?;
        if hold.at_gateway.is_some_and(super::GatewayEscrow::is_refused) {
            return Err(EscrowRefusal::RefusedAtGateway);
        }
        hold.can_move(amount)?;
        if split.gross()? != amount {
            return Err(EscrowRefusal::SplitDiffers);
        }
        let released = EscrowEvent::EscrowReleased {
            seller_id: hold.seller_id,
            amount,
            commission: split.commission,
            commission_vat: split.commission_vat,
            net: split.net,
            fee_free,
        };
        hold.then_close(amount, released)
    }

    /// Commits `amount` to go back to the buyer; closes an empty hold. The same refund again changes nothing.
    pub fn refund(&self, refund_id: RefundId, amount: Money) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        if let Self::Open(hold) | Self::Closed(hold) = self
            && hold.refunds.contains(&refund_id)
        {
            return Ok(vec![]);
        }
        let hold = self.open()?;
        hold.can_move(amount)?;
        hold.then_close(amount, EscrowEvent::EscrowRefundCommitted { refund_id, amount })
    }

    /// The hold, if money can still move.
    pub fn open(&self) -> Result<&Hold, EscrowRefusal> {
        match self {
            Self::Absent => Err(EscrowRefusal::NotFunded),
            Self::Open(hold) => Ok(hold),
            Self::Closed(_) => Err(EscrowRefusal::HoldClosed),
        }
    }
}

impl Hold {
    pub(super) fn can_move(&self, amount: Money) -> Result<(), EscrowRefusal> {
        if !amount.is_positive() {
            return Err(EscrowRefusal::AmountNotPositive);
        }
        let movable = self.movable()?;
        if amount.compare(movable)?.is_gt() {
            return Err(EscrowRefusal::ExceedsHold { wanted: amount, movable });
        }
        Ok(())
    }

    fn then_close(&self, leaving: Money, event: EscrowEvent) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        let left = self.held()?.minus(leaving)?;
        Ok(if left.is_positive() { vec![event] } else { vec![event, EscrowEvent::EscrowClosed {}] })
    }
}
