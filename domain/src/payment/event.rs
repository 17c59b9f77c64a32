//! The storage format of payments.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Money, Sealed,
    aggregate::Event,
    id::{CustomerId, OrderId, PaymentId, RefundId},
};

/// The payment gateways whose protocol the house speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gateway {
    /// PortOne's V1 API, formerly Iamport.
    PortoneV1,
    /// PortOne's V2 API.
    PortoneV2,
    /// NicePay.
    Nicepay,
    /// Toss Payments.
    Toss,
}

impl Gateway {
    /// The gateway's name on the wire and in account names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PortoneV1 => "portone_v1",
            Self::PortoneV2 => "portone_v2",
            Self::Nicepay => "nicepay",
            Self::Toss => "toss",
        }
    }

    /// Whether it gives a deposit back only to an account that it is told. `PortOne` V2 leaves that to the PG behind it.
    pub const fn wants_account_for_deposits(self) -> bool {
        match self {
            Self::PortoneV1 | Self::Nicepay | Self::Toss => true,
            Self::PortoneV2 => false,
        }
    }
}

/// Who keeps the buyer's money until it is released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Custody {
    /// The gateway holds it in escrow; its escrow flag was verified.
    GatewayEscrow,
    /// An ordinary capture: the gateway owes it to the platform, the hold is in our book alone.
    Platform,
}

/// One thing about a captured payment that is not as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mismatch {
    /// Another amount or currency was captured.
    Amount {
        /// As asked.
        expected: Money,
        /// As captured.
        actual: Money,
    },
    /// Escrow was asked for and not given, or the other way round.
    EscrowFlag {
        /// As asked.
        expected: bool,
    },
    /// Paid through a channel or store that is not ours.
    Channel {
        /// As captured.
        actual: String,
    },
    /// A test payment on a live gateway, or the other way round.
    LiveFlag {
        /// As asked.
        expected_live: bool,
    },
    /// The gateway's document names another payment or order.
    Identity {
        /// As captured.
        actual: String,
    },
    /// Another attempt has paid the order already.
    DuplicateCapture {
        /// By which attempt.
        paid_by: PaymentId,
    },
    /// The order is no longer waiting for money.
    LatePayment {},
}

/// An outside call that may have had its effect without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum Doubt {
    /// The registration of the payment at the gateway.
    Preparation {},
    /// The approval of what the buyer agreed to.
    Approval {},
    /// A refund at the gateway.
    Refund {
        /// Which.
        refund_id: RefundId,
    },
}

