//! PortOne V1's documents, read into the port's words. Times are Unix seconds, and nought is never; `cancelled` is
//! also what a payment is called of which only a part went back; unknown fields are passed over and unknown words
//! kept as such.

use chrono::{DateTime, Utc};
use domain::{Currency, Money};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{
    amount::Decimal,
    answer::{Refusal, RefusalKind},
    pg::Pg,
    reason,
    snapshot::{CancellationSeen, CancellationStatus, Channel, EscrowState, Snapshot, Status},
};

/// How much of a reason for a failure is kept.
const MAX_REASON: usize = 120;

#[derive(Deserialize)]
struct Envelope<'a> {
    code: i64,
    message: Option<String>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
}

/// Reads an envelope: what it holds, or its no.
pub(super) fn answer<T: DeserializeOwned>(body: &[u8]) -> Result<Result<T, Refusal>, String> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if envelope.code != 0 {
        let message = envelope.message.unwrap_or_default();
        return Ok(Err(Refusal { kind: RefusalKind::Other, code: envelope.code.to_string(), message }));
    }
    let held = envelope.response.map_or("null", RawValue::get);
    serde_json::from_str(held).map(Ok).map_err(|error| error.to_string())
}

/// PortOne's own no, and not that of a wrong address or a proxy.
pub(super) fn is_a_no(body: &[u8]) -> bool {
    serde_json::from_slice::<Envelope<'_>>(body).is_ok_and(|envelope| envelope.code != 0)
}

/// A list of payments.
#[derive(Deserialize)]
pub(super) struct List {
    pub list: Vec<Payment>,
    #[serde(default)]
    pub next: i64,
}

/// A payment.
#[derive(Deserialize)]
pub(super) struct Payment {
    pub imp_uid: String,
    #[serde(default)]
    pub merchant_uid: Option<String>,
    status: String,
    amount: Decimal,
    #[serde(default)]
    cancel_amount: Option<Decimal>,
    currency: Option<String>,
    pay_method: Option<String>,
    pg_provider: Option<String>,
    pg_id: Option<String>,
    #[serde(default)]
    escrow: Option<bool>,
    #[serde(default)]
    sandbox: Option<bool>,
    vbank_num: Option<String>,
    #[serde(default)]
    vbank_date: Option<i64>,
    #[serde(default)]
    pub started_at: Option<i64>,
    #[serde(default)]
    paid_at: Option<i64>,
    #[serde(default)]
    cancelled_at: Option<i64>,
    fail_reason: Option<String>,
    cancel_reason: Option<String>,
    #[serde(default)]
    cancel_history: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    amount: Decimal,
    #[serde(default)]
    cancelled_at: Option<i64>,
    reason: Option<String>,
    cancellation_id: Option<String>,
}

/// A time that happened.
fn time(seconds: Option<i64>) -> Option<DateTime<Utc>> {
    seconds.filter(|seconds| *seconds > 0).and_then(|seconds| DateTime::from_timestamp(seconds, 0))
}

impl Payment {
    pub(super) fn snapshot(self) -> Result<Snapshot, String> {
        let code = self.currency.as_deref().unwrap_or("KRW");
        let currency = Currency::from_code(code).ok_or_else(|| format!("{code} is no currency"))?;
        let total = self.amount.money(currency)?;
        let cancelled =
            self.cancel_amount.as_ref().map_or(Ok(Money::zero(currency)), |amount| amount.money(currency))?;
        let paid_at = time(self.paid_at);
        let status = self.status(total, cancelled);
        if matches!(status, Status::Paid | Status::PartialCancelled) && paid_at.is_none() {
            return Err("a paid payment without the time it was paid".into());
        }
        Ok(Snapshot {
            status,
            total,
            cancelled,
            method: self.pay_method.as_deref().map(method).unwrap_or_default(),
            escrow: self.escrow.unwrap_or(false).then_some(EscrowState::Hidden),
            store: None,
            channel: self.channel(),
            paid_at,
            cancellations: self.cancellations(currency, cancelled)?,
            webhook_secret: None,
            id: self.merchant_uid.unwrap_or_default(),
            transaction_id: self.imp_uid,
        })
    }

