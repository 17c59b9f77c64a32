//! Why the gateway does not do it.

use thiserror::Error;

/// A refusal, in no protocol's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum No {
    #[error("the payment is paid already")]
    AlreadyPaid,
    #[error("the payment is not paid")]
    NotPaid,
    #[error("no deposit is waited for")]
    NotWaitingForDeposit,
    #[error("the account takes no deposit any more")]
    DepositTooLate,
    #[error("the payment waits for no approval")]
    NotAuthorised,
    #[error("it is too late: the payment is lost")]
    Lost,
    #[error("this is not the token of the payment")]
    WrongToken,
    #[error("the amount must be more than nothing")]
    AmountNotPositive,
    #[error("the payment is cancelled already")]
    AlreadyCancelled,
    #[error("this is not what can be cancelled")]
    BalanceDiffers,
    #[error("more than what can be cancelled")]
    ExceedsBalance,
    #[error("more tax-free than what can be cancelled")]
    TaxFreeExceeds,
    #[error("the parts are more than the amount")]
    VatExceeds,
    #[error("a virtual account's money needs an account to go back to")]
    RefundAccountMissing,
    #[error("no part of an escrow payment can be cancelled")]
    PartOfEscrow,
    #[error("the purchase is confirmed: nothing can be cancelled")]
    AfterConfirmation,
    #[error("the payment is not held in escrow")]
    NotEscrow,
    #[error("the parcel is registered already")]
    AlreadyRegistered,
    #[error("no parcel is registered")]
    NotRegistered,
    #[error("the parcel cannot be changed any more")]
    EscrowState,
    #[error("nothing of the kind is waiting")]
    NothingRequested,
    #[error("the store is not yours")]
    OtherStore,
    #[error("there is no such channel")]
    ChannelUnknown,
    #[error("the amount is missing, or nothing")]
    AmountMissing,
    #[error("the amount is not the amount that was registered")]
    AmountDiffers,
    #[error("the currency is not the currency that was registered")]
    CurrencyDiffers,
    #[error("an argument of the window is malformed: {0}")]
    Argument(&'static str),
}
