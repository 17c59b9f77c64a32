//! The doorbell: where the log ends, as far as this process has heard.
//!
//! In the process a watch tells readers of a commit. Across nodes PostgreSQL's NOTIFY does, at most one per 20 ms and
//! off the append path; each second every node looks for itself, so a lost message costs latency, never data.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{
    PgPool,
    postgres::{PgListener, PgNotification},
};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
    time::{Instant, timeout},
};
use uuid::Uuid;

use super::{Database, checkpoint};

const CHANNEL: &str = "escrow_log";
/// A NOTIFY is a transaction of its own; a message that is lost in a crash need not wait for the disk.
const NOTIFY: &str = "select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)";
/// At most one NOTIFY in this time.
const QUIET: Duration = Duration::from_millis(20);
/// How often the head is looked up anyway.
const POLL: Duration = Duration::from_secs(1);
/// How long nodes keep taking turns after one of them asked for it.
const TURNS: Duration = Duration::from_secs(1);

/// The doorbell of one open log.
#[derive(Debug)]
pub(crate) struct Bell {
    head: watch::Sender<i64>,
    committed: Notify,
    /// Whether the next NOTIFY asks the other nodes to take turns.
    ask_turns: AtomicBool,
    /// Until when nodes take turns, in milliseconds after `born`.
    turns_until: AtomicU64,
    born: Instant,
    node: Uuid,
}

impl Bell {
    pub fn new(head: i64) -> Self {
        Self {
            head: watch::Sender::new(head),
            committed: Notify::new(),
            ask_turns: AtomicBool::new(false),
            turns_until: AtomicU64::new(0),
            born: Instant::now(),
            node: ambient::fresh_id(),
        }
    }

    /// Notes that the log reaches `position`.
    pub fn heard(&self, position: i64) {
        self.head.send_if_modified(|head| {
            let further = position > *head;
            *head = position.max(*head);
            further
        });
    }

    /// Tells this process at once and the other nodes soon.
    pub fn ring(&self, position: i64) {
        self.heard(position);
        self.committed.notify_one();
    }

    pub fn head(&self) -> i64 {
        *self.head.borrow()
    }

    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.head.subscribe()
    }

    /// Asks all nodes to take turns for a while: this one keeps losing.
    pub fn ask_turns(&self) {
        self.start_turns();
        self.ask_turns.store(true, Ordering::Relaxed);
        self.committed.notify_one();
    }

    /// Whether nodes take turns now.
    pub fn turns(&self) -> bool {
        self.turns_until.load(Ordering::Relaxed) > self.millis()
    }

    fn start_turns(&self) {
        let until = self.millis() + u64::try_from(TURNS.as_millis()).unwrap_or(u64::MAX);
        self.turns_until.fetch_max(until, Ordering::Relaxed);
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Starts what the bell needs in the background.
pub(super) fn start(bell: &Arc<Bell>, database: &Database) -> Vec<JoinHandle<()>> {
    let mut tasks = vec![tokio::spawn(poll(bell.clone(), database.clone()))];
    match database {
        Database::Postgres(pool) => {
            tasks.push(tokio::spawn(notify(bell.clone(), pool.clone())));
            tasks.push(tokio::spawn(listen(bell.clone(), pool.clone())));
        }
        Database::Sqlite(pool) => tasks.push(tokio::spawn(checkpoint::run(bell.clone(), pool.clone()))),
    }
    tasks
}

async fn pause(time: Duration) {
    ambient::Clock::system().sleep(chrono::Duration::from_std(time).unwrap_or_default()).await;
}

async fn poll(bell: Arc<Bell>, database: Database) {
    loop {
        pause(POLL).await;
        if let Ok(head) = database.head().await {
            bell.heard(head.position);
        }
    }
}

async fn notify(bell: Arc<Bell>, pool: PgPool) {
    loop {
        bell.committed.notified().await;
        let word = if bell.ask_turns.swap(false, Ordering::Relaxed) { "turns" } else { "" };
        let message = format!("{} {} {word}", bell.node, bell.head());
        let sent = sqlx::query(NOTIFY).bind(CHANNEL).bind(message).execute(&pool).await;
        if let Err(error) = sent {
            tracing::debug!(%error, "the doorbell could not be rung; other nodes will look for themselves");
        }
        pause(QUIET).await;
    }
}

async fn listen(bell: Arc<Bell>, pool: PgPool) {
    loop {
        if let Err(error) = listen_once(&bell, &pool).await {
            tracing::debug!(%error, "the doorbell is deaf for a moment");
        }
        pause(POLL).await;
    }
}

async fn listen_once(bell: &Bell, pool: &PgPool) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        match timeout(POLL * 30, listener.try_recv()).await {
            Ok(Ok(Some(message))) => hear(bell, &message),
            Ok(Ok(None)) | Err(_) => {}
            Ok(Err(error)) => return Err(error),
        }
    }
}

fn hear(bell: &Bell, message: &PgNotification) {
    let mut words = message.payload().split(' ');
    let own = words.next().and_then(|node| node.parse::<Uuid>().ok()) == Some(bell.node);
    if own {
        return;
    }
    if let Some(position) = words.next().and_then(|position| position.parse().ok()) {
        bell.heard(position);
    }
    if words.next() == Some("turns") {
        bell.start_turns();
    }
}
