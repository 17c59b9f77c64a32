//! Where a benchmark takes place: a database server or folder of its own, gone afterwards.

use tempfile::TempDir;
use testbed::Postgres;

use crate::{Failure, args::Store};

/// A server or a folder that makes fresh databases.
pub struct Ground {
    server: Option<Postgres>,
    folder: TempDir,
}

impl Ground {
    /// Prepares one for `store`; PostgreSQL is started with its durable settings.
    pub async fn prepare(store: Store) -> Result<Self, Failure> {
        let server = match store {
            Store::Postgres => Some(Postgres::start().await?),
            Store::Sqlite => None,
        };
        Ok(Self { server, folder: tempfile::Builder::new().prefix("escrow-bench-").tempdir()? })
    }

    /// The address of a new, empty database.
    pub async fn fresh(&self) -> Result<String, Failure> {
        if let Some(server) = &self.server {
            return Ok(server.fresh_database().await?);
        }
        let name = ambient::fresh_id().simple();
        Ok(format!("sqlite:{}/{name}.db", self.folder.path().display()))
    }

    /// A folder that is gone afterwards.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}
