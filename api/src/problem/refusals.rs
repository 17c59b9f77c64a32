//! Where each refusal of a command belongs. The refusal's own data become members of the problem.

use commands::{CallerRefusal, Failure, Refusal};
use domain::{
    claim::ClaimRefusal, customer::CustomerRefusal, escrow::EscrowRefusal, order::OrderRefusal,
    payment::PaymentRefusal, product::ProductRefusal, seller::SellerRefusal,
};
use serde_json::Value;

use super::{Kind, Problem};

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::Fault(fault) => fault.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let kind = match &refusal {
            Refusal::Claim(refusal) => of_claim(refusal),
            Refusal::Customer(refusal) => of_customer(refusal),
            Refusal::Seller(refusal) => of_seller(refusal),
            Refusal::Product(refusal) => of_product(refusal),
            Refusal::Order(refusal) => of_order(refusal),
            Refusal::Payment(refusal) => of_payment(refusal),
            Refusal::Escrow(refusal) => of_escrow(refusal),
            Refusal::Caller(refusal) => of_caller(refusal),
        };
        let mut problem = Self::new(kind, refusal.to_string());
        problem.members = data_of(&refusal);
        problem
    }
}

macro_rules! refusal {
    ($($type:ident),*) => {
        $(impl From<$type> for Problem {
            fn from(refusal: $type) -> Self {
                Refusal::from(refusal).into()
            }
        })*
    };
}

refusal!(OrderRefusal, PaymentRefusal, ProductRefusal, ClaimRefusal, CallerRefusal);

/// A refusal is written `{"order":{"code":…, data…}}`: the data without the code.
fn data_of(refusal: &Refusal) -> serde_json::Map<String, Value> {
    let Ok(Value::Object(whole)) = serde_json::to_value(refusal) else { return serde_json::Map::new() };
    let inner = whole.into_iter().next().map(|(_, inner)| inner);
    let mut data = match inner {
        Some(Value::Object(data)) => data,
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) | None => {
            return serde_json::Map::new();
        }
    };
    data.remove("code");
    data
}

const fn of_claim(refusal: &ClaimRefusal) -> Kind {
    match refusal {
        ClaimRefusal::UnknownClaim => Kind::UnknownClaim,
        ClaimRefusal::ClaimAlreadyExists => Kind::ClaimAlreadyExists,
        ClaimRefusal::ClaimIsDecided => Kind::ClaimIsDecided,
        ClaimRefusal::GoodsNotReceived => Kind::GoodsNotReceived,
        ClaimRefusal::GoodsAreBack => Kind::GoodsAreBack,
        ClaimRefusal::NotWithheld => Kind::NotWithheld,
        ClaimRefusal::NoGoodsToSend => Kind::NoGoodsToSend,
        ClaimRefusal::TooLate { .. } => Kind::TooLate,
        ClaimRefusal::NotDueYet => Kind::NotDueYet,
        ClaimRefusal::DeductionTooLarge { .. } => Kind::DeductionTooLarge,
        ClaimRefusal::SellerAtFault => Kind::SellerAtFault,
        ClaimRefusal::ExtraPaymentNeeded { .. } => Kind::ExtraPaymentNeeded,
        ClaimRefusal::NotExchangeable => Kind::NotExchangeable,
        ClaimRefusal::InvoiceMissing => Kind::InvoiceMissing,
        ClaimRefusal::AmountImpossible { .. } => Kind::AmountImpossible,
    }
}

const fn of_customer(refusal: &CustomerRefusal) -> Kind {
    match refusal {
        CustomerRefusal::UnknownCustomer => Kind::UnknownCustomer,
        CustomerRefusal::AlreadyRegistered => Kind::AlreadyRegistered,
    }
}

