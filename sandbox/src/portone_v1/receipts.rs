//! Cash receipts, for what was paid from a bank account.

use serde_json::{Value, json};

use super::{
    answer::{Outcome, Said, ok},
    input::Input,
};
use crate::{
    app::{App, hold},
    book::Slot,
    call::Call,
    payment::{CashReceipt, PayMethod, Payment},
    protocol::Protocol,
};

fn known(app: &App, call: &Call) -> Result<Slot, Said> {
    let slot = app.book.find(Protocol::PortoneV1, &call.id);
    slot.filter(|slot| hold(slot).payment.is_some()).ok_or_else(Said::payment_not_found)
}

fn none() -> Said {
    Said::not_found("발급된 현금영수증이 존재하지 않습니다.")
}

fn document(payment: &Payment, receipt: &CashReceipt) -> Value {
    json!({
        "imp_uid": payment.id,
        "receipt_tid": format!("sandbox-receipt-{}", payment.id),
        "apply_num": "400000000",
        "type": receipt.kind,
        "amount": payment.terms.total - payment.cancelled(),
        "vat": payment.vat(),
        "receipt_url": format!("https://sandbox.invalid/cash-receipts/{}", payment.id),
        "applied_at": receipt.issued_at.timestamp(),
        "cancelled_at": super::document::seconds(receipt.cancelled_at),
    })
}

pub fn issue(app: &App, call: &Call) -> Outcome {
    let slot = known(app, call)?;
    let input = Input::of(call);
    let identifier = input.text("identifier").ok_or_else(|| Said::bad("파라미터 누락: identifier"))?;
    let kind = input.text("type").unwrap_or_else(|| "person".into());
    if !["person", "company"].contains(&kind.as_str()) {
        return Err(Said::bad("type은 person 또는 company여야 합니다."));
    }
    app.change(&slot, |payment| {
        match payment.terms.method {
            PayMethod::Transfer | PayMethod::VirtualAccount => {}
            PayMethod::Card | PayMethod::EasyPay | PayMethod::Mobile => {
                return Err(Said::not_implemented("현금영수증을 발급할 수 없는 결제수단입니다."));
            }
        }
        if !payment.is_captured() {
            return Err(Said::bad("결제가 완료되지 않은 결제건입니다."));
        }
        if payment.cash_receipt.as_ref().is_some_and(|receipt| receipt.cancelled_at.is_none()) {
            return Err(Said::bad("이미 현금영수증이 발급된 결제건입니다."));
        }
        let receipt = CashReceipt { identifier, kind, issued_at: app.now(), cancelled_at: None };
        let answer = document(payment, &receipt);
        payment.cash_receipt = Some(receipt);
        ok(answer)
    })
}

pub fn show(app: &App, call: &Call) -> Outcome {
    let slot = known(app, call)?;
    let entry = hold(&slot);
    let payment = entry.payment.as_ref().ok_or_else(none)?;
    ok(document(payment, payment.cash_receipt.as_ref().ok_or_else(none)?))
}

pub fn revoke(app: &App, call: &Call) -> Outcome {
    let slot = known(app, call)?;
    app.change(&slot, |payment| {
        let receipt = payment.cash_receipt.as_mut().filter(|receipt| receipt.cancelled_at.is_none());
        receipt.ok_or_else(none)?.cancelled_at = Some(app.now());
        ok(payment.cash_receipt.as_ref().map(|receipt| document(payment, receipt)).unwrap_or_default())
    })
}
