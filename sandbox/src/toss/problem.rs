//! Toss Payments' refusals: a status, a code and its words.

use axum::http::StatusCode;
use serde_json::json;

use crate::{call::Answer, payment::No};

/// Why a call came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

const fn problem(status: StatusCode, code: &'static str, message: &'static str) -> Problem {
    Problem { status, code, message }
}

const fn bad(code: &'static str, message: &'static str) -> Problem {
    problem(StatusCode::BAD_REQUEST, code, message)
}

const fn forbidden(code: &'static str, message: &'static str) -> Problem {
    problem(StatusCode::FORBIDDEN, code, message)
}

impl Problem {
    pub const UNAUTHORIZED: Self = problem(
        StatusCode::UNAUTHORIZED,
        "UNAUTHORIZED_KEY",
        "인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다.",
    );
    pub const CLIENT_KEY: Self = bad("INVALID_API_KEY", "잘못된 시크릿키 연동 정보 입니다.");
    pub const NO_COLON: Self =
        forbidden("INCORRECT_BASIC_AUTH_FORMAT", "잘못된 요청입니다. ':' 를 포함해 인코딩해주세요.");
    pub const KEY_TOO_LONG: Self = bad("INVALID_IDEMPOTENCY_KEY", "멱등키는 300자 이하여야 합니다.");
    pub const OUTSTANDING: Self =
        problem(StatusCode::CONFLICT, "IDEMPOTENT_REQUEST_PROCESSING", "이전 멱등 요청이 처리중입니다.");
    pub const NO_SUCH_PAGE: Self = problem(StatusCode::NOT_FOUND, "NOT_FOUND", "존재하지 않는 정보 입니다.");
    pub const NO_SUCH_PAYMENT: Self =
        problem(StatusCode::NOT_FOUND, "NOT_FOUND_PAYMENT", "존재하지 않는 결제 정보 입니다.");
    pub const SESSION_OVER: Self = problem(
        StatusCode::NOT_FOUND,
        "NOT_FOUND_PAYMENT_SESSION",
        "결제 시간이 만료되어 결제 진행 데이터가 존재하지 않습니다.",
    );
    pub const SCRIPTED: Self = problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "FAILED_INTERNAL_SYSTEM_PROCESSING",
        "내부 시스템 처리 작업이 실패했습니다. 잠시 후 다시 시도해주세요.",
    );
    pub const ISSUER_SAYS_NO: Self =
        forbidden("REJECT_CARD_PAYMENT", "한도초과 혹은 잔액부족으로 결제에 실패했습니다.");
    pub const INVALID: Self = bad("INVALID_REQUEST", "잘못된 요청입니다.");
    pub const FORBIDDEN: Self = forbidden("FORBIDDEN_REQUEST", "허용되지 않은 요청입니다.");
    pub const PROCESSED: Self = bad("ALREADY_PROCESSED_PAYMENT", "이미 처리된 결제 입니다.");
    pub const ORDER_USED: Self = bad(
        "DUPLICATED_ORDER_ID",
        "이미 승인 및 취소가 진행된 중복된 주문번호 입니다. 다른 주문번호로 진행해주세요.",
    );
    pub const CANCEL_FAILED: Self = problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "FAILED_REFUND_PROCESS",
        "은행 응답시간 지연이나 일시적인 오류로 환불요청에 실패했습니다.",
    );
    pub const NO_SUCH_BANK: Self = bad("INVALID_BANK", "유효하지 않은 은행입니다.");
    pub const ACCOUNT_NUMBER: Self = bad("INVALID_REFUND_ACCOUNT_NUMBER", "잘못된 환불 계좌번호입니다.");
    pub const NO_PART_BEFORE_DEPOSIT: Self = forbidden(
        "NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT",
        "입금 대기중인 결제는 부분 환불이 불가합니다.",
    );
    pub const ALREADY_CANCELED: Self = bad("ALREADY_CANCELED_PAYMENT", "이미 취소된 결제 입니다.");
    const NOT_CANCELABLE: Self = forbidden("NOT_CANCELABLE_PAYMENT", "취소 할 수 없는 결제 입니다.");
    const NOT_CANCELABLE_AMOUNT: Self = forbidden("NOT_CANCELABLE_AMOUNT", "취소 할 수 없는 금액 입니다.");
    const NO_PART: Self = forbidden(
        "NOT_ALLOWED_PARTIAL_REFUND",
        "에스크로 주문, 현금 카드 결제일 때는 부분 환불이 불가합니다. 이외 다른 결제 수단에서 부분 취소가 되지 않을 때는 토스페이먼츠에 문의해 주세요.",
    );

    pub fn answer(self) -> Answer {
        self.with_status(self.status)
    }

    pub fn with_status(self, status: StatusCode) -> Answer {
        Answer::json(status, json!({ "code": self.code, "message": self.message }).to_string())
    }
}

impl From<No> for Problem {
    fn from(no: No) -> Self {
        match no {
            No::AlreadyPaid => Self::PROCESSED,
            No::NotAuthorised | No::Lost => Self::SESSION_OVER,
            No::NothingRequested => Self::NO_SUCH_PAYMENT,
            No::NotPaid | No::NotWaitingForDeposit | No::DepositTooLate | No::AfterConfirmation => {
                Self::NOT_CANCELABLE
            }
            No::AlreadyCancelled => Self::ALREADY_CANCELED,
            No::BalanceDiffers => bad("NOT_MATCHES_REFUNDABLE_AMOUNT", "잔액 결과가 일치하지 않습니다."),
            No::ExceedsBalance | No::TaxFreeExceeds | No::VatExceeds => Self::NOT_CANCELABLE_AMOUNT,
            No::RefundAccountMissing => {
                bad("INVALID_REFUND_ACCOUNT_INFO", "환불 계좌번호와 예금주명이 일치하지 않습니다.")
            }
            No::PartOfEscrow => Self::NO_PART,
            No::WrongToken
            | No::OtherStore
            | No::ChannelUnknown
            | No::NotEscrow
            | No::AlreadyRegistered
            | No::NotRegistered
            | No::EscrowState => Self::FORBIDDEN,
            No::AmountNotPositive
            | No::AmountMissing
            | No::AmountDiffers
            | No::CurrencyDiffers
            | No::Argument(_) => Self::INVALID,
        }
    }
}
