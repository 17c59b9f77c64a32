//! What became of a batch: committed, overtaken by another node, refused, or unknown.

use std::collections::{HashMap, HashSet};

use tokio::time::{Duration, Instant};
use uuid::Uuid;

use super::{
    Fault, Receipt,
    batcher::Batcher,
    cache::StreamKey,
    pending::{Decided, Draft},
};
use crate::{
    decode::Stored,
    log::{AppendFault, Appender, Conflict, Head, Log, RawEvent, StoredReceipt, batch::Batch},
};

/// The most events of other nodes that are read to freshen the cache; beyond, it is emptied.
const MAX_TAIL: i64 = 20_000;
/// Events per page of the tail.
const TAIL_PAGE: i64 = 2_000;
/// How long the tail is asked for before the database counts as down.
const PATIENCE: Duration = Duration::from_secs(5);
/// Conflicts in a row that nothing in the log explains, before it counts as damaged.
const MAX_PUZZLES: u32 = 5;
/// The pause between two such questions.
const PAUSE: chrono::TimeDelta = chrono::TimeDelta::milliseconds(100);

/// What the write connection has done.
pub(super) enum Finished {
    Append { appender: Appender, draft: Box<Draft>, result: Result<(), AppendFault> },
    Resync { appender: Appender, news: Result<News, sqlx::Error> },
    Reconnect { appender: Appender, head: Result<Head, sqlx::Error> },
}

/// What happened in the log since a head: by other nodes, or by a batch of ours whose commit was not heard of.
pub(super) struct News {
    head: Head,
    tail: Vec<RawEvent>,
    /// There is more than is worth reading.
    far: bool,
    receipts: Vec<StoredReceipt>,
}

impl News {
    pub async fn read(log: &Log, since: Head, commands: &[Uuid]) -> Result<Self, sqlx::Error> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match Self::read_once(log, since, commands).await {
                Err(error) if Instant::now() < deadline => {
                    tracing::warn!(%error, "the log does not answer, asked again");
                    ambient::Clock::system().sleep(PAUSE).await;
                }
                done => return done,
            }
        }
    }

    async fn read_once(log: &Log, since: Head, commands: &[Uuid]) -> Result<Self, sqlx::Error> {
        let database = log.database();
        let head = database.head().await?;
        let receipts = if commands.is_empty() { vec![] } else { database.receipts(commands).await? };
        let far = head.position - since.position > MAX_TAIL;
        let (mut tail, mut read) = (vec![], since.position);
        while !far && read < head.position {
            let page = database.after(read, TAIL_PAGE.min(head.position - read)).await?;
            let Some(last) = page.last() else { break };
            read = last.position;
            tail.extend(page);
        }
        Ok(Self { head, tail, far, receipts })
    }
}

impl Batcher {
    pub(super) fn finish(&mut self, finished: Finished) {
        match finished {
            Finished::Append { appender, draft, result } => {
                self.appender = Some(appender);
                match result {
                    Ok(()) => self.commit(*draft),
                    Err(AppendFault::Conflict(conflict)) => {
                        if conflict == Conflict::Position {
                            self.losses += 1;
                        }
                        self.stuck = Some((*draft, conflict));
                    }
                    Err(AppendFault::Refused(error)) => self.isolate(*draft, &error),
                    Err(AppendFault::Lost(error)) => self.give_up(Some(*draft), &error),
                }
            }
            Finished::Resync { appender, news } => {
                self.appender = Some(appender);
                let stuck = self.stuck.take();
                match news {
                    Ok(news) => self.reconcile(stuck, news),
                    Err(error) => self.give_up(stuck.map(|(draft, _)| draft), &error),
                }
            }
            Finished::Reconnect { appender, head } => {
                self.appender = Some(appender);
                if let Ok(head) = head {
                    tracing::info!(position = head.position, "the log answers again");
                    self.head = head;
                    self.next = Draft::after(head);
                    self.down = false;
                    self.log.bell().heard(head.position);
                }
            }
        }
    }