const fn of_seller(refusal: &SellerRefusal) -> Kind {
    match refusal {
        SellerRefusal::UnknownSeller => Kind::UnknownSeller,
        SellerRefusal::SellerAlreadyRegistered => Kind::SellerAlreadyRegistered,
        SellerRefusal::SellerNotActive => Kind::SellerNotActive,
        SellerRefusal::AmountImpossible { .. } => Kind::AmountImpossible,
    }
}

const fn of_product(refusal: &ProductRefusal) -> Kind {
    match refusal {
        ProductRefusal::UnknownProduct => Kind::UnknownProduct,
        ProductRefusal::ProductAlreadyListed => Kind::ProductAlreadyListed,
        ProductRefusal::NotTheSeller => Kind::NotTheSeller,
        ProductRefusal::PriceNotPositive => Kind::PriceNotPositive,
        ProductRefusal::QuantityNotPositive => Kind::QuantityNotPositive,
        ProductRefusal::CurrencyFixed => Kind::CurrencyFixed,
        ProductRefusal::OutOfStock { .. } => Kind::OutOfStock,
        ProductRefusal::AlreadyReserved { .. } => Kind::AlreadyReserved,
        ProductRefusal::NotReserved => Kind::NotReserved,
        ProductRefusal::StockTooLarge => Kind::StockTooLarge,
    }
}

const fn of_order(refusal: &OrderRefusal) -> Kind {
    match refusal {
        OrderRefusal::UnknownOrder => Kind::UnknownOrder,
        OrderRefusal::OrderAlreadyExists => Kind::OrderAlreadyExists,
        OrderRefusal::NoLines => Kind::NoLines,
        OrderRefusal::QuantityNotPositive => Kind::QuantityNotPositive,
        OrderRefusal::MixedCurrencies => Kind::MixedCurrencies,
        OrderRefusal::ProductRepeated { .. } => Kind::ProductRepeated,
        OrderRefusal::UnknownAttempt { .. } => Kind::UnknownAttempt,
        OrderRefusal::ShipmentAlreadyExists => Kind::ShipmentAlreadyExists,
        OrderRefusal::BuyerIsSeller => Kind::BuyerIsSeller,
        OrderRefusal::PriceChanged { .. } => Kind::PriceChanged,
        OrderRefusal::NotPaid => Kind::NotPaid,
        OrderRefusal::AlreadyPaid { .. } => Kind::AlreadyPaid,
        OrderRefusal::WindowStillOpen => Kind::WindowStillOpen,
        OrderRefusal::WindowHasEnded => Kind::WindowHasEnded,
        OrderRefusal::ApprovalUnderWay { .. } => Kind::ApprovalUnderWay,
        OrderRefusal::OrderHasExpired => Kind::OrderHasExpired,
        OrderRefusal::OrderIsCancelled => Kind::OrderIsCancelled,
        OrderRefusal::NotCancelling => Kind::NotCancelling,
        OrderRefusal::AlreadyShipped => Kind::AlreadyShipped,
        OrderRefusal::AlreadyConfirmed => Kind::AlreadyConfirmed,
        OrderRefusal::NotShipped => Kind::NotShipped,
        OrderRefusal::NotDelivered => Kind::NotDelivered,
        OrderRefusal::NotDueYet => Kind::NotDueYet,
        OrderRefusal::NotASellerOfThisOrder => Kind::NotASellerOfThisOrder,
        OrderRefusal::NothingToShip => Kind::NothingToShip,
        OrderRefusal::UnknownLine { .. } => Kind::UnknownLine,
        OrderRefusal::QuantityExceedsUnshipped { .. } => Kind::QuantityExceedsUnshipped,
        OrderRefusal::NotALine { .. } => Kind::NotALine,
        OrderRefusal::LineRepeated { .. } => Kind::LineRepeated,
        OrderRefusal::LineIsOver { .. } => Kind::LineIsOver,
        OrderRefusal::LineConfirmed { .. } => Kind::LineConfirmed,
        OrderRefusal::QuantityExceedsLine { .. } => Kind::QuantityExceedsLine,
        OrderRefusal::ContestIsOpen { .. } => Kind::ContestIsOpen,
        OrderRefusal::HeldBackAlready { .. } => Kind::HeldBackAlready,
        OrderRefusal::HoldTooLong { .. } => Kind::HoldTooLong,
        OrderRefusal::ReturnPeriodEnded { .. } => Kind::ReturnPeriodEnded,
        OrderRefusal::InvoiceMissing => Kind::InvoiceMissing,
        OrderRefusal::UnknownShipment => Kind::UnknownShipment,
        OrderRefusal::DateOutOfRange => Kind::DateOutOfRange,
        OrderRefusal::AmountImpossible { .. } => Kind::AmountImpossible,
    }
}

