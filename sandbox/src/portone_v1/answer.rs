//! `{code, message, response}`: nought is success, whatever the HTTP status.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{call::Answer, payment::No};

/// A failure.
#[derive(Debug)]
pub struct Said {
    status: StatusCode,
    code: i32,
    message: String,
}

/// An operation's outcome; the status of a success is mostly 200.
pub type Outcome = Result<(StatusCode, Value), Said>;

impl Said {
    fn new(status: StatusCode, code: i32, message: &str) -> Self {
        Self { status, code, message: message.to_owned() }
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, -1, "Unauthorized")
    }

    pub fn bad(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, 1, message)
    }

    pub fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, 1, message)
    }

    pub fn payment_not_found() -> Self {
        Self::not_found("존재하지 않는 결제정보입니다.")
    }

    pub fn conflict(message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, 1, message)
    }

    pub fn not_implemented(message: &str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, 1, message)
    }

    /// A failure that HTTP does not show.
    pub fn failed(message: &str) -> Self {
        Self::new(StatusCode::OK, 1, message)
    }

    /// The PG said no; HTTP does not show it either.
    pub fn pg(message: &str) -> Self {
        Self::new(StatusCode::OK, -1, message)
    }

    pub fn scripted(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(status, -1, "scripted fault")
    }
}

/// What the gateway says of a cancellation or a payment that it does not do.
impl From<No> for Said {
    fn from(no: No) -> Self {
        match no {
            No::NotPaid | No::NothingRequested => Self::failed("취소할 결제건이 존재하지 않습니다."),
            No::AlreadyCancelled => Self::failed("이미 전액취소된 주문입니다."),
            No::BalanceDiffers => Self::failed("취소 가능 잔액(checksum)이 일치하지 않습니다."),
            No::ExceedsBalance => Self::failed("취소 요청 금액이 취소 가능 금액을 초과합니다."),
            No::AmountNotPositive | No::AmountMissing => Self::failed("금액이 올바르지 않습니다."),
            No::TaxFreeExceeds => Self::failed("면세 금액이 취소 가능한 면세 금액을 초과합니다."),
            No::VatExceeds => Self::failed("부가세가 취소 요청 금액을 초과합니다."),
            No::RefundAccountMissing => {
                Self::failed("가상계좌 환불을 위해 refund_holder, refund_bank, refund_account가 필요합니다.")
            }
            No::PartOfEscrow => Self::pg("에스크로 결제는 부분취소할 수 없습니다."),
            No::AfterConfirmation => Self::pg("구매결정된 에스크로 결제는 취소할 수 없습니다."),
            No::AlreadyPaid => Self::bad("이미 결제가 완료된 merchant_uid입니다."),
            No::NotWaitingForDeposit | No::DepositTooLate => Self::bad("입금 대기 중인 가상계좌가 아닙니다."),
            No::NotEscrow => Self::bad("에스크로 결제가 아닙니다."),
            No::AlreadyRegistered => Self::conflict("이미 배송정보가 등록된 결제건입니다."),
            No::NotRegistered => Self::conflict("등록된 배송정보가 없습니다."),
            No::EscrowState => Self::conflict("배송정보를 수정할 수 없는 상태입니다."),
            No::NotAuthorised
            | No::Lost
            | No::WrongToken
            | No::OtherStore
            | No::ChannelUnknown
            | No::AmountDiffers
            | No::CurrencyDiffers
            | No::Argument(_) => Self::bad(&no.to_string()),
        }
    }
}

/// The envelope.
pub fn say(outcome: Outcome) -> Answer {
    match outcome {
        Ok((status, response)) => {
            Answer::json(status, json!({ "code": 0, "message": null, "response": response }).to_string())
        }
        Err(Said { status, code, message }) => {
            Answer::json(status, json!({ "code": code, "message": message, "response": null }).to_string())
        }
    }
}

/// A success like most.
#[expect(clippy::unnecessary_wraps, reason = "it ends operations that may fail")]
pub fn ok(response: Value) -> Outcome {
    Ok((StatusCode::OK, response))
}
