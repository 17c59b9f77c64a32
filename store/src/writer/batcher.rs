//! The loop: drain what waits, keep one batch in flight, load what is missing.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    task::Poll,
};

use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::{mpsc, watch},
    task::JoinError,
};
use uuid::Uuid;

use super::{
    cache::Cache,
    load::{Loaded, Waiting},
    pending::{Decided, Draft, Recent, Request},
    settle::{Finished, News},
};
use crate::log::{Appender, Conflict, Head, Log, RawEvent};

/// Commands that may wait for streams to be loaded.
const MAX_WAITING: usize = 1_000;
/// After so many batches lost in a row to other nodes, the nodes take turns.
const LOSSES: u32 = 3;
/// So many commands are answered before the next batch is sent off: it takes less time than a commit.
const FEW: usize = 64;
/// The pause between two attempts to reach a database that is down.
const RETRY: chrono::TimeDelta = chrono::TimeDelta::milliseconds(200);

pub(super) struct Batcher {
    pub log: Log,
    inbox: mpsc::Receiver<Request>,
    open: bool,
    heard: watch::Receiver<i64>,
    pub cache: Cache,
    /// The last head known to be committed.
    pub head: Head,
    /// The batch that is being put together.
    pub next: Draft,
    /// Commands that are in the log and are to be answered.
    pub committed: Vec<Decided>,
    /// Commands to decide before any new one.
    pub redo: VecDeque<Request>,
    /// Commands that run, by id; and those that came again meanwhile.
    pub active: HashMap<Uuid, Vec<Request>>,
    /// Commands that left a receipt not long ago.
    pub recent: Recent,
    /// Commands under way here that another node executed meanwhile.
    pub overtaken: HashSet<Uuid>,
    /// Commands that wait for the next load.
    pub waiting: Vec<Waiting>,
    pub loads: HashMap<u64, Vec<Waiting>>,
    pub loading: FuturesUnordered<BoxFuture<'static, Loaded>>,
    pub load_count: u64,
    /// What other nodes appended while streams are being loaded.
    pub news_while_loading: Vec<RawEvent>,
    job: Option<BoxFuture<'static, Finished>>,
    pub appender: Option<Appender>,
    /// A batch that did not get in, until it is known why.
    pub stuck: Option<(Draft, Conflict)>,
    pub losses: u32,
    /// Conflicts in a row that nothing in the log explains.
    pub puzzles: u32,
    /// The database does not answer.
    pub down: bool,
    /// Raised when the cache is emptied: what was being loaded before is of no use.
    pub generation: u64,
    /// Commands to send one by one, because one among them is refused.
    pub solo: usize,
}

impl Batcher {
    pub fn new(log: Log, inbox: mpsc::Receiver<Request>, head: Head, streams: usize) -> Self {
        Self {
            heard: log.bell().subscribe(),
            appender: Some(log.appender()),
            log,
            inbox,
            open: true,
            cache: Cache::new(streams),
            head,
            next: Draft::after(head),
            committed: vec![],
            redo: VecDeque::new(),
            active: HashMap::new(),
            recent: Recent::default(),
            overtaken: HashSet::new(),
            waiting: vec![],
            loads: HashMap::new(),
            loading: FuturesUnordered::new(),
            load_count: 0,
            news_while_loading: vec![],
            job: None,
            stuck: None,
            losses: 0,
            puzzles: 0,
            down: false,
            generation: 0,
            solo: 0,
        }
    }

    pub async fn run(mut self) {
        loop {
            if self.next.decided.len() > FEW {
                // What is ready goes first: the database shall not wait for more to be decided.
                self.start_job();
            }
            self.drain();
            self.start_load();
            self.start_next().await;
            if self.is_done() {
                return;
            }
            let room = self.open && self.has_room();
            tokio::select! {
                biased;
                finished = next_of(&mut self.job), if self.job.is_some() => {
                    self.job = None;
                    self.finish(finished);
                }
                Some(loaded) = self.loading.next(), if !self.loading.is_empty() => self.settle_load(loaded),
                request = self.inbox.recv(), if room => match request {
                    Some(request) => self.admit(request),
                    None => self.open = false,
                },
                Ok(()) = self.heard.changed(), if self.job.is_none() && self.open => {}
            }
        }
    }

