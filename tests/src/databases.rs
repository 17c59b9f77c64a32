//! Where a world keeps its log and its views.

use std::path::Path;

use testbed::{MariaDb, Postgres};

/// The databases of one world.
#[derive(Debug, Clone)]
pub struct Databases {
    /// The log's, and the vault's, and the tasks'.
    pub log: Option<String>,
    /// The views'.
    pub views: Option<String>,
}

impl Databases {
    /// Files in the world's own folder.
    pub const fn sqlite() -> Self {
        Self { log: None, views: None }
    }

    /// The log in PostgreSQL, the views in MariaDB.
    pub async fn postgres_and_mariadb() -> Self {
        let (postgres, mariadb) = futures::join!(Postgres::shared(), MariaDb::shared());
        let log = postgres.unwrap().fresh_database().await.unwrap();
        let views = mariadb.unwrap().fresh_database().await.unwrap();
        Self { log: Some(log), views: Some(views) }
    }

    /// Log and views in one PostgreSQL each.
    pub async fn postgres() -> Self {
        let server = Postgres::shared().await.unwrap();
        Self::of(server).await
    }

    /// Log and views in databases of this server.
    pub async fn of(server: &Postgres) -> Self {
        let (log, views) = (server.fresh_database().await.unwrap(), server.fresh_database().await.unwrap());
        Self { log: Some(log), views: Some(views) }
    }

    /// A program's settings for these databases and this folder.
    pub fn configure(&self, folder: &Path) -> api::Config {
        let mut config = api::Config::in_folder(folder);
        if let Some(log) = &self.log {
            config.use_log(log.clone());
        }
        if let Some(views) = &self.views {
            config.views_url.clone_from(views);
        }
        config
    }
}
