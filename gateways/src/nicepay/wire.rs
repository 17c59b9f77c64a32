//! NicePay's documents, read into the port's words. A 200 may be a no: `resultCode` says it. Times that did not
//! happen are the text `"0"`, and some flags are texts, too.

use chrono::{DateTime, Utc};
use domain::{Currency, Money};
use serde::Deserialize;
use serde_json::Value;

use super::keys::Keys;
use crate::{
    amount::Decimal,
    answer::{Refusal, RefusalKind},
    pg::Pg,
    reason,
    snapshot::{CancellationSeen, CancellationStatus, Channel, EscrowState, Snapshot, Status},
    time::happened,
};

/// The code of a success.
const SUCCESS: &str = "0000";
/// There is nothing under that id.
const NOTHING_FOUND: [&str; 4] = ["A118", "2012", "U120", "A115"];
/// The gateway itself does not know yet.
const UNDECIDED: [&str; 2] = ["9002", "2159"];
/// The gateway goes on with it after its answer.
const GOES_ON: &str = "A299";
/// The same was asked for before: by `orderId`, by order, by cancellation.
const ASKED_BEFORE: [&str; 3] = ["U112", "A127", "2015"];

/// A payment, or a no: then only the first two fields are there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    pub result_code: String,
    #[serde(default)]
    result_msg: Option<String>,
    #[serde(default)]
    pub tid: Option<String>,
    #[serde(default)]
    pub cancelled_tid: Option<String>,
    #[serde(default)]
    pub order_id: Option<String>,
    #[serde(default)]
    signature: Option<String>,
    #[serde(default)]
    edi_date: Option<String>,
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    paid_at: Option<Value>,
    #[serde(default)]
    pay_method: Option<String>,
    #[serde(default)]
    amount: Option<Decimal>,
    #[serde(default)]
    balance_amt: Option<Decimal>,
    #[serde(default)]
    use_escrow: Option<Value>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    vbank: Option<Account>,
    #[serde(default)]
    cancels: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    #[serde(default)]
    vbank_exp_date: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    tid: Option<String>,
    amount: Decimal,
    #[serde(default)]
    cancelled_at: Option<Value>,
    #[serde(default)]
    reason: Option<String>,
}

/// Reads an answer.
pub(super) fn read(body: &[u8]) -> Result<Document, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

/// Whether it was refused for being asked for a second time.
pub(super) fn was_asked_before(refusal: &Refusal) -> bool {
    ASKED_BEFORE.contains(&refusal.code.as_str())
}

/// NicePay writes flags as flags and as texts.
fn flag(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text == "true" || text == "Y",
        Some(Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_)) | None => false,
    }
}

impl Document {
    pub(super) fn is_success(&self) -> bool {
        self.result_code == SUCCESS
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.status.is_none() && NOTHING_FOUND.contains(&self.result_code.as_str())
    }

    pub(super) fn goes_on(&self) -> bool {
        self.result_code == GOES_ON
    }

    pub(super) fn is_undecided(&self) -> bool {
        UNDECIDED.contains(&self.result_code.as_str())
    }

    pub(super) fn refusal(self) -> Refusal {
        let kind = match self.result_code.as_str() {
            "2201" => RefusalKind::AlreadyPaid,
            "2013" => RefusalKind::AlreadyCancelled,
            "2011" | "2026" | "2032" => RefusalKind::BalanceDiffers,
            _ => RefusalKind::Other,
        };
        Refusal { kind, code: self.result_code, message: self.result_msg.unwrap_or_default() }
    }

    /// Whether the document is signed by our key; `None` if it is not signed at all.
    pub(super) fn signed(&self, keys: &Keys) -> Option<bool> {
        let signature = self.signature.as_deref().filter(|text| !text.is_empty())?;
        let parts = [
            self.tid.as_deref().unwrap_or_default(),
            self.amount.as_ref().map_or("", Decimal::text),
            self.edi_date.as_deref().unwrap_or_default(),
        ];
        Some(keys.signed(&parts, signature))
    }