    /// Sends the next batch off and answers the one before. Whoever is answered may come again at once: a few clients
    /// get their answers first and join the batch, so that they share a commit; many would keep the database waiting.
    async fn start_next(&mut self) {
        if (self.next.decided.len() + 1..=FEW).contains(&self.committed.len()) {
            self.answer_committed();
            tokio::task::yield_now().await;
            self.drain();
            // What came just now may want a load, and nothing else need wake the loop.
            self.start_load();
        }
        self.start_job();
        if self.committed.is_empty() {
            return;
        }
        if let Some(job) = &mut self.job
            && let Poll::Ready(finished) = futures::poll!(job)
        {
            self.job = Some(futures::future::ready(finished).boxed());
        }
        self.answer_committed();
    }

    fn is_done(&self) -> bool {
        !self.open && self.job.is_none() && self.loading.is_empty() && self.active.is_empty()
    }

    fn has_room(&self) -> bool {
        let waiting = self.waiting.len() + self.loads.values().map(Vec::len).sum::<usize>();
        let full = self.solo > 0 && !self.next.decided.is_empty();
        self.next.has_room() && !full && waiting < MAX_WAITING
    }

    fn drain(&mut self) {
        while self.has_room() {
            if let Some(request) = self.redo.pop_front() {
                self.admit(request);
            } else if let Ok(request) = self.inbox.try_recv() {
                self.admit(request);
            } else {
                return;
            }
        }
    }

    fn start_job(&mut self) {
        if self.job.is_some() {
            return;
        }
        let Some(appender) = self.appender.take() else { return };
        let heard = *self.heard.borrow_and_update();
        self.job = if self.down {
            Some(reconnect(self.log.clone(), appender).boxed())
        } else if let Some((draft, _)) = &self.stuck {
            let commands = draft.decided.iter().map(|decided| decided.request.command.id).collect();
            Some(resync(self.log.clone(), appender, self.head, commands).boxed())
        } else if !self.next.decided.is_empty() || appender.has_turn() {
            let following = self.next.following();
            let draft = Box::new(std::mem::replace(&mut self.next, following));
            let turn = self.losses >= LOSSES || self.log.bell().turns();
            if self.losses == LOSSES {
                self.log.bell().ask_turns();
            }
            let is_chatty = appender.is_chatty(&draft.batch);
            let job = append(appender, draft, turn);
            Some(if is_chatty { beside(job).boxed() } else { job.boxed() })
        } else if heard > self.head.position {
            Some(resync(self.log.clone(), appender, self.head, vec![]).boxed())
        } else {
            self.appender = Some(appender);
            None
        };
    }
}

async fn next_of(job: &mut Option<BoxFuture<'static, Finished>>) -> Finished {
    match job {
        Some(job) => job.await,
        None => futures::future::pending().await,
    }
}

async fn append(mut appender: Appender, draft: Box<Draft>, turn: bool) -> Finished {
    let result = appender.append(&draft.batch, turn).await;
    Finished::Append { appender, draft, result }
}

/// Runs what asks several things of the database in turn in a task of its own: it shall not wait for its next step
/// until those commands are decided that have come meanwhile.
async fn beside(job: impl Future<Output = Finished> + Send + 'static) -> Finished {
    match tokio::spawn(job).await.map_err(JoinError::try_into_panic) {
        Ok(finished) => finished,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // The runtime is shutting down, and this with it.
        Err(Err(_)) => futures::future::pending().await,
    }
}

async fn resync(log: Log, appender: Appender, since: Head, commands: Vec<Uuid>) -> Finished {
    let news = News::read(&log, since, &commands).await;
    Finished::Resync { appender, news }
}

async fn reconnect(log: Log, mut appender: Appender) -> Finished {
    let head = match appender.connect().await {
        Ok(()) => log.head().await,
        Err(error) => Err(error),
    };
    if head.is_err() {
        appender.disconnect();
        ambient::Clock::system().sleep(RETRY).await;
    }
    Finished::Reconnect { appender, head }
}