/// What happened to one attempt to pay an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentEvent {
    /// The buyer wants to pay; the amount is fixed.
    PaymentCreated {
        /// The attempt.
        payment_id: PaymentId,
        /// For which order.
        order_id: OrderId,
        /// By whom.
        buyer_id: CustomerId,
        /// How much.
        amount: Money,
        /// Through which gateway.
        gateway: Gateway,
        /// Whether the gateway is asked to hold the money in escrow.
        escrow: bool,
        /// When the payment window ends.
        expires_at: DateTime<Utc>,
    },
    /// The gateway knows the payment and its amount.
    PaymentPrepared {},
    /// The gateway refused to register the payment.
    PaymentPreparationFailed {
        /// The gateway's reason code.
        reason: String,
    },
    /// A call was left without an answer; only a look-up ends the doubt.
    PaymentInDoubt {
        /// Which call.
        doubt: Doubt,
    },
    /// A look-up answered what the call did not.
    DoubtResolved {
        /// Which call.
        doubt: Doubt,
    },
    /// The gateway issued a virtual account and waits for the deposit.
    VirtualAccountIssued {
        /// Until when the deposit is taken.
        due_at: DateTime<Utc>,
    },
    /// The buyer agreed in the pay window, and the gateway waits for our approval; it is asked for next.
    PaymentAuthenticated {
        /// The gateway's transaction.
        transaction_id: String,
        /// The window's leave to approve, where the gateway gives one, sealed under the buyer's key.
        token: Option<Sealed>,
    },
    /// The gateway approved the payment and every check of ours held.
    PaymentAuthorized {
        /// The gateway's transaction.
        transaction_id: String,
        /// What was captured.
        amount: Money,
        /// Card, transfer, virtual account …, in the gateway's word.
        method: String,
        /// Who holds the money.
        custody: Custody,
        /// When, by the gateway's clock.
        paid_at: DateTime<Utc>,
    },
    /// The gateway says the payment failed.
    PaymentFailed {
        /// The gateway's reason code.
        reason: String,
    },
    /// The window ended and the gateway says nothing was paid.
    PaymentExpired {},
    /// The order was cancelled before this attempt was paid.
    PaymentCancelled {},
    /// Money was captured that must not fund the order; it goes back.
    PaymentQuarantined {
        /// The gateway's transaction.
        transaction_id: String,
        /// What was captured.
        captured: Money,
        /// Through which gateway.
        gateway: Gateway,
        /// Who holds the money.
        custody: Custody,
        /// What is wrong.
        mismatches: Vec<Mismatch>,
        /// Card, transfer, virtual account …; not known of what was captured before it was written down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<String>,
    },
    /// The bank took a deposit back: the gateway waits for it again.
    DepositReversed {},
    /// A deposit that was taken back is there again.
    DepositRestored {},
    /// A deposit that was taken back did not come again; the holds gave it up as this refund.
    DepositLost {
        /// Which.
        refund_id: RefundId,
        /// How much.
        amount: Money,
        /// Through which gateway.
        gateway: Gateway,
        /// Who held the money.
        custody: Custody,
    },
    /// Money was taken back at the gateway that the holds no longer have: the platform is short of it.
    ChargedBack {
        /// The gateway's cancellation.
        cancellation_id: String,
        /// How much.
        amount: Money,
        /// Through which gateway.
        gateway: Gateway,
        /// Who held the money.
        custody: Custody,
        /// When, by the gateway's clock.
        taken_at: DateTime<Utc>,
    },
    /// Money is to go back to the buyer; the gateway is asked next.
    RefundRequested {
        /// The refund; also the gateway's idempotency key.
        refund_id: RefundId,
        /// How much.
        amount: Money,
        /// Why, as told to the gateway.
        reason: String,
        /// Where a deposit goes back to, sealed under the buyer's key: bank, number and holder as a JSON object.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<Sealed>,
    },
    /// The gateway took the refund on and will carry it out later.
    RefundPending {
        /// Which.
        refund_id: RefundId,
        /// The gateway's cancellation.
        cancellation_id: String,
    },
    /// The gateway carried the refund out.
    Refunded {
        /// Which.
        refund_id: RefundId,
        /// How much.
        amount: Money,
        /// The gateway's cancellation.
        cancellation_id: String,
        /// Through which gateway.
        gateway: Gateway,
        /// Who held the money.
        custody: Custody,
        /// Whether it was quarantined money, which never funded a hold.
        quarantined: bool,
        /// When, by the gateway's clock.
        refunded_at: DateTime<Utc>,
    },
    /// The gateway would not, so an operator had the bank send the money to the buyer.
    RefundedByBank {
        /// Which.
        refund_id: RefundId,
        /// How much.
        amount: Money,
        /// The bank's reference of the transfer.
        bank_reference: String,
        /// Through which gateway the money had come.
        gateway: Gateway,
        /// Whether it was quarantined money, which never funded a hold.
        quarantined: bool,
        /// When, by the bank's statement.
        refunded_at: DateTime<Utc>,
    },
    /// The gateway refused the refund; an operator has to look.
    RefundFailed {
        /// Which.
        refund_id: RefundId,
        /// The gateway's reason code.
        reason: String,
    },
    /// The payment could not be looked up; it is tried again.
    GatewayDidNotAnswer {
        /// `UNAVAILABLE`, `UNREADABLE`, `UNAUTHORIZED` or `UNSUPPORTED`.
        reason: String,
    },
    /// The payment can be looked up again.
    GatewayAnswered {},
}

impl Event for PaymentEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::PaymentCreated { .. } => "PaymentCreated",
            Self::PaymentPrepared {} => "PaymentPrepared",
            Self::PaymentPreparationFailed { .. } => "PaymentPreparationFailed",
            Self::PaymentInDoubt { .. } => "PaymentInDoubt",
            Self::DoubtResolved { .. } => "DoubtResolved",
            Self::VirtualAccountIssued { .. } => "VirtualAccountIssued",
            Self::PaymentAuthenticated { .. } => "PaymentAuthenticated",
            Self::PaymentAuthorized { .. } => "PaymentAuthorized",
            Self::PaymentFailed { .. } => "PaymentFailed",
            Self::PaymentExpired {} => "PaymentExpired",
            Self::PaymentCancelled {} => "PaymentCancelled",
            Self::PaymentQuarantined { .. } => "PaymentQuarantined",
            Self::DepositReversed {} => "DepositReversed",
            Self::DepositRestored {} => "DepositRestored",
            Self::DepositLost { .. } => "DepositLost",
            Self::ChargedBack { .. } => "ChargedBack",
            Self::RefundRequested { .. } => "RefundRequested",
            Self::RefundPending { .. } => "RefundPending",
            Self::Refunded { .. } => "Refunded",
            Self::RefundedByBank { .. } => "RefundedByBank",
            Self::RefundFailed { .. } => "RefundFailed",
            Self::GatewayDidNotAnswer { .. } => "GatewayDidNotAnswer",
            Self::GatewayAnswered {} => "GatewayAnswered",
        }
    }
}