const fn of_payment(refusal: &PaymentRefusal) -> Kind {
    match refusal {
        PaymentRefusal::UnknownPayment => Kind::UnknownPayment,
        PaymentRefusal::PaymentAlreadyExists => Kind::PaymentAlreadyExists,
        PaymentRefusal::AmountNotPositive => Kind::AmountNotPositive,
        PaymentRefusal::NothingCaptured => Kind::NothingCaptured,
        PaymentRefusal::AlreadyCaptured => Kind::AlreadyCaptured,
        PaymentRefusal::CaptureDiffers => Kind::CaptureDiffers,
        PaymentRefusal::RefundAmountFixed { .. } => Kind::RefundAmountFixed,
        PaymentRefusal::PaymentIsOver => Kind::PaymentIsOver,
        PaymentRefusal::ApprovalUnderWay => Kind::ApprovalUnderWay,
        PaymentRefusal::DepositIsThere => Kind::DepositIsThere,
        PaymentRefusal::DepositTakenBack => Kind::DepositTakenBack,
        PaymentRefusal::RefundAccountMissing { .. } => Kind::RefundAccountMissing,
        PaymentRefusal::RefundAccountNotTaken => Kind::RefundAccountNotTaken,
        PaymentRefusal::NotPaidAtGateway => Kind::NotPaidAtGateway,
        PaymentRefusal::ExceedsRefundable { .. } => Kind::ExceedsRefundable,
        PaymentRefusal::RefundUnderWay => Kind::RefundUnderWay,
        PaymentRefusal::UnknownRefund => Kind::UnknownRefund,
        PaymentRefusal::AmountImpossible { .. } => Kind::AmountImpossible,
    }
}

const fn of_escrow(refusal: &EscrowRefusal) -> Kind {
    match refusal {
        EscrowRefusal::NotFunded => Kind::NotFunded,
        EscrowRefusal::AlreadyFunded => Kind::AlreadyFunded,
        EscrowRefusal::RefusedAtGateway => Kind::RefusedAtGateway,
        EscrowRefusal::NothingToRegister => Kind::NothingToRegister,
        EscrowRefusal::HoldClosed => Kind::HoldClosed,
        EscrowRefusal::ExceedsHold { .. } => Kind::ExceedsHold,
        EscrowRefusal::ExceedsLock { .. } => Kind::ExceedsLock,
        EscrowRefusal::ExceedsReleased { .. } => Kind::ExceedsReleased,
        EscrowRefusal::SplitDiffers => Kind::SplitDiffers,
        EscrowRefusal::AmountNotPositive => Kind::AmountNotPositive,
        EscrowRefusal::AmountImpossible { .. } => Kind::AmountImpossible,
    }
}

const fn of_caller(refusal: &CallerRefusal) -> Kind {
    match refusal {
        CallerRefusal::NotYours => Kind::NotYours,
        CallerRefusal::VersionChanged { .. } => Kind::VersionChanged,
        CallerRefusal::AmountDiffers { .. } => Kind::AmountDiffers,
        CallerRefusal::NoSuchGateway { .. } => Kind::UnknownGateway,
        CallerRefusal::ProductTwice => Kind::ProductTwice,
    }
}
