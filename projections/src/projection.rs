//! The projections by name, and how one of them takes a batch of events.
//!
//! A batch is folded in memory first: the rows that its events touch are loaded set-wise, every event is applied, and
//! each touched row is written once. A projection is one [`Model`]; a new one is its file, its migration and a line
//! in each of the tables here.

use std::{
    collections::HashSet,
    fmt::{Display, Formatter},
    str::FromStr,
};

use domain::{
    Aggregate, claim::Claim, customer::Customer, escrow::Escrow, id::Id, order::Order, payment::Payment,
    product::Product,
};
use store::{Occurrence, Reading, vault::Vault};
use uuid::Uuid;

use crate::{
    balances,
    bulk::{self, Known},
    claims,
    error::ViewsError,
    journal, orders, payments, products,
    rebuild::Loading,
    row::{Stored, Table},
    timeline,
    tx::Tx,
    users,
};

/// One question's tables, folded and rebuilt together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Projection {
    /// Who has an account.
    Users,
    /// What is for sale.
    Products,
    /// Orders, their items, sellers' parts and parcels.
    Orders,
    /// Attempts to pay, and the holds they fund.
    Payments,
    /// What happened to an order, in plain words.
    Timeline,
    /// Double entry, one journal per event that moves money.
    Journal,
    /// What stands in each account.
    Balances,
    /// Which goods are to go back.
    Claims,
}

impl Projection {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Users,
        Self::Products,
        Self::Orders,
        Self::Payments,
        Self::Timeline,
        Self::Journal,
        Self::Balances,
        Self::Claims,
    ];

    /// The name, as in `escrow rebuild <name>`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Products => "products",
            Self::Orders => "orders",
            Self::Payments => "payments",
            Self::Timeline => "timeline",
            Self::Journal => "journal",
            Self::Balances => "balances",
            Self::Claims => "claims",
        }
    }

    /// The tables, all written in one transaction.
    pub fn tables(self) -> Vec<&'static Table> {
        match self {
            Self::Users => vec![users::User::TABLE],
            Self::Products => vec![products::Product::TABLE],
            Self::Orders => vec![
                orders::Order::TABLE,
                orders::OrderItem::TABLE,
                orders::OrderSeller::TABLE,
                orders::Shipment::TABLE,
            ],
            Self::Payments => vec![payments::Payment::TABLE, payments::Hold::TABLE],
            Self::Timeline => vec![timeline::Moment::TABLE, timeline::OrderStream::TABLE],
            Self::Journal => vec![journal::Journal::TABLE, journal::JournalEntry::TABLE],
            Self::Balances => vec![balances::Balance::TABLE, balances::AccountTotal::TABLE],
            Self::Claims => vec![claims::Claim::TABLE],
        }
    }

    /// The stream types whose events concern it. Others are neither folded nor, in a rebuild, read.
    pub const fn stream_types(self) -> &'static [&'static str] {
        match self {
            Self::Users => &[Customer::TYPE],
            Self::Products => &[Product::TYPE],
            Self::Orders => &[Order::TYPE],
            Self::Payments | Self::Journal | Self::Balances => &[Payment::TYPE, Escrow::TYPE],
            Self::Timeline => &[Order::TYPE, Payment::TYPE, Escrow::TYPE, Claim::TYPE],
            Self::Claims => &[Claim::TYPE],
        }
    }

    /// What it needs of the log.
    pub(crate) const fn reading(self) -> Reading {
        let actors = match self {
            Self::Timeline | Self::Journal => true,
            Self::Users | Self::Products | Self::Orders | Self::Payments | Self::Balances | Self::Claims => {
                false
            }
        };
        Reading { types: self.stream_types(), actors }
    }

    /// Whether events of that stream type concern it.
    pub fn reads(self, aggregate_type: &str) -> bool {
        self.stream_types().contains(&aggregate_type)
    }

    /// Its place in [`Self::ALL`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// Folds `events`, up to the first that cannot be folded, and says which that is.
    pub(crate) async fn fold(
        self,
        target: &mut Target<'_>,
        events: &[Occurrence],
    ) -> Result<Option<Poison>, ViewsError> {
        match self {
            Self::Users => fold::<users::Model>(target, events).await,
            Self::Products => fold::<products::Model>(target, events).await,
            Self::Orders => fold::<orders::Model>(target, events).await,
            Self::Payments => fold::<payments::Model>(target, events).await,
            Self::Timeline => fold::<timeline::Model>(target, events).await,
            Self::Journal => fold::<journal::Model>(target, events).await,
            Self::Balances => fold::<balances::Model>(target, events).await,
            Self::Claims => fold::<claims::Model>(target, events).await,
        }
    }
}

