//! Which amounts moved between which accounts, by which event?
//!
//! One journal per event that moves money, keyed by the event's position: a replay cannot post twice. The entries
//! are the domain's (`domain::ledger::entries`); nothing is computed here.

use std::{collections::BTreeMap, mem::take};

use chrono::{DateTime, Utc};
use domain::{
    id::OrderId,
    ledger::{self, Entry, Side},
};
use sea_query::{Expr, ExprTrait, Order as Sort, Query, SelectStatement};
use serde::Serialize;
use store::Occurrence;
use utoipa::ToSchema;

use crate::{
    bulk::Known,
    error::ViewsError,
    page::{Page, PageRequest},
    projection::{Out, Target},
    row::row,
    views::{Views, from},
};

row! {
    /// The head of a posting.
    pub struct Journal in "journal" keyed by [position] {
        /// The event's place in the log, and the journal's number.
        pub position: i64,
        /// The stream it is of: `esc_…` or `pay_…`.
        pub stream_id: String,
        /// Its place in that stream.
        pub version: i64,
        /// The event's name.
        pub event: String,
        /// Who caused it.
        pub actor: String,
        /// When it was posted.
        pub posted_at: DateTime<Utc>,
    }
}

row! {
    /// One amount on one side of one account.
    pub struct JournalEntry in "journal_entries" keyed by [position, line] {
        /// The journal's number.
        pub position: i64,
        /// The entry's place in it, from 1.
        pub line: i64,
        /// The account with its sub-account, `2100/esc_…`.
        pub account: String,
        /// The account's number in the chart.
        pub code: i64,
        /// The account's name in the chart.
        pub name: String,
        /// `debit` or `credit`.
        pub side: String,
        /// How much, in minor units.
        pub amount: i64,
        /// The currency, ISO 4217.
        pub currency: String,
    }
}

/// What a batch adds.
#[derive(Debug, Default)]
pub struct Model {
    journals: Vec<Journal>,
    entries: Vec<JournalEntry>,
}

impl crate::projection::Model for Model {
    async fn load(&mut self, _: &mut Target<'_>, _: &[Occurrence]) -> Result<(), ViewsError> {
        Ok(())
    }

    fn apply(&mut self, event: &Occurrence) -> Result<(), String> {
        let entries = ledger::entries(&event.fact);
        if entries.is_empty() {
            return Ok(());
        }
        self.journals.push(Journal {
            position: event.position,
            stream_id: event.fact.stream().1,
            version: event.sequence,
            event: event.fact.name().to_owned(),
            actor: event.actor.clone(),
            posted_at: event.recorded_at,
        });
        self.entries
            .extend(entries.iter().zip(1..).map(|(entry, line)| JournalEntry::of(event, entry, line)));
        Ok(())
    }

    fn held(&self) -> usize {
        0
    }

    async fn save_finished(&mut self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        out.write(take(&mut self.journals), Known::Refuse).await?;
        out.write(take(&mut self.entries), Known::Refuse).await
    }

    async fn save(mut self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        self.save_finished(out).await
    }
}

impl JournalEntry {
    fn of(event: &Occurrence, entry: &Entry, line: i64) -> Self {
        let side = match entry.side {
            Side::Debit => "debit",
            Side::Credit => "credit",
        };
        Self {
            position: event.position,
            line,
            account: entry.account.to_string(),
            code: i64::from(entry.account.code()),
            name: entry.account.name().to_owned(),
            side: side.to_owned(),
            amount: entry.amount.amount,
            currency: entry.amount.currency.code().to_owned(),
        }
    }
}

/// A journal with its entries, as posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Posting {
    /// The head.
    #[serde(flatten)]
    pub journal: Journal,
    /// The entries: debits equal credits per currency.
    pub entries: Vec<JournalEntry>,
}

/// An entry of one account, with what caused it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, sqlx::FromRow)]
pub struct StatementLine {
    /// The journal's number.
    pub position: i64,
    /// The entry's place in the journal.
    pub line: i64,
    /// The account with its sub-account.
    pub account: String,
    /// `debit` or `credit`.
    pub side: String,
    /// How much, in minor units.
    pub amount: i64,
    /// The currency, ISO 4217.
    pub currency: String,
    /// The stream of the event behind it.
    pub stream_id: String,
    /// The event's name.
    pub event: String,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
}

