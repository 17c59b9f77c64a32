//! NicePay's refusals: a code of its list and its words.

use axum::http::StatusCode;
use serde_json::json;

use crate::{call::Answer, payment::No};

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    pub code: &'static str,
    pub message: &'static str,
}

const fn refusal(code: &'static str, message: &'static str) -> Refusal {
    Refusal { status: StatusCode::OK, code, message }
}

impl Refusal {
    pub const UNAUTHORIZED: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        ..refusal("U104", "사용자 인증에 실패하였습니다.")
    };
    pub const TOKEN_EXPIRED: Self =
        Self { status: StatusCode::UNAUTHORIZED, ..refusal("U305", "BEARER AUTHENTICATION 실패") };
    pub const NO_SUCH_PAGE: Self =
        Self { status: StatusCode::NOT_FOUND, ..refusal("U320", "페이지를 찾을 수 없습니다.") };
    pub const SCRIPTED: Self = refusal("9002", "Try-Catch-Exception: scripted fault");
    pub const ISSUER_SAYS_NO: Self = refusal("3095", "카드사 실패 응답");
    pub const MISSING: Self = refusal("U100", "필수입력항목이 누락되었습니다.");
    pub const MALFORMED: Self = refusal("A212", "잘못된 데이터 형식입니다");
    pub const SIGNATURE: Self = refusal("U312", "SIGN DATA 검증에 실패하였습니다.");
    pub const NO_SUCH_TID: Self = refusal("U120", "TID가 유효하지 않습니다.");
    pub const NOT_AUTHENTICATED: Self = refusal("U121", "인증 요청내역이 존재하지 않습니다.");
    pub const NOTHING_FOUND: Self = refusal("A118", "조회 결과데이터 없음");
    pub const OTHER_AMOUNT: Self = refusal("A123", "거래금액 불일치(인증된 금액과 승인요청 금액 불일치)");
    pub const TOO_LATE: Self = refusal("A245", "인증 시간이 초과 되었습니다");
    pub const APPROVED_ALREADY: Self = refusal("2201", "기승인존재");
    pub const NOTHING_TO_CANCEL: Self = refusal("2012", "취소 해당거래 없음");
    pub const CANCEL_FAILED: Self = refusal("2003", "취소 실패");
    pub const CANCEL_TAKES_TIME: Self = refusal("A299", "API 지연처리 발생.");
    pub const CANCEL_TOO_LATE: Self = refusal("2016", "취소 기한 초과");
    pub const NET_CANCEL_TOO_LATE: Self = refusal("2020", "망상 취소 허용시간 초과");
    pub const ORDER_ID_USED: Self = refusal("U112", "이미 사용된 OrderId 입니다.");
    pub const NO_PART_BEFORE_DEPOSIT: Self = refusal("2030", "해당결제수단 부분취소 불가");

    pub fn answer(self) -> Answer {
        let status = self.status;
        self.with_status(status)
    }

    pub fn with_status(self, status: StatusCode) -> Answer {
        let body = json!({ "resultCode": self.code, "resultMsg": self.message });
        Answer::json(status, body.to_string())
    }
}

impl From<No> for Refusal {
    fn from(no: No) -> Self {
        match no {
            No::AlreadyPaid => Self::APPROVED_ALREADY,
            No::NotAuthorised | No::NotWaitingForDeposit | No::DepositTooLate => Self::NOT_AUTHENTICATED,
            No::NotPaid | No::NothingRequested => Self::NOTHING_TO_CANCEL,
            No::Lost => Self::TOO_LATE,
            No::WrongToken => Self::SIGNATURE,
            No::AmountNotPositive => refusal("2010", "취소 요청금액 0원 이하"),
            No::AlreadyCancelled => refusal("2013", "취소 완료 거래"),
            No::BalanceDiffers => refusal("2011", "취소 금액 불일치"),
            No::ExceedsBalance => refusal("2032", "취소금액이 취소가능금액보다 큼"),
            No::TaxFreeExceeds => refusal("U319", "요청하신 면세금액이 취소가능한 면세금액을 초과 오류"),
            No::VatExceeds => refusal("1615", "거래금액 합계오류(공급가액,부가세,봉사료,면세금액 합계)"),
            No::RefundAccountMissing => Self::MISSING,
            No::PartOfEscrow => refusal("2052", "에스크로 부분취소 불가."),
            No::AfterConfirmation => refusal("2014", "취소 불가능 거래"),
            No::NotEscrow => refusal("C003", "에스크로 거래만 배송등록 가능"),
            No::AlreadyRegistered | No::NotRegistered | No::EscrowState => {
                refusal("C005", "에스크로배송등록 불가상태")
            }
            No::OtherStore => refusal("A114", "상점 MID가 유효하지 않습니다"),
            No::ChannelUnknown => refusal("A109", "요청한 MID의 설정 정보가 없습니다"),
            No::AmountMissing | No::AmountDiffers | No::CurrencyDiffers => {
                refusal("A116", "요청 금액이 올바르지 않습니다")
            }
            No::Argument(_) => Self::MALFORMED,
        }
    }
}