impl Display for Projection {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no projection has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no projection {0:?}; there are users, products, orders, payments, timeline, journal, balances,
     claims"
)]
pub struct NoProjection(pub String);

impl FromStr for Projection {
    type Err = NoProjection;
    fn from_str(name: &str) -> Result<Self, NoProjection> {
        let named = |projection: &Self| projection.name() == name;
        Self::ALL.into_iter().find(named).ok_or_else(|| NoProjection(name.to_owned()))
    }
}

/// Where a batch is folded into.
pub struct Target<'a> {
    /// The transaction that also moves the checkpoint.
    pub tx: &'a mut Tx,
    /// Which generation of the tables.
    pub generation: i64,
    /// What opens sealed personal data.
    pub vault: &'a Vault,
}

/// An event that a projection cannot fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poison {
    /// The position of the event.
    pub position: i64,
    /// Why it cannot be folded.
    pub reason: String,
}

/// The rows of one projection that a batch touches.
pub trait Model: Default + Send {
    /// Loads what `events` touch, is there already, and is not held.
    fn load(
        &mut self,
        target: &mut Target<'_>,
        events: &[Occurrence],
    ) -> impl Future<Output = Result<(), ViewsError>> + Send;

    /// Applies one event, or says why it cannot be; the model is thrown away then.
    fn apply(&mut self, event: &Occurrence) -> Result<(), String>;

    /// How many rows it holds that a later event can change.
    fn held(&self) -> usize;

    /// Writes the rows that no later event changes, and lets go of them.
    fn save_finished(&mut self, _: &mut Out<'_>) -> impl Future<Output = Result<(), ViewsError>> + Send {
        async { Ok(()) }
    }

    /// Writes every touched row once.
    fn save(self, out: &mut Out<'_>) -> impl Future<Output = Result<(), ViewsError>> + Send;
}

/// Where a model's rows go.
pub enum Out<'a> {
    /// Into a generation that has rows, in the transaction that also moves its checkpoint.
    Fold(&'a mut Tx, i64),
    /// Into a generation that is being built.
    Build(&'a mut Loading),
}

impl Out<'_> {
    /// Writes rows of one table.
    pub async fn write<R: Stored>(&mut self, rows: Vec<R>, known: Known) -> Result<(), ViewsError> {
        match self {
            Self::Fold(tx, generation) => Ok(bulk::write(tx, *generation, rows, known).await?),
            Self::Build(loading) => loading.write(rows, known).await,
        }
    }
}

async fn fold<M: Model>(
    target: &mut Target<'_>,
    mut events: &[Occurrence],
) -> Result<Option<Poison>, ViewsError> {
    let mut poison = None;
    loop {
        let mut model = M::default();
        model.load(target, events).await?;
        let refused =
            events.iter().enumerate().find_map(|(at, event)| model.apply(event).err().map(|why| (at, why)));
        let Some((at, reason)) = refused else {
            model.save(&mut Out::Fold(target.tx, target.generation)).await?;
            return Ok(poison);
        };
        poison = events.get(at).map(|event| Poison { position: event.position, reason });
        events = events.get(..at).unwrap_or_default();
    }
}

/// The streams among `facts` whose beginning is not in the batch: only they can have rows already.
pub(crate) fn begun_before<I: Id>(streams: impl Iterator<Item = (I, i64)>) -> Vec<String> {
    let mut seen: HashSet<Uuid> = HashSet::new();
    let first = streams.filter(|(id, _)| seen.insert(id.uuid()));
    first.filter(|(_, sequence)| *sequence > 1).map(|(id, _)| id.to_string()).collect()
}

/// The UUID behind an id that a row holds.
pub(crate) fn uuid_of(id: &str) -> Uuid {
    id.split_once('_').and_then(|(_, uuid)| Uuid::try_parse(uuid).ok()).unwrap_or_default()
}

/// Why an event without its stream's beginning cannot be folded.
pub(crate) fn no_row(event: &Occurrence) -> String {
    let (aggregate_type, id) = event.fact.stream();
    format!("{} of {aggregate_type} {id}: no row for it to change", event.fact.name())
}
