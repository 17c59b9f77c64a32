//! PortOne's documents, read into the port's words. Unknown fields are passed over, unknown words are kept as such
//! and nothing is concluded from them.

use chrono::{DateTime, Utc};
use domain::{Currency, Money};
use serde::Deserialize;

use crate::{
    amount::MinorUnits,
    answer::{Answer, Page, Refusal, RefusalKind},
    calls::Cancellation,
    pg::Pg,
    reason,
    snapshot::{CancellationSeen, CancellationStatus, Channel, EscrowState, Snapshot, Status},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    id: String,
    #[serde(default)]
    transaction_id: String,
    status: String,
    store_id: Option<String>,
    channel: Option<ChannelDocument>,
    amount: Amount,
    currency: String,
    method: Option<MethodDocument>,
    paid_at: Option<DateTime<Utc>>,
    escrow: Option<Escrow>,
    #[serde(default)]
    cancellations: Vec<CancellationDocument>,
    failure: Option<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChannelDocument {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    pg_provider: String,
}

#[derive(Deserialize)]
struct Amount {
    total: MinorUnits,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MethodDocument {
    #[serde(rename = "type")]
    kind: String,
    expired_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Escrow {
    status: String,
    #[serde(default)]
    is_automatically_confirmed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CancellationDocument {
    status: String,
    id: String,
    total_amount: MinorUnits,
    #[serde(default)]
    reason: String,
    requested_at: DateTime<Utc>,
    cancelled_at: Option<DateTime<Utc>>,
    trigger: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    reason: Option<String>,
    pg_code: Option<String>,
}

/// Reads a payment.
pub(super) fn snapshot(body: &[u8]) -> Result<Snapshot, String> {
    let document: Document = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let currency = currency(&document.currency)?;
    let status = status(&document);
    if matches!(status, Status::Paid | Status::PartialCancelled) && document.paid_at.is_none() {
        return Err("a paid payment without the time it was paid".into());
    }
    let cancellations: Vec<_> = document.cancellations.into_iter().map(|it| it.seen(currency)).collect();
    let carried_out = cancellations.iter().filter(|it| it.status == CancellationStatus::Succeeded);
    Ok(Snapshot {
        status,
        total: Money::new(document.amount.total.0, currency),
        cancelled: Money::sum(currency, carried_out.map(|it| it.amount))
            .map_err(|error| error.to_string())?,
        method: document.method.map(|method| method_name(&method.kind)).unwrap_or_default(),
        escrow: document.escrow.map(Escrow::state),
        store: document.store_id,
        channel: document.channel.map(ChannelDocument::read),
        paid_at: document.paid_at,
        cancellations,
        webhook_secret: None,
        id: document.id,
        transaction_id: document.transaction_id,
    })
}

fn status(document: &Document) -> Status {
    match document.status.as_str() {
        "READY" => Status::Ready,
        "PAY_PENDING" => Status::Pending,
        "VIRTUAL_ACCOUNT_ISSUED" => {
            Status::AwaitingDeposit { due_at: document.method.as_ref().and_then(|method| method.expired_at) }
        }
        "PAID" => Status::Paid,
        "PARTIAL_CANCELLED" => Status::PartialCancelled,
        "CANCELLED" => Status::Cancelled,
        "FAILED" => {
            let failure = document.failure.as_ref();
            let code = failure.and_then(|it| it.pg_code.clone().or_else(|| it.reason.clone()));
            Status::Failed { code: code.unwrap_or_else(|| "FAILED".into()) }
        }
        unknown => Status::Unknown(unknown.to_owned()),
    }
}

impl ChannelDocument {
    fn read(self) -> Channel {
        Channel { live: self.kind == "LIVE", pg: Pg::of_portone_v2(&self.pg_provider), key: self.key }
    }
}

impl Escrow {
    fn state(self) -> EscrowState {
        match self.status.as_str() {
            "BEFORE_REGISTERED" => EscrowState::BeforeRegistered,
            "REGISTERED" => EscrowState::Registered,
            "DELIVERED" => EscrowState::Delivered,
            "CONFIRMED" => EscrowState::Confirmed { automatically: self.is_automatically_confirmed },
            "REJECTED" => EscrowState::Rejected,
            "REJECT_CONFIRMED" => EscrowState::RejectConfirmed,
            "CANCELLED" => EscrowState::Cancelled,
            unknown => EscrowState::Unknown(unknown.to_owned()),
        }
    }
}

impl CancellationDocument {
    fn seen(self, currency: Currency) -> CancellationSeen {
        CancellationSeen {
            amount: Money::new(self.total_amount.0, currency),
            status: match self.status.as_str() {
                "SUCCEEDED" => CancellationStatus::Succeeded,
                "REQUESTED" => CancellationStatus::Requested,
                "FAILED" => CancellationStatus::Failed,
                unknown => CancellationStatus::Unknown(unknown.to_owned()),
            },
            refund: reason::key_in(&self.reason),
            at: self.cancelled_at.unwrap_or(self.requested_at),
            trigger: self.trigger,
            id: self.id,
        }
    }
}

/// Both `KRW` and `CURRENCY_KRW` are about.
fn currency(code: &str) -> Result<Currency, String> {
    let code = code.strip_prefix("CURRENCY_").unwrap_or(code);
    Currency::from_code(code).ok_or_else(|| format!("{code} is no currency"))
}

/// `PaymentMethodVirtualAccount` is `virtual_account`.
fn method_name(kind: &str) -> String {
    let mut name = String::new();
    for letter in kind.strip_prefix("PaymentMethod").unwrap_or(kind).chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// Reads the answer to a cancellation.
pub(super) fn cancellation(body: &[u8], currency: Currency) -> Answer<Cancellation> {
    #[derive(Deserialize)]
    struct Response {
        cancellation: CancellationDocument,
    }
    let Ok(Response { cancellation }) = serde_json::from_slice(body) else {
        return Answer::InDoubt;
    };
    let cancelled_at = cancellation.cancelled_at;
    let seen = cancellation.seen(currency);
    let made = Cancellation { id: seen.id, amount: seen.amount, cancelled_at };
    match seen.status {
        CancellationStatus::Succeeded => Answer::Done(made),
        CancellationStatus::Requested | CancellationStatus::Unknown(_) => Answer::Pending(made),
        CancellationStatus::Failed => Answer::Refused(Refusal {
            kind: RefusalKind::Other,
            code: "CANCELLATION_FAILED".into(),
            message: format!("cancellation {} failed at the PG", made.id),
        }),
    }
}

/// PortOne's own words about what went wrong.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    message: String,
    pg_code: Option<String>,
    pg_message: Option<String>,
}

impl Problem {
    /// The PG behind PortOne judged the call and said no.
    pub(super) fn is_by_the_pg(&self) -> bool {
        self.kind == "PG_PROVIDER" && self.pg_code.is_some()
    }

    /// An earlier call with the same key has no outcome yet.
    pub(super) fn is_outstanding(&self) -> bool {
        self.kind == "IDEMPOTENCY_OUTSTANDING_REQUEST"
    }

    pub(super) fn refusal(self) -> Refusal {
        let message = match (self.pg_code, self.pg_message) {
            (Some(code), Some(message)) => format!("{code} {message}"),
            (Some(code), None) => code,
            (None, Some(message)) => message,
            (None, None) => self.message,
        };
        Refusal { kind: meaning(&self.kind), code: self.kind, message }
    }
}

fn meaning(kind: &str) -> RefusalKind {
    match kind {
        "ALREADY_PAID" => RefusalKind::AlreadyPaid,
        "PAYMENT_ALREADY_CANCELLED" => RefusalKind::AlreadyCancelled,
        "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN" | "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT" => {
            RefusalKind::BalanceDiffers
        }
        _ => RefusalKind::Other,
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.message)
    }
}

pub(super) fn problem(body: &[u8]) -> Option<Problem> {
    serde_json::from_slice(body).ok()
}

/// A 404 of PortOne itself, and not of a wrong address or a proxy.
pub(super) fn is_unknown_payment(body: &[u8]) -> bool {
    problem(body).is_some_and(|problem| problem.kind == "PAYMENT_NOT_FOUND")
}

/// Reads a page of a list.
pub(super) fn page(body: &[u8], size: usize) -> Result<Page, String> {
    #[derive(Deserialize)]
    struct List {
        items: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        payment: Named,
        cursor: String,
    }
    #[derive(Deserialize)]
    struct Named {
        id: String,
    }
    let list: List = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let next = list.items.last().filter(|_| list.items.len() >= size).map(|item| item.cursor.clone());
    Ok(Page { ids: list.items.into_iter().map(|item| item.payment.id).collect(), next })
}