/// Which journals. Nothing named: all of them.
#[derive(Debug, Clone, Default)]
pub struct JournalFilter {
    /// That touch this account, `2100/esc_…`, or all of a number, `2100`.
    pub account: Option<String>,
    /// That concern this order.
    pub order: Option<OrderId>,
}

/// Journals with their entries, as posted, oldest first.
pub async fn list(
    views: &Views,
    filter: &JournalFilter,
    page: PageRequest,
) -> Result<Page<Posting>, ViewsError> {
    let mut query = from::<Journal>();
    if let Some(account) = &filter.account {
        let mut touching = Query::select();
        touching.column("position").from("journal_entries").and_where(is_account(account));
        query.and_where(Expr::col(("journal", "position")).in_subquery(touching));
    }
    if let Some(order) = filter.order {
        let same_stream = Expr::col(("order_streams", "stream_id")).equals(("journal", "stream_id"));
        query
            .inner_join("order_streams", same_stream)
            .and_where(Expr::col(("order_streams", "order_id")).eq(order.to_string()));
    }
    query
        .and_where_option(page.after.map(|after| Expr::col(("journal", "position")).gt(after)))
        .order_by(("journal", "position"), Sort::Asc)
        .limit(page.fetch());
    let heads = Page::of(views.all(&query).await?, page, |row: &Journal| row.position);
    let mut entries = entries_of(views, &heads.items).await?;
    Ok(heads.map(|journal| {
        let entries = entries.remove(&journal.position).unwrap_or_default();
        Posting { journal, entries }
    }))
}

async fn entries_of(
    views: &Views,
    heads: &[Journal],
) -> Result<BTreeMap<i64, Vec<JournalEntry>>, ViewsError> {
    let mut by_journal: BTreeMap<i64, Vec<JournalEntry>> = BTreeMap::new();
    if heads.is_empty() {
        return Ok(by_journal);
    }
    let mut query = from::<JournalEntry>();
    query
        .and_where(Expr::col("position").is_in(heads.iter().map(|head| head.position)))
        .order_by("position", Sort::Asc)
        .order_by("line", Sort::Asc);
    for entry in views.all::<JournalEntry>(&query).await? {
        by_journal.entry(entry.position).or_default().push(entry);
    }
    Ok(by_journal)
}

/// The entries of one account, or of all accounts of a number, newest first.
pub async fn statement(
    views: &Views,
    account: &str,
    page: PageRequest,
) -> Result<Page<StatementLine>, ViewsError> {
    let mut query = statement_lines();
    query
        .and_where(is_account(account))
        .and_where_option(page.after.map(|after| {
            // The cursor is a position and a line in one number; a journal has few lines.
            let (position, line) = (after / LINES_PER_JOURNAL, after % LINES_PER_JOURNAL);
            let same = Expr::col(("journal_entries", "position")).eq(position);
            Expr::col(("journal_entries", "position"))
                .lt(position)
                .or(same.and(Expr::col(("journal_entries", "line")).lt(line)))
        }))
        .order_by(("journal_entries", "position"), Sort::Desc)
        .order_by(("journal_entries", "line"), Sort::Desc)
        .limit(page.fetch());
    let key = |row: &StatementLine| row.position.saturating_mul(LINES_PER_JOURNAL).saturating_add(row.line);
    Ok(Page::of(views.all(&query).await?, page, key))
}

/// More than any event's entries.
const LINES_PER_JOURNAL: i64 = 1_000;

fn statement_lines() -> SelectStatement {
    let mut query = Query::select();
    let entry = ["position", "line", "account", "side", "amount", "currency"];
    query
        .columns(entry.map(|column| ("journal_entries", column)))
        .columns(["stream_id", "event", "posted_at"].map(|column| ("journal", column)))
        .from("journal_entries")
        .inner_join("journal", Expr::col(("journal", "position")).equals(("journal_entries", "position")));
    query
}

/// A bare number means all accounts of that number.
pub(crate) fn is_account(account: &str) -> Expr {
    match account.parse::<u16>() {
        Ok(code) => Expr::col("code").eq(i64::from(code)),
        Err(_) => Expr::col("account").eq(account),
    }
}
