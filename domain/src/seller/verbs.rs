//! What a seller can be asked.

use super::{Commission, Seller, SellerEvent, SellerRefusal};
use crate::{
    Money,
    id::{EscrowId, OrderId, SellerId},
    money::MoneyError,
};

/// Commission rates are hundred-thousandths.
const WHOLE: u32 = 100_000;

/// A gross amount taken apart: what the platform keeps, the tax on that, and what the seller gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl Commission {
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
}
