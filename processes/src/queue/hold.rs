//! Who works on tasks, and who does not any more.
//!
//! Every process draws a number and writes it into the rows it takes. In PostgreSQL it holds an advisory lock of that
//! number on a connection of its own, which the database lets go of when the process is gone; so whoever starts frees
//! at once what a dead process had taken, and the living see after a few looks that somebody is gone. They do not
//! believe one look: who lost its connection comes back under the same number. In SQLite one process works on the
//! file, which a lock of the operating system shows: whoever gets it is alone, and all that is taken is the dead's.

use std::collections::BTreeMap;

use ambient::Clock;
use chrono::Duration;
use sqlx::{PgPool, SqlitePool};
use tokio::sync::oneshot;

use super::{Engine, Queue, QueueError, postgres, sqlite};

type Begun = oneshot::Sender<()>;

/// How often one looks who is gone.
const LOOK: Duration = Duration::seconds(1);
/// How many looks in a row somebody must be missing at.
const LOOKS: u32 = 5;

/// A number of one's own, from the end of an id that nobody else has.
pub(super) fn number() -> i32 {
    let bits = ambient::fresh_id().as_u128() & 0x7fff_ffff;
    i32::try_from(bits).unwrap_or(i32::MAX)
}

/// Holds on to the lock for as long as this runs, and frees what the dead had taken. `begun` hears when tasks may be
/// taken. Who is alive is a matter of the machine's time, also where the clock is moved by hand.
pub(crate) async fn keep(queue: Queue, clock: Clock, begun: oneshot::Sender<()>) {
    let mut begun = Some(begun);
    loop {
        let kept = match &queue.engine {
            Engine::Postgres(pool) => beside_others(&queue, pool, &clock, &mut begun).await,
            Engine::Sqlite(pool) => alone(&queue, pool, &clock, &mut begun).await,
        };
        if let Err(error) = kept {
            tracing::error!(%error, "the lock of this worker could not be kept");
        }
        Clock::system().sleep(LOOK).await;
    }
}

/// Looks who is gone, until the connection breaks.
async fn beside_others(
    queue: &Queue,
    pool: &PgPool,
    clock: &Clock,
    begun: &mut Option<Begun>,
) -> Result<(), QueueError> {
    let Some(mut connection) = postgres::lock(pool, queue.holder).await? else { return Ok(()) };
    let mut missing: BTreeMap<i32, u32> = BTreeMap::new();
    let mut enough = if begun.is_some() { 1 } else { LOOKS };
    loop {
        let gone = postgres::gone(&mut connection).await?;
        let looks = |holder: &i32| missing.get(holder).map_or(1, |looks| looks.saturating_add(1));
        missing = gone.iter().map(|holder| (*holder, looks(holder))).collect();
        let dead: Vec<i32> =
            missing.iter().filter(|(_, looks)| **looks >= enough).map(|(holder, _)| *holder).collect();
        if !dead.is_empty() {
            let now = clock.now().timestamp_micros();
            told(queue, postgres::free(&mut connection, &dead, now).await?);
        }
        begin(begun);
        enough = LOOKS;
        Clock::system().sleep(LOOK).await;
    }
}

/// Has the file to itself as soon as nobody else has. Who has it not yet works all the same, within the leases.
async fn alone(
    queue: &Queue,
    pool: &SqlitePool,
    clock: &Clock,
    begun: &mut Option<Begun>,
) -> Result<(), QueueError> {
    let Some(_lock) = sqlite::lock(pool).await? else {
        begin(begun);
        return Ok(());
    };
    told(queue, sqlite::free_others(pool, queue.holder, clock.now().timestamp_micros()).await?);
    begin(begun);
    std::future::pending().await
}

fn begin(begun: &mut Option<Begun>) {
    if let Some(begun) = begun.take() {
        // Who no longer listens has stopped.
        let _ = begun.send(());
    }
}

fn told(queue: &Queue, freed: u64) {
    if freed > 0 {
        tracing::info!(freed, "tasks of a worker that is gone are taken over");
        queue.ring();
    }
}