    fn status(&self, total: Money, cancelled: Money) -> Status {
        match self.status.as_str() {
            "ready" if self.vbank_num.as_deref().is_some_and(|number| !number.is_empty()) => {
                Status::AwaitingDeposit { due_at: time(self.vbank_date) }
            }
            "ready" => Status::Ready,
            "paid" => Status::Paid,
            "cancelled" if cancelled.amount < total.amount && time(self.paid_at).is_some() => {
                Status::PartialCancelled
            }
            "cancelled" => Status::Cancelled,
            "failed" => {
                let reason = self.fail_reason.as_deref().filter(|reason| !reason.is_empty());
                Status::Failed { code: reason.unwrap_or("FAILED").chars().take(MAX_REASON).collect() }
            }
            unknown => Status::Unknown(unknown.to_owned()),
        }
    }

    fn channel(&self) -> Option<Channel> {
        let provider = self.pg_provider.as_deref()?;
        let key = format!("{provider}.{}", self.pg_id.as_deref().unwrap_or_default());
        let live = !self.sandbox.unwrap_or(false);
        Some(Channel { key, live, pg: Pg::of_portone_v1(provider) })
    }

    fn cancellations(&self, currency: Currency, cancelled: Money) -> Result<Vec<CancellationSeen>, String> {
        let history = self.cancel_history.as_deref().unwrap_or_default();
        if history.is_empty() && cancelled.is_positive() {
            // Old payments have no history: one entry stands for all that went back.
            let at = time(self.cancelled_at);
            return Ok(vec![self.seen((0, None), cancelled, at, self.cancel_reason.as_deref())]);
        }
        history
            .iter()
            .enumerate()
            .map(|(index, it)| {
                let amount = it.amount.money(currency)?;
                let id = (index, it.cancellation_id.as_deref());
                Ok(self.seen(id, amount, time(it.cancelled_at), it.reason.as_deref()))
            })
            .collect()
    }

    fn seen(
        &self,
        (index, id): (usize, Option<&str>),
        amount: Money,
        at: Option<DateTime<Utc>>,
        reason: Option<&str>,
    ) -> CancellationSeen {
        let status = if at.is_some() { CancellationStatus::Succeeded } else { CancellationStatus::Requested };
        CancellationSeen {
            id: id.map_or_else(|| format!("{}.{index}", self.imp_uid), ToOwned::to_owned),
            amount,
            status,
            trigger: None,
            refund: reason.and_then(reason::key_in),
            at: at.or(time(self.paid_at)).unwrap_or_default(),
        }
    }
}

fn method(word: &str) -> String {
    match word {
        "trans" => "transfer",
        "vbank" => "virtual_account",
        "phone" => "mobile",
        other => other,
    }
    .to_owned()
}

/// The one of several windows of the same order that counts: what was captured first, else what waits for a
/// deposit, else the latest.
pub(super) fn that_counts(payments: Vec<Payment>) -> Result<Option<Snapshot>, String> {
    let mut all = payments
        .into_iter()
        .map(|payment| {
            let started_at = payment.started_at.unwrap_or(0);
            payment.snapshot().map(|snapshot| (started_at, snapshot))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let captured = all.iter().filter(|(_, snapshot)| snapshot.is_captured()).count();
    if captured > 1 {
        tracing::error!(captured, "PortOne V1 captured one order more than once");
    }
    all.sort_by_key(|(started_at, snapshot)| {
        if let Some(paid_at) = snapshot.paid_at.filter(|_| snapshot.is_captured()) {
            return (0, paid_at.timestamp());
        }
        let rank = if matches!(snapshot.status, Status::AwaitingDeposit { .. }) { 1 } else { 2 };
        (rank, -started_at)
    });
    Ok(all.into_iter().next().map(|(_, snapshot)| snapshot))
}
