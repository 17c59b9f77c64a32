//! Lists of payments: by page, and by cursor for going through all of them.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Problem,
    document::{document, status},
    payments::{is_our_store, read},
};
use crate::{
    app::{App, hold},
    call::Call,
    payment::Payment,
    protocol::Protocol,
};

/// The furthest payment that a page may show.
pub const MAX_REACH: usize = 60_000;
const DEFAULT_SIZE: usize = 10;
const MAX_SIZE: usize = 1_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PagesBody {
    #[serde(default)]
    page: Page,
    #[serde(default)]
    filter: Filter,
}

#[derive(Default, Deserialize)]
struct Page {
    #[serde(default)]
    number: usize,
    size: Option<usize>,
}

/// The filters the shop uses; others are passed over.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    store_id: Option<String>,
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    status: Option<Vec<String>>,
    is_escrow: Option<bool>,
    escrow_status: Option<String>,
}

impl Filter {
    fn takes(&self, payment: &Payment) -> bool {
        let escrow = payment.escrow.as_ref();
        self.from.is_none_or(|from| payment.changed_at >= from)
            && self.until.is_none_or(|until| payment.changed_at <= until)
            && self.status.as_ref().is_none_or(|wanted| wanted.iter().any(|it| it == status(payment)))
            && self.is_escrow.is_none_or(|wanted| escrow.is_some() == wanted)
            && self
                .escrow_status
                .as_ref()
                .is_none_or(|wanted| escrow.is_some_and(|it| it.status.name() == wanted))
    }
}

/// The JSON that a GET carries in its query.
pub fn request_body(call: &Call) -> Vec<u8> {
    call.query_value("requestBody").map(String::into_bytes).unwrap_or_default()
}

pub fn pages(app: &App, call: &Call) -> Result<Value, Problem> {
    let body: PagesBody = read(&request_body(call))?;
    is_our_store(app, body.filter.store_id.as_deref())?;
    let size = body.page.size.unwrap_or(DEFAULT_SIZE).clamp(1, MAX_SIZE);
    let skip = body.page.number.saturating_mul(size);
    if skip >= MAX_REACH {
        return Err(Problem::invalid("the page is beyond the 60 000th payment"));
    }
    let mut total = 0;
    let mut items = Vec::new();
    for slot in app.book.opened(Protocol::PortoneV2, 0, MAX_REACH) {
        if let Some(payment) = hold(&slot).payment.as_ref().filter(|payment| body.filter.takes(payment)) {
            if total >= skip && items.len() < size {
                items.push(document(app, payment));
            }
            total += 1;
        }
    }
    let page = json!({ "number": body.page.number, "size": size, "totalCount": total });
    Ok(json!({ "items": items, "page": page }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CursorBody {
    pub store_id: Option<String>,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    pub cursor: Option<String>,
    size: Option<usize>,
}

impl CursorBody {
    pub fn size(&self) -> usize {
        self.size.unwrap_or(DEFAULT_SIZE).clamp(1, MAX_SIZE)
    }
}

pub fn by_cursor(app: &App, call: &Call) -> Result<Value, Problem> {
    let body: CursorBody = read(&request_body(call))?;
    is_our_store(app, body.store_id.as_deref())?;
    let filter = Filter { from: body.from, until: body.until, ..Filter::default() };
    let size = body.size();
    // A cursor is the place of a payment in the order of opening: the next page begins behind it.
    let mut place = match body.cursor {
        None => 0,
        Some(cursor) => {
            1 + cursor.parse::<usize>().map_err(|_| Problem::invalid("cursor is not one of ours"))?
        }
    };
    let mut items = Vec::new();
    loop {
        let slots = app.book.opened(Protocol::PortoneV2, place, size);
        if slots.is_empty() {
            break;
        }
        for slot in slots {
            if let Some(payment) = hold(&slot).payment.as_ref().filter(|payment| filter.takes(payment)) {
                items.push(json!({ "payment": document(app, payment), "cursor": place.to_string() }));
            }
            place += 1;
            if items.len() == size {
                return Ok(json!({ "items": items }));
            }
        }
    }
    Ok(json!({ "items": items }))
}