    /// The batch is in the log: its commands can be answered.
    fn commit(&mut self, draft: Draft) {
        self.head = draft.batch.head();
        self.losses = 0;
        self.puzzles = 0;
        self.solo = self.solo.saturating_sub(draft.decided.len());
        let Draft { batch, decided, .. } = draft;
        if batch.events().is_empty() {
            self.log.bell().heard(self.head.position);
        } else {
            self.log.tail().keep(batch);
            self.log.bell().ring(self.head.position);
        }
        for key in decided.iter().flat_map(|decided| &decided.pinned) {
            self.cache.unpin(key);
        }
        self.committed.extend(decided);
    }

    /// Answers what is committed.
    pub(super) fn answer_committed(&mut self) {
        for decided in std::mem::take(&mut self.committed) {
            let Decided { request, outcome, position, receipt, .. } = decided;
            let answer = Receipt { outcome, position, replayed: false };
            if receipt.is_some() {
                self.answer_kept(request, answer);
            } else {
                self.answer(request, Ok(answer));
            }
        }
    }

    /// The log is not where it was thought to be. What other nodes did goes into the cache; commands that read or
    /// wrote what changed are decided again, the others are numbered anew and sent again.
    fn reconcile(&mut self, stuck: Option<(Draft, Conflict)>, mut news: News) {
        let (mut stuck, mut conflict) = match stuck {
            Some((draft, conflict)) => (Some(draft), Some(conflict)),
            None => (None, None),
        };
        if let Some(draft) = stuck.take_if(|draft| news.holds(&draft.batch)) {
            news.tail.drain(..draft.batch.events().len());
            self.commit(draft);
            conflict = None;
        }
        if conflict == Some(Conflict::Position) && news.says_nothing(self.head) {
            self.puzzles += 1;
            if self.puzzles > MAX_PUZZLES {
                let error =
                    sqlx::Error::Protocol("a position is taken that no batch accounts for".to_owned());
                return self.give_up(stuck, &error);
            }
        }
        self.overtake(&news);
        let known: HashMap<Uuid, &StoredReceipt> =
            news.receipts.iter().map(|stored| (stored.command_id, stored)).collect();
        let following = std::mem::replace(&mut self.next, Draft::after(news.head));
        let drafts: Vec<Draft> = stuck.into_iter().chain([following]).collect();
        let mut tainted: HashSet<StreamKey> = news
            .tail
            .iter()
            .filter_map(|raw| self.cache.key(&raw.aggregate_type, &raw.aggregate_id))
            .collect();
        for (index, draft) in drafts.iter().enumerate() {
            let suspect = |one: &&Decided| {
                let id = one.request.command.id;
                news.far
                    || known.contains_key(&id)
                    || self.overtaken.contains(&id)
                    || (index == 0 && conflict == Some(Conflict::Stream))
            };
            tainted.extend(draft.decided.iter().filter(suspect).flat_map(|one| &one.touched));
        }
        spread(&mut tainted, &drafts);
        self.head = news.head;
        self.log.bell().heard(news.head.position);
        self.rebuild(drafts, &tainted, &known);
        self.freshen(&news, &tainted);
    }

    /// Notes the commands that other nodes executed: to look for them before was too early.
    fn overtake(&mut self, news: &News) {
        if news.far {
            self.overtaken.extend(self.active.keys());
        }
        for raw in &news.tail {
            self.recent.note(raw.command_id);
            if self.active.contains_key(&raw.command_id) {
                self.overtaken.insert(raw.command_id);
            }
        }
    }

