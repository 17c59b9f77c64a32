//! Giving back. A failure is HTTP 200 with another code than nought; no amount, or nought, is all that is left.

use super::{
    answer::{Outcome, Said, ok},
    document::document,
    input::Input,
};
use crate::{
    app::{App, hold},
    book::Slot,
    call::Call,
    faults::Fault,
    payment::{Cancelling, Destination, Outcome as Ending, Payment, Trigger},
    protocol::{Dialect, News, Protocol},
};

/// The payment that is meant: by the gateway's id if one is given, else the paid one of the shop's.
fn meant(app: &App, input: &Input) -> Option<Slot> {
    if let Some(id) = input.text("imp_uid") {
        return app.book.find(Protocol::PortoneV1, &id).filter(|slot| hold(slot).payment.is_some());
    }
    let slots = app.book.of_order(Protocol::PortoneV1, &input.text("merchant_uid")?);
    let paid = |slot: &&Slot| hold(slot).payment.as_ref().is_some_and(Payment::is_captured);
    slots.iter().rev().find(paid).cloned()
}

pub fn cancel(app: &App, call: &Call) -> Outcome {
    let input = Input::of(call);
    if input.text("imp_uid").is_none() && input.text("merchant_uid").is_none() {
        return Err(Said::failed("imp_uid 또는 merchant_uid 파라미터가 필요합니다."));
    }
    let slot = meant(app, &input).ok_or_else(|| Said::failed("취소할 결제건이 존재하지 않습니다."))?;
    let mut asked = Cancelling {
        amount: input.amount("amount")?.filter(|amount| *amount != 0),
        tax_free: input.amount("tax_free")?,
        vat: input.amount("vat_amount")?,
        balance: input.amount("checksum")?,
        trigger: Trigger::Api,
        to: destination(&input),
        reference: input.text("refund_account"),
        ..Cancelling::whole(input.text("reason").unwrap_or_default())
    };
    if call.fault == Some(Fault::CancelFailed) {
        return Err(Said::pg("[3095] 취소 처리에 실패하였습니다."));
    }
    if call.fault == Some(Fault::CancelRequested) {
        asked.outcome = Ending::Requested;
    }
    let aloud = input.flag("enable_webhook");
    app.change(&slot, |payment| {
        let channel = app.channel(&payment.terms.channel_key);
        asked.part_of_escrow_allowed = channel.is_some_and(|channel| channel.partial_cancel_of_escrow);
        let id = app.ids.id("cancellation", &payment.id, payment.cancellations.len());
        let made = payment.cancel(id, asked, app.now())?.clone();
        if aloud {
            super::PortoneV1.tell(app, payment, &News::Cancellation(made));
        }
        ok(document(app, payment))
    })
}

/// A virtual account's money goes back to an account of the buyer's, of which all is said or nothing.
fn destination(input: &Input) -> Destination {
    let account = ["refund_holder", "refund_bank", "refund_account"];
    if input.missing(&account).is_empty() { Destination::Account } else { Destination::WhereItCameFrom }
}
