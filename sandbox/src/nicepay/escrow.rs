//! Parcels of escrow payments, and what the buyer says of them: the older API, which the newer one does not replace.
//! A form, proved by its signature, answered with a `ResultCode` in capitals. What the buyer does here, a shop does
//! only on the buyer's word. `?` marks what nobody has confirmed: the fields of the buyer's two calls.

use serde_json::{Map, Value, json};

use super::{
    payments::{given, known, text},
    sign::sign,
};
use crate::{
    app::App,
    call::Call,
    payment::{EscrowStatus, No, Parcel, Payment},
};

/// The call's name.
pub const NAME: &str = "POST /webapi/escrow_process.jsp";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Request {
    Confirm,
    Refuse,
    Register,
}

impl Request {
    fn read(word: &str) -> Option<Self> {
        match word {
            "01" => Some(Self::Confirm),
            "02" => Some(Self::Refuse),
            "03" => Some(Self::Register),
            _ => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Confirm => "01",
            Self::Refuse => "02",
            Self::Register => "03",
        }
    }

    /// The letter of its result codes.
    const fn letter(self) -> char {
        match self {
            Self::Confirm => 'D',
            Self::Refuse => 'E',
            Self::Register => 'C',
        }
    }
}

/// Why not: a number of the code list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refused(&'static str, &'static str);

const NOT_ESCROW: Refused = Refused("003", "에스크로 거래가 아닙니다");
const WRONG_STATE: Refused = Refused("005", "에스크로 처리 불가상태");
const NO_SUCH_PAYMENT: Refused = Refused("006", "거래내역이 존재하지 않음");
const DONE_ALREADY: Refused = Refused("010", "이미 처리됨");

/// Answers always: a refusal is a result code too.
pub fn process(app: &App, call: &Call) -> Value {
    let form = given(call);
    let field = |name| text(&form, name).unwrap_or_default();
    let Some(request) = Request::read(field("ReqType")) else {
        return result("9000", "ReqType 필드값이 누락되었습니다.", "");
    };
    let signed = [field("TID"), field("MID"), request.word(), field("EdiDate")];
    if field("MID") != app.config.secrets.nicepay_client_key || field("SignData") != sign(app, &signed) {
        return result("A101", "SIGN DATA 검증에 실패하였습니다", field("TID"));
    }
    let letter = request.letter();
    match carry_out(app, request, &form) {
        Ok(()) => result(&format!("{letter}000"), "정상 처리되었습니다.", field("TID")),
        Err(Refused(number, words)) => result(&format!("{letter}{number}"), words, field("TID")),
    }
}

fn result(code: &str, words: &str, tid: &str) -> Value {
    json!({ "ResultCode": code, "ResultMsg": words, "TID": tid })
}

fn carry_out(app: &App, request: Request, form: &Map<String, Value>) -> Result<(), Refused> {
    let tid = text(form, "TID").unwrap_or_default();
    let slot = known(app, tid).ok_or(NO_SUCH_PAYMENT)?;
    app.change(&slot, |payment| {
        if payment.is_captured() && payment.cancellable() == 0 {
            return Err(match request {
                Request::Register => Refused("007", "취소된 거래는 배송등록 불가"),
                Request::Confirm | Request::Refuse => Refused("011", "취소된 거래는 처리 불가"),
            });
        }
        match request {
            Request::Register => register(app, payment, form),
            Request::Confirm => decide(app, payment, EscrowStatus::Confirmed),
            Request::Refuse => decide(app, payment, EscrowStatus::Rejected),
        }
    })
}

fn register(app: &App, payment: &mut Payment, form: &Map<String, Value>) -> Result<(), Refused> {
    let (Some(company), Some(invoice)) = (text(form, "DeliveryCoNm"), text(form, "InvoiceNum")) else {
        return Err(Refused("004", "DeliveryCoNm, InvoiceNum 필드값이 누락되었습니다."));
    };
    let now = app.now();
    let parcel = Parcel {
        company: company.to_owned(),
        invoice_number: invoice.to_owned(),
        sent_at: now,
        applied_at: now,
    };
    Ok(payment.register(parcel)?)
}

fn decide(app: &App, payment: &mut Payment, next: EscrowStatus) -> Result<(), Refused> {
    if payment.escrow.as_ref().is_some_and(|escrow| escrow.status == next) {
        return Err(DONE_ALREADY);
    }
    Ok(payment.advance_escrow(next, false, app.now())?)
}

impl From<No> for Refused {
    fn from(no: No) -> Self {
        if no == No::NotEscrow {
            NOT_ESCROW
        } else if matches!(no, No::NotPaid | No::NothingRequested) {
            NO_SUCH_PAYMENT
        } else {
            // What else a parcel or a decision meets is the wrong time for it.
            WRONG_STATE
        }
    }
}
