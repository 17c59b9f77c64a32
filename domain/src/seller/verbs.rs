//! What a seller can be asked.

use serde::Serialize;

use super::{Commission, Seller, SellerEvent, SellerRefusal};
use crate::{
    Money,
    id::{EscrowId, OrderId, RefundId, SellerId},
    money::MoneyError,
};

/// Commission rates are hundred-thousandths.
const WHOLE: u32 = 100_000;

/// A gross amount taken apart: what the platform keeps, the tax on that, and what the seller gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Split {
    /// The platform's commission.
    pub commission: Money,
    /// Value-added tax on the commission.
    pub commission_vat: Money,
    /// The rest, which is the seller's.
    pub net: Money,
}

impl Split {
    /// What was taken apart.
    pub fn gross(self) -> Result<Money, MoneyError> {
        self.commission.plus(self.commission_vat)?.plus(self.net)
    }
}

impl Split {
    /// The whole amount to one side, without commission.
    pub fn untaxed(net: Money) -> Self {
        let nothing = Money::zero(net.currency);
        Self { commission: nothing, commission_vat: nothing, net }
    }

    /// The difference of two takings apart of a growing amount, kept within `gross`: no share below nothing.
    fn step(from: Self, to: Self, gross: Money) -> Result<Self, MoneyError> {
        let within =
            |share: Money, most: Money| Money { amount: share.amount.clamp(0, most.amount), ..share };
        let commission = within(to.commission.minus(from.commission)?, gross);
        let rest = gross.minus(commission)?;
        let commission_vat = within(to.commission_vat.minus(from.commission_vat)?, rest);
        Ok(Self { commission, commission_vat, net: rest.minus(commission_vat)? })
    }
}

impl Commission {
    /// Takes the next part of a hold apart, after `before`: however many parts there are, together they are taken apart
    /// as the whole would have been.
    pub fn split_next(self, before: Split, gross: Money) -> Result<Split, MoneyError> {
        Split::step(before, self.split(before.gross()?.plus(gross)?)?, gross)
    }

    /// Takes a part that is given back apart, so that the rest is taken apart as if it had been released alone.
    pub fn split_back(self, before: Split, gross: Money) -> Result<Split, MoneyError> {
        Split::step(self.split(before.gross()?.minus(gross)?)?, before, gross)
    }

    /// Takes `gross` apart; the three parts sum to it.
    pub fn split(self, gross: Money) -> Result<Split, MoneyError> {
        let commission = gross.share_down(self.rate.min(WHOLE), WHOLE)?;
        let rest = gross.minus(commission)?;
        let wanted_vat = commission.share_half_up(1, 10)?;
        let commission_vat = if wanted_vat.amount > rest.amount { rest } else { wanted_vat };
        Ok(Split { commission, commission_vat, net: rest.minus(commission_vat)? })
    }
}

impl Seller {
    /// Makes a customer a seller who may sell at once.
    pub fn register(
        &self,
        seller_id: SellerId,
        commission: Commission,
    ) -> Result<Vec<SellerEvent>, SellerRefusal> {
        match self {
            Self::Absent => Ok(vec![
                SellerEvent::SellerRegistered { seller_id, commission },
                SellerEvent::SellerActivated {},
            ]),
            Self::Applied(_) | Self::Active(_) | Self::Suspended(_) => {
                Err(SellerRefusal::SellerAlreadyRegistered)
            }
        }
    }

    /// Stops new orders; asking twice changes nothing.
    pub fn suspend(&self, reason: String) -> Result<Vec<SellerEvent>, SellerRefusal> {
        match self {
            Self::Absent => Err(SellerRefusal::UnknownSeller),
            Self::Applied(_) | Self::Active(_) => Ok(vec![SellerEvent::SellerSuspended { reason }]),
            Self::Suspended(_) => Ok(vec![]),
        }
    }

    /// Lets a registered seller sell; asking twice changes nothing.
    pub fn activate(&self) -> Result<Vec<SellerEvent>, SellerRefusal> {
        match self {
            Self::Absent => Err(SellerRefusal::UnknownSeller),
            Self::Applied(_) | Self::Suspended(_) => Ok(vec![SellerEvent::SellerActivated {}]),
            Self::Active(_) => Ok(vec![]),
        }
    }

    /// Whether the seller takes orders.
    pub fn may_sell(&self) -> Result<(), SellerRefusal> {
        match self {
            Self::Absent => Err(SellerRefusal::UnknownSeller),
            Self::Active(_) => Ok(()),
            Self::Applied(_) | Self::Suspended(_) => Err(SellerRefusal::SellerNotActive),
        }
    }

    /// Credits a released escrow's net amount, whatever the standing: it is owed.
    pub fn credit(
        &self,
        escrow_id: EscrowId,
        order_id: OrderId,
        amount: Money,
    ) -> Result<Vec<SellerEvent>, SellerRefusal> {
        match self {
            Self::Absent => Err(SellerRefusal::UnknownSeller),
            Self::Applied(_) | Self::Active(_) | Self::Suspended(_) => {
                Money::new(self.payable(amount.currency), amount.currency).plus(amount)?;
                Ok(vec![SellerEvent::SellerCredited { escrow_id, order_id, amount }])
            }
        }
    }

    /// Takes a reversed release's net amount back, out of what is to be paid as far as that goes; the rest the seller
    /// owes.
    pub fn debit(
        &self,
        escrow_id: EscrowId,
        (order_id, refund_id): (OrderId, RefundId),
        amount: Money,
    ) -> Result<Vec<SellerEvent>, SellerRefusal> {
        if *self == Self::Absent {
            return Err(SellerRefusal::UnknownSeller);
        }
        let receivable = self.short_of(amount);
        Ok(vec![SellerEvent::SellerDebited { escrow_id, order_id, refund_id, amount, receivable }])
    }

    /// What of `amount` is not to be had from what the seller is owed.
    pub fn short_of(&self, amount: Money) -> Money {
        let payable = self.payable(amount.currency).max(0);
        Money { amount: amount.amount.saturating_sub(payable).max(0), ..amount }
    }
}
