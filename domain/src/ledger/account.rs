//! The chart of accounts.

use std::fmt::{Display, Formatter};

use crate::{
    id::{EscrowId, RefundId, SellerId},
    payment::{Custody, Gateway},
};

/// An account of the chart, with its sub-account where it has one. Written `2100/esc_…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// 1110: customers' money in the bank, apart from the platform's own.
    CustomerFunds,
    /// 1200: captured money the gateway owes the platform.
    GatewayReceivable(Gateway),
    /// 1210: money the gateway holds in escrow.
    GatewayEscrowReceivable(Gateway),
    /// 1300: what a seller owes.
    SellerReceivable(SellerId),
    /// 1310: what was taken back from the platform and is to be had from somebody.
    Chargebacks(Gateway),
    /// 2100: held money that may move.
    EscrowLiability(EscrowId),
    /// 2110: held money that may not move.
    EscrowLocked(EscrowId),
    /// 2120: money on its way back to a buyer.
    RefundPayable(RefundId),
    /// 2200: what a seller is owed.
    SellerPayable(SellerId),
    /// 2300: value-added tax on the platform's commission.
    OutputVat,
    /// 2500: captured money that funds nothing yet.
    Suspense(Gateway),
    /// 4100: the platform's commission.
    Commission,
}

impl Account {
    /// The account in which money captured through `gateway` stands.
    pub const fn captured(gateway: Gateway, custody: Custody) -> Self {
        match custody {
            Custody::GatewayEscrow => Self::GatewayEscrowReceivable(gateway),
            Custody::Platform => Self::GatewayReceivable(gateway),
        }
    }

    /// The number in the chart.
    pub const fn code(self) -> u16 {
        match self {
            Self::CustomerFunds => 1110,
            Self::GatewayReceivable(_) => 1200,
            Self::GatewayEscrowReceivable(_) => 1210,
            Self::SellerReceivable(_) => 1300,
            Self::Chargebacks(_) => 1310,
            Self::EscrowLiability(_) => 2100,
            Self::EscrowLocked(_) => 2110,
            Self::RefundPayable(_) => 2120,
            Self::SellerPayable(_) => 2200,
            Self::OutputVat => 2300,
            Self::Suspense(_) => 2500,
            Self::Commission => 4100,
        }
    }

    /// The name in the chart.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CustomerFunds => "customer funds",
            Self::GatewayReceivable(_) => "gateway receivable",
            Self::GatewayEscrowReceivable(_) => "gateway escrow receivable",
            Self::SellerReceivable(_) => "seller receivable",
            Self::Chargebacks(_) => "chargebacks in dispute",
            Self::EscrowLiability(_) => "escrow liability",
            Self::EscrowLocked(_) => "escrow locked",
            Self::RefundPayable(_) => "refund payable",
            Self::SellerPayable(_) => "seller payable",
            Self::OutputVat => "output VAT",
            Self::Suspense(_) => "suspense",
            Self::Commission => "commission",
        }
    }
}

impl Display for Account {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let code = self.code();
        match self {
            Self::GatewayReceivable(gateway)
            | Self::GatewayEscrowReceivable(gateway)
            | Self::Chargebacks(gateway)
            | Self::Suspense(gateway) => write!(f, "{code}/{}", gateway.name()),
            Self::EscrowLiability(hold) | Self::EscrowLocked(hold) => write!(f, "{code}/{hold}"),
            Self::RefundPayable(refund) => write!(f, "{code}/{refund}"),
            Self::SellerPayable(seller) | Self::SellerReceivable(seller) => write!(f, "{code}/{seller}"),
            Self::CustomerFunds | Self::OutputVat | Self::Commission => write!(f, "{code}"),
        }
    }
}