    /// Puts the drafts together anew: known commands are answered, tainted ones decided again, the others kept.
    fn rebuild(
        &mut self,
        drafts: Vec<Draft>,
        tainted: &HashSet<StreamKey>,
        known: &HashMap<Uuid, &StoredReceipt>,
    ) {
        let mut again = vec![];
        for Draft { batch, decided, .. } in drafts {
            for one in decided {
                if let Some(stored) = known.get(&one.request.command.id) {
                    self.replay(one.request, stored);
                } else if self.overtaken.contains(&one.request.command.id)
                    || one.touched.iter().any(|key| tainted.contains(key))
                {
                    again.push(one.request);
                } else {
                    self.next.adopt(&batch, one);
                }
            }
        }
        for request in again.into_iter().rev() {
            self.again(request);
        }
    }

    /// Drops the states that events were folded into in vain, and folds what other nodes appended into the others.
    fn freshen(&mut self, news: &News, tainted: &HashSet<StreamKey>) {
        if news.far {
            self.cache.clear();
            self.generation += 1;
            return;
        }
        for raw in &news.tail {
            let Some(key) = self.cache.key(&raw.aggregate_type, &raw.aggregate_id) else { continue };
            self.cache.apply_foreign(&key, self.log.decoder(), &Stored::from(raw));
        }
        for key in tainted {
            self.cache.drop_pinned(key);
        }
        if !self.loads.is_empty() {
            self.news_while_loading.extend(news.tail.iter().cloned());
        }
    }

    /// The database refuses one of the commands' data: they are sent one by one, to find out which.
    fn isolate(&mut self, draft: Draft, error: &sqlx::Error) {
        let following = std::mem::replace(&mut self.next, Draft::after(self.head));
        let alone = draft.decided.len() == 1;
        self.solo = if alone { self.solo.saturating_sub(1) } else { draft.decided.len() };
        tracing::error!(%error, commands = draft.decided.len(), "the database refuses a batch");
        let mut requests = vec![];
        for (index, one) in draft.decided.into_iter().chain(following.decided).enumerate() {
            for key in &one.touched {
                self.cache.remove(key);
            }
            if alone && index == 0 {
                self.answer(one.request, Err(Fault::Refused(error.to_string())));
            } else {
                requests.push(one.request);
            }
        }
        for request in requests.into_iter().rev() {
            self.again(request);
        }
    }

    /// The database is down: everybody hears of it, and the writer goes on trying by itself.
    fn give_up(&mut self, draft: Option<Draft>, error: &sqlx::Error) {
        tracing::error!(%error, "the log does not answer");
        self.down = true;
        self.losses = 0;
        self.puzzles = 0;
        self.solo = 0;
        self.generation += 1;
        self.cache.clear();
        self.news_while_loading.clear();
        let following = std::mem::replace(&mut self.next, Draft::after(self.head));
        let decided = draft.into_iter().chain([following]).flat_map(|draft| draft.decided);
        let mut requests: Vec<_> = decided.map(|one| one.request).collect();
        requests.extend(std::mem::take(&mut self.waiting).into_iter().map(|one| one.request));
        for request in requests {
            self.answer(request, Err(Fault::Unavailable(error.to_string())));
        }
    }
}

impl News {
    fn says_nothing(&self, head: Head) -> bool {
        self.head == head && self.receipts.is_empty()
    }

    /// Whether the tail begins with this very batch: it was committed, only the word of it was lost.
    fn holds(&self, batch: &Batch) -> bool {
        let Some(last) = batch.events().last() else { return false };
        let stored = self.tail.get(batch.events().len() - 1);
        stored.is_some_and(|raw| raw.event_id == last.event_id)
    }
}

/// Whoever shares a stream with a tainted command is tainted too, with all its streams.
fn spread(tainted: &mut HashSet<StreamKey>, drafts: &[Draft]) {
    let mut clean: Vec<&Decided> = drafts.iter().flat_map(|draft| &draft.decided).collect();
    loop {
        let before = clean.len();
        clean.retain(|one| {
            let hit = one.touched.iter().any(|key| tainted.contains(key));
            if hit {
                tainted.extend(&one.touched);
            }
            !hit
        });
        if clean.len() == before {
            return;
        }
    }
}
