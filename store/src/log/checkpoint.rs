//! SQLite's write-ahead file goes into the database beside the appends, not between them.
//!
//! Left to itself, SQLite has whoever commits move the pages, every thousand of them: each commit waits for it now
//! and then, and pages that change often are moved each time. Here a connection of its own does it while the writer
//! goes on. Nothing depends on it: what is in the write-ahead file is committed and on the disk, and the writer moves
//! what is left once the file has grown to [`LEFT_TO_WRITER`].

use std::{sync::Arc, time::Duration};

use sqlx::{Connection, SqliteConnection, SqlitePool};

use super::bell::Bell;

/// Pages in the write-ahead file after which whoever commits moves what was not moved yet, so that the file begins
/// anew: it cannot while somebody appends without a pause. 64 MiB.
pub(super) const LEFT_TO_WRITER: u32 = 16_384;
/// The pause between two moves.
const PAUSE: Duration = Duration::from_millis(250);

/// Moves pages for ever, as long as there are new ones.
pub(super) async fn run(bell: Arc<Bell>, pool: SqlitePool) {
    let mut head = bell.subscribe();
    let mut connection = None;
    while head.changed().await.is_ok() {
        ambient::Clock::system().sleep(chrono::Duration::from_std(PAUSE).unwrap_or_default()).await;
        head.mark_unchanged();
        match checkpoint(connection.take(), &pool).await {
            Ok(used) => connection = Some(used),
            Err(error) => tracing::debug!(%error, "the write-ahead file stays as it is for a moment"),
        }
    }
}

async fn checkpoint(
    connection: Option<SqliteConnection>,
    pool: &SqlitePool,
) -> Result<SqliteConnection, sqlx::Error> {
    let mut connection = match connection {
        Some(connection) => connection,
        None => SqliteConnection::connect_with(&pool.connect_options()).await?,
    };
    // Passive: it waits for nobody, and nobody for it.
    sqlx::query("pragma wal_checkpoint(passive)").execute(&mut connection).await?;
    Ok(connection)
}
