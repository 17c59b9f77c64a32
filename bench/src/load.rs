//! Closed-loop load: each client sends its next operation when the one before is answered.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use futures::future::try_join_all;
use tokio::time::timeout_at;

use crate::{Failure, stats::Slice};

/// The part of a slice, one in so many, that is not counted: caches fill, connections open.
const WARM_UP: u32 = 5;

/// One client.
pub trait Client: Send + 'static {
    /// One operation; tells how many events it appended.
    fn step(&mut self) -> impl Future<Output = Result<u64, Failure>> + Send;
}

/// Lets all clients run for `time`, and counts after a moment of warming up.
pub async fn drive<C: Client>(clients: Vec<C>, time: Duration) -> Result<Slice, Failure> {
    let begin = Instant::now() + time / WARM_UP;
    let end = begin + time;
    let tasks = clients.into_iter().map(|mut client| {
        tokio::spawn(async move {
            let mut slice = Slice::default();
            // Who has no answer by the end is not waited for: a rival in a conflict with all others may never have one.
            let ended = timeout_at(end.into(), repeat(&mut client, begin, &mut slice)).await;
            ended.unwrap_or(Ok(()))?;
            Ok::<_, Failure>(slice)
        })
    });
    let mut all = Slice { elapsed: time, ..Slice::default() };
    for slice in try_join_all(tasks).await? {
        all.join(slice?);
    }
    Ok(all)
}

async fn repeat<C: Client>(client: &mut C, begin: Instant, slice: &mut Slice) -> Result<(), Failure> {
    loop {
        let sent = Instant::now();
        let events = client.step().await?;
        let answered = Instant::now();
        if answered >= begin {
            slice.operations += 1;
            slice.events += events;
            slice.latencies.push(micros(answered - sent));
        }
    }
}

/// Whole microseconds, as many as fit.
pub fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

impl Slice {
    /// Adds what another client did in the same time.
    pub fn join(&mut self, other: Self) {
        self.operations += other.operations;
        self.events += other.events;
        self.latencies.extend(other.latencies);
    }
}
