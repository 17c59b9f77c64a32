//! PortOne's errors: a status, and `{type, message}`.

use axum::http::StatusCode;
use serde_json::json;

use crate::{call::Answer, payment::No};

/// What went wrong with a call.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    message: String,
    pg: Option<(&'static str, String)>,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, message: &str) -> Self {
        Self { status, kind, message: message.to_owned(), pg: None }
    }

    pub fn invalid(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", message)
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "the API secret or token is not valid")
    }

    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", "the store is not yours")
    }

    pub fn outstanding() -> Self {
        let message = "a request with the same Idempotency-Key is under way";
        Self::new(StatusCode::CONFLICT, "IDEMPOTENCY_OUTSTANDING_REQUEST", message)
    }

    pub fn payment_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "PAYMENT_NOT_FOUND", "there is no such payment")
    }

    pub fn webhook_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "WEBHOOK_NOT_FOUND", "there is no such webhook")
    }

    pub fn webhook_resent_too_often() -> Self {
        let message = "the webhook was sent again too often";
        Self::new(StatusCode::BAD_REQUEST, "MAX_WEBHOOK_RETRY_COUNT_REACHED", message)
    }

    pub fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// The PG behind the gateway said no.
    pub fn pg(code: &'static str, message: &str) -> Self {
        Self {
            pg: Some((code, message.to_owned())),
            ..Self::new(StatusCode::BAD_GATEWAY, "PG_PROVIDER", "the PG answered with an error")
        }
    }

    /// A fault of the script: a status without a meaning.
    pub fn scripted(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind =
            if status == StatusCode::TOO_MANY_REQUESTS { "TOO_MANY_REQUESTS" } else { "INTERNAL_ERROR" };
        Self::new(status, kind, "scripted fault")
    }

    pub fn answer(&self) -> Answer {
        let mut body = json!({ "type": self.kind, "message": self.message });
        if let (Some((code, message)), Some(fields)) = (&self.pg, body.as_object_mut()) {
            fields.insert("pgCode".into(), (*code).into());
            fields.insert("pgMessage".into(), message.as_str().into());
        }
        Answer::json(self.status, body.to_string())
    }
}

impl From<No> for Problem {
    fn from(no: No) -> Self {
        let message = no.to_string();
        let conflict = |kind| Self::new(StatusCode::CONFLICT, kind, &message);
        match no {
            No::AlreadyPaid => conflict("ALREADY_PAID"),
            No::NotPaid => conflict("PAYMENT_NOT_PAID"),
            No::NotWaitingForDeposit | No::DepositTooLate => conflict("PAYMENT_NOT_WAITING_FOR_DEPOSIT"),
            No::AlreadyCancelled => conflict("PAYMENT_ALREADY_CANCELLED"),
            No::BalanceDiffers => conflict("CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN"),
            No::ExceedsBalance => conflict("CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT"),
            No::TaxFreeExceeds => conflict("CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT"),
            No::VatExceeds => conflict("SUM_OF_PARTS_EXCEEDS_CANCEL_AMOUNT"),
            No::NotAuthorised | No::WrongToken => {
                Self::new(StatusCode::BAD_REQUEST, "INVALID_PAYMENT_TOKEN", &message)
            }
            No::AmountDiffers | No::CurrencyDiffers => conflict("INFORMATION_MISMATCH"),
            No::OtherStore => Self::forbidden(),
            No::ChannelUnknown => Self::new(StatusCode::NOT_FOUND, "CHANNEL_NOT_FOUND", &message),
            No::AmountNotPositive | No::AmountMissing | No::Argument(_) => Self::invalid(&message),
            No::Lost => Self::pg("3095", "결제 승인 시간이 지났습니다."),
            No::RefundAccountMissing => Self::pg("2018", "환불계좌가 필요한 거래입니다."),
            No::PartOfEscrow => Self::pg("2015", "에스크로 결제는 부분취소할 수 없습니다."),
            No::AfterConfirmation => Self::pg("2013", "구매결정된 에스크로 결제는 취소할 수 없습니다."),
            No::NotEscrow => Self::pg("C002", "에스크로 결제가 아닙니다."),
            No::AlreadyRegistered => Self::pg("C003", "이미 배송등록된 거래입니다."),
            No::NotRegistered | No::EscrowState => {
                Self::pg("C004", "지금 상태에서는 처리할 수 없는 에스크로 거래입니다.")
            }
            No::NothingRequested => Self::payment_not_found(),
        }
    }
}
