//! Toss's documents, read into the port's words. Unknown fields are passed over, unknown words are kept as such.

use domain::{Currency, Money};
use serde::Deserialize;
use serde_json::Value;

use super::Account;
use crate::{
    amount::Decimal,
    answer::{Page, Refusal, RefusalKind},
    pg::Pg,
    reason,
    secret::Secret,
    snapshot::{CancellationSeen, CancellationStatus, Channel, EscrowState, Snapshot, Status},
    time::happened,
};

/// A payment.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    payment_key: String,
    pub order_id: String,
    status: String,
    total_amount: Decimal,
    #[serde(default)]
    balance_amount: Option<Decimal>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    m_id: Option<String>,
    #[serde(default)]
    use_escrow: Option<bool>,
    #[serde(default)]
    approved_at: Option<Value>,
    #[serde(default)]
    secret: Option<String>,
    #[serde(default)]
    virtual_account: Option<VirtualAccount>,
    #[serde(default)]
    cancels: Option<Vec<Entry>>,
    #[serde(default)]
    failure: Option<Problem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VirtualAccount {
    #[serde(default)]
    due_date: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    transaction_key: Option<String>,
    cancel_amount: Decimal,
    #[serde(default)]
    cancel_reason: Option<String>,
    #[serde(default)]
    canceled_at: Option<Value>,
    #[serde(default)]
    cancel_status: Option<String>,
}

/// Toss's own words about what went wrong.
#[derive(Deserialize)]
pub(super) struct Problem {
    pub code: String,
    #[serde(default)]
    message: Option<String>,
}

impl Problem {
    /// The gateway has no such payment, as opposed to no such page.
    pub(super) fn is_unknown_payment(&self) -> bool {
        self.code == "NOT_FOUND_PAYMENT"
    }

    /// An earlier call with the same key has no outcome yet, or a bank behind Toss gave none.
    pub(super) fn is_undecided(&self) -> bool {
        matches!(self.code.as_str(), "IDEMPOTENT_REQUEST_PROCESSING" | "PROVIDER_ERROR")
            || self.code.starts_with("FAILED_")
    }

    pub(super) fn refusal(self) -> Refusal {
        let kind = match self.code.as_str() {
            "ALREADY_PROCESSED_PAYMENT" => RefusalKind::AlreadyPaid,
            "ALREADY_CANCELED_PAYMENT" => RefusalKind::AlreadyCancelled,
            "NOT_CANCELABLE_AMOUNT" => RefusalKind::BalanceDiffers,
            _ => RefusalKind::Other,
        };
        Refusal { kind, code: self.code, message: self.message.unwrap_or_default() }
    }
}

pub(super) fn problem(body: &[u8]) -> Option<Problem> {
    serde_json::from_slice(body).ok()
}

pub(super) fn payment(body: &[u8]) -> Result<Document, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

impl Document {
    pub(super) fn snapshot(self, account: Account) -> Result<Snapshot, String> {
        let code = self.currency.as_deref().unwrap_or("KRW");
        let currency = Currency::from_code(code).ok_or_else(|| format!("{code} is no currency"))?;
        let total = self.total_amount.money(currency)?;
        let paid_at = happened(self.approved_at.as_ref());
        let status = self.status();
        if matches!(status, Status::Paid | Status::PartialCancelled) && paid_at.is_none() {
            return Err("a paid payment without the time it was paid".into());
        }
        let cancellations = self.cancellations(currency)?;
        Ok(Snapshot {
            cancelled: self.cancelled(total, &cancellations)?,
            status,
            total,
            method: self.method.as_deref().map(method).unwrap_or_default(),
            escrow: self.use_escrow.unwrap_or(false).then_some(EscrowState::Hidden),
            store: None,
            channel: self.m_id.map(|key| Channel { key, live: account.live, pg: Pg::TossPayments }),
            paid_at,
            cancellations,
            webhook_secret: self.secret.filter(|secret| !secret.is_empty()).map(Secret::new),
            id: self.order_id,
            transaction_id: self.payment_key,
        })
    }

    fn status(&self) -> Status {
        match self.status.as_str() {
            // Until we confirm, an authenticated payment is nothing yet.
            "READY" | "IN_PROGRESS" => Status::Ready,
            "WAITING_FOR_DEPOSIT" => Status::AwaitingDeposit {
                due_at: self.virtual_account.as_ref().and_then(|it| happened(it.due_date.as_ref())),
            },
            "DONE" => Status::Paid,
            "PARTIAL_CANCELED" => Status::PartialCancelled,
            "CANCELED" => Status::Cancelled,
            "ABORTED" | "EXPIRED" => {
                let code = self.failure.as_ref().map_or(&self.status, |failure| &failure.code);
                Status::Failed { code: code.clone() }
            }
            unknown => Status::Unknown(unknown.to_owned()),
        }
    }

    fn cancellations(&self, currency: Currency) -> Result<Vec<CancellationSeen>, String> {
        let made = self.cancels.as_deref().unwrap_or_default().iter().enumerate();
        made.map(|(index, it)| {
            Ok(CancellationSeen {
                id: it.transaction_key.clone().unwrap_or_else(|| format!("cancel.{index}")),
                amount: it.cancel_amount.money(currency)?,
                status: match it.cancel_status.as_deref() {
                    Some("DONE") | None => CancellationStatus::Succeeded,
                    Some("IN_PROGRESS") => CancellationStatus::Requested,
                    Some("ABORTED") => CancellationStatus::Failed,
                    Some(unknown) => CancellationStatus::Unknown(unknown.to_owned()),
                },
                trigger: None,
                refund: it.cancel_reason.as_deref().and_then(reason::key_in),
                at: happened(it.canceled_at.as_ref())
                    .or(happened(self.approved_at.as_ref()))
                    .unwrap_or_default(),
            })
        })
        .collect()
    }

    /// By its list of cancellations; by what is left where it has none.
    fn cancelled(&self, total: Money, listed: &[CancellationSeen]) -> Result<Money, String> {
        let left = self.balance_amount.as_ref().filter(|_| listed.is_empty());
        let carried_out = listed.iter().filter(|it| it.status == CancellationStatus::Succeeded);
        let cancelled = match left {
            Some(left) => total.minus(left.money(total.currency)?),
            None => Money::sum(total.currency, carried_out.map(|it| it.amount)),
        };
        cancelled.map_err(|error| error.to_string())
    }
}

fn method(word: &str) -> String {
    match word {
        "카드" | "CARD" => "card",
        "계좌이체" | "TRANSFER" => "transfer",
        "가상계좌" | "VIRTUAL_ACCOUNT" => "virtual_account",
        "간편결제" | "EASY_PAY" => "easy_pay",
        "휴대폰" | "MOBILE_PHONE" => "mobile",
        other => other,
    }
    .to_owned()
}

/// Reads a page of transactions.
pub(super) fn page(body: &[u8], size: usize) -> Result<Page, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Transaction {
        transaction_key: String,
        order_id: String,
    }
    let all: Vec<Transaction> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let next = all.last().filter(|_| all.len() >= size).map(|it| it.transaction_key.clone());
    Ok(Page { ids: all.into_iter().map(|it| it.order_id).collect(), next })
}