    /// Reads a payment.
    pub(super) fn snapshot(self, keys: &Keys) -> Result<Snapshot, String> {
        if self.signed(keys) == Some(false) {
            return Err("the document is not signed by our key".into());
        }
        let code = self.currency.as_deref().unwrap_or("KRW");
        let currency = Currency::from_code(code).ok_or_else(|| format!("{code} is no currency"))?;
        let total = self.amount.as_ref().ok_or("a payment without an amount")?.money(currency)?;
        let paid_at = happened(self.paid_at.as_ref());
        let status = self.status();
        if matches!(status, Status::Paid | Status::PartialCancelled) && paid_at.is_none() {
            return Err("a paid payment without the time it was paid".into());
        }
        let cancellations = self.cancellations(currency, paid_at)?;
        Ok(Snapshot {
            cancelled: self.cancelled(total, &cancellations)?,
            status,
            total,
            method: self.pay_method.as_deref().map(method).unwrap_or_default(),
            escrow: flag(self.use_escrow.as_ref()).then_some(EscrowState::Hidden),
            store: None,
            channel: Some(Channel { key: keys.client.clone(), live: keys.live, pg: Pg::Nicepay }),
            paid_at,
            cancellations,
            webhook_secret: None,
            id: self.order_id.unwrap_or_default(),
            transaction_id: self.tid.unwrap_or_default(),
        })
    }

    fn status(&self) -> Status {
        match self.status.as_deref().unwrap_or_default() {
            "ready" => match &self.vbank {
                Some(account) => {
                    Status::AwaitingDeposit { due_at: happened(account.vbank_exp_date.as_ref()) }
                }
                None => Status::Ready,
            },
            "paid" => Status::Paid,
            "partialCancelled" => Status::PartialCancelled,
            "cancelled" => Status::Cancelled,
            "failed" => Status::Failed {
                code: if self.is_success() { "failed".into() } else { self.result_code.clone() },
            },
            "expired" => Status::Failed { code: "expired".into() },
            unknown => Status::Unknown(unknown.to_owned()),
        }
    }

    fn cancellations(
        &self,
        currency: Currency,
        paid_at: Option<DateTime<Utc>>,
    ) -> Result<Vec<CancellationSeen>, String> {
        self.cancels
            .as_deref()
            .unwrap_or_default()
            .iter()
            .enumerate()
            .map(|(index, it)| {
                let at = happened(it.cancelled_at.as_ref());
                let status =
                    if at.is_some() { CancellationStatus::Succeeded } else { CancellationStatus::Requested };
                Ok(CancellationSeen {
                    id: it.tid.clone().unwrap_or_else(|| format!("cancel.{index}")),
                    amount: it.amount.money(currency)?,
                    status,
                    trigger: None,
                    refund: it.reason.as_deref().and_then(reason::key_in),
                    at: at.or(paid_at).unwrap_or_default(),
                })
            })
            .collect()
    }

    /// By its list of cancellations; by what is left where it has none.
    fn cancelled(&self, total: Money, listed: &[CancellationSeen]) -> Result<Money, String> {
        let cancelled = if let Some(left) = self.balance_amt.as_ref().filter(|_| listed.is_empty()) {
            total.minus(left.money(total.currency)?)
        } else {
            let carried_out = listed.iter().filter(|it| it.status == CancellationStatus::Succeeded);
            Money::sum(total.currency, carried_out.map(|it| it.amount))
        };
        cancelled.map_err(|error| error.to_string())
    }
}

fn method(word: &str) -> String {
    match word.to_ascii_lowercase().as_str() {
        "bank" => "transfer".into(),
        "vbank" => "virtual_account".into(),
        "cellphone" => "mobile".into(),
        other => other.to_owned(),
    }
}
