//! Rows on their way into a generation that nobody reads.
//!
//! Until the first time that rows had to make room in memory, every row is new: PostgreSQL gets them by COPY into
//! tables without any index. From then on rows may be there already; their tables get their key, and such rows are
//! written as a follower writes them. MySQL and SQLite get fat statements, in transactions that let the follower have
//! its turn.

use std::collections::BTreeMap;

use super::copy::Copies;
use crate::{
    bulk::{self, Known},
    error::ViewsError,
    generation,
    pools::Pools,
    row::{Stored, Table},
    views::Views,
};

/// Rows of one transaction.
const ROWS: usize = 10_000;

/// The rows of one generation on their way.
#[derive(Debug)]
pub struct Loading {
    views: Views,
    generation: i64,
    copies: Option<Copies>,
    /// Tables whose rows can be written more than once.
    changing: BTreeMap<&'static str, &'static Table>,
    has_spilled: bool,
}

impl Loading {
    /// Into an empty generation.
    pub fn new(views: &Views, generation: i64) -> Self {
        let copies = match &views.pools {
            Pools::Postgres { fold, .. } => Some(Copies::new(fold, generation)),
            Pools::MySql { .. } | Pools::Sqlite { .. } => None,
        };
        Self { views: views.clone(), generation, copies, changing: BTreeMap::new(), has_spilled: false }
    }

    /// Whether a row that is wanted may be in the database.
    pub const fn has_spilled(&self) -> bool {
        self.has_spilled
    }

    /// Writes rows of one table.
    pub async fn write<R: Stored>(&mut self, rows: Vec<R>, known: Known) -> Result<(), ViewsError> {
        if known == Known::Replace {
            self.changing.insert(R::TABLE.name, R::TABLE);
        }
        let known = if self.has_spilled { known } else { Known::Refuse };
        if let (Some(copies), Known::Refuse) = (&mut self.copies, known) {
            return Ok(copies.write(rows).await?);
        }
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let mut tx = self.views.begin().await?;
            bulk::write(&mut tx, self.generation, rows.by_ref().take(ROWS), known).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// What was written so far can be read and replaced from now on.
    pub async fn spill(&mut self) -> Result<(), ViewsError> {
        self.finish().await?;
        if !self.has_spilled {
            for table in self.changing.values() {
                generation::key(&self.views, table, self.generation).await?;
            }
        }
        self.has_spilled = true;
        Ok(())
    }

    /// Waits until everything is there.
    pub async fn finish(&mut self) -> Result<(), ViewsError> {
        match &mut self.copies {
            Some(copies) => Ok(copies.finish().await?),
            None => Ok(()),
        }
    }
}
