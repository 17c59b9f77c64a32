//! Giving back, as a whole if no amount is said.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Problem,
    accounts::bank,
    document, money,
    payments::{known, read},
};
use crate::{
    app::App,
    call::Call,
    faults::Fault,
    payment::{Cancelling, Destination, No, Outcome, Payment, State},
    protocol::{Dialect, News},
};

/// The longest reason, in characters.
const MAX_REASON: usize = 200;
/// The longest account number, in digits.
const MAX_ACCOUNT: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cancel {
    #[serde(rename = "cancelReason")]
    reason: String,
    #[serde(rename = "cancelAmount")]
    amount: Option<Value>,
    tax_free_amount: Option<Value>,
    /// What the shop believes is left.
    refundable_amount: Option<Value>,
    refund_receive_account: Option<RefundAccount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefundAccount {
    bank: String,
    account_number: String,
    holder_name: String,
}

impl RefundAccount {
    /// As it is told again.
    fn checked(&self) -> Result<String, Problem> {
        let code = bank(&self.bank).ok_or(Problem::NO_SUCH_BANK)?;
        let number = &self.account_number;
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || number.len() > MAX_ACCOUNT {
            return Err(Problem::ACCOUNT_NUMBER);
        }
        if self.holder_name.trim().is_empty() {
            return Err(No::RefundAccountMissing.into());
        }
        let told = json!({ "bankCode": code, "accountNumber": number, "holderName": self.holder_name });
        Ok(told.to_string())
    }
}

pub fn cancel(app: &App, call: &Call) -> Result<Value, Problem> {
    let asked: Cancel = read(call)?;
    if asked.reason.trim().is_empty() || asked.reason.chars().count() > MAX_REASON {
        return Err(Problem::INVALID);
    }
    let reference = asked.refund_receive_account.as_ref().map(RefundAccount::checked).transpose()?;
    let outcome = match call.fault {
        Some(Fault::CancelRequested) => Outcome::Requested,
        Some(Fault::CancelFailed) => Outcome::Failed,
        Some(_) | None => Outcome::Succeeded,
    };
    let to = if reference.is_some() { Destination::Account } else { Destination::WhereItCameFrom };
    let slot = known(app, &call.id)?;
    app.change(&slot, |payment| {
        let read = |amount: &Option<Value>| {
            let read = |amount| money::read(amount, &payment.terms.currency).ok_or(Problem::INVALID);
            amount.as_ref().map(read).transpose()
        };
        let wanted = Cancelling {
            amount: read(&asked.amount)?,
            tax_free: read(&asked.tax_free_amount)?,
            balance: read(&asked.refundable_amount)?,
            outcome,
            to,
            reference,
            ..Cancelling::whole(asked.reason)
        };
        carry_out(app, payment, wanted)?;
        Ok::<_, Problem>(document::payment(app, payment))
    })
    .and_then(|document| if outcome == Outcome::Failed { Err(Problem::CANCEL_FAILED) } else { Ok(document) })
}

fn carry_out(app: &App, payment: &mut Payment, asked: Cancelling) -> Result<(), Problem> {
    let channel = app.channel(&payment.terms.channel_key);
    let part_of_escrow_allowed = channel.is_some_and(|channel| channel.partial_cancel_of_escrow);
    let asked = Cancelling { part_of_escrow_allowed, ..asked };
    let id = app.ids.id("cancellation", &payment.id, payment.cancellations.len());
    let made = if payment.state == State::AccountIssued {
        if asked.amount.is_some_and(|amount| amount != payment.terms.total) {
            return Err(Problem::NO_PART_BEFORE_DEPOSIT);
        }
        payment.call_off(id, asked, app.now())?.clone()
    } else if !payment.is_captured() && payment.cancelled() > 0 {
        return Err(Problem::ALREADY_CANCELED);
    } else {
        payment.cancel(id, asked, app.now())?.clone()
    };
    super::Toss.tell(app, payment, &News::Cancellation(made));
    Ok(())
}
