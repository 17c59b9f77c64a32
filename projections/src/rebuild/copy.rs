//! Streams of rows into PostgreSQL by COPY, one connection and one task for each table: while rows of one table are
//! made ready here, the server writes those of the others.

use std::collections::{HashMap, HashSet};

use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::row::{Stored, Table};

/// Bytes that are sent at once.
const CHUNK: usize = 128 * 1024;
/// Chunks of one table that may wait for the server: enough to make those of the next table ready meanwhile.
const CHUNKS: usize = 64;
/// More tables than any projection has.
const TABLES: u32 = 8;

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// The streams of one generation.
#[derive(Debug)]
pub struct Copies {
    pool: PgPool,
    generation: i64,
    streams: HashMap<&'static str, Stream>,
    /// Tables that have rows.
    begun: HashSet<&'static str>,
}

#[derive(Debug)]
struct Stream {
    buffer: Vec<u8>,
    chunks: mpsc::Sender<Vec<u8>>,
    task: JoinHandle<Result<(), sqlx::Error>>,
}

impl Copies {
    /// None yet. Each will have a connection beside those that others wait for.
    pub fn new(beside: &PgPool, generation: i64) -> Self {
        let options = (*beside.connect_options()).clone();
        let pool = PgPoolOptions::new().max_connections(TABLES).connect_lazy_with(options);
        Self { pool, generation, streams: HashMap::new(), begun: HashSet::new() }
    }

    /// Sends rows; they are there once [`Self::finish`] has said so.
    pub async fn write<R: Stored>(&mut self, rows: Vec<R>) -> Result<(), sqlx::Error> {
        if rows.is_empty() {
            return Ok(());
        }
        let (pool, begun, into) = (&self.pool, &mut self.begun, R::TABLE.generation(self.generation));
        let stream = self.streams.entry(R::TABLE.name).or_insert_with(|| {
            let is_empty = begun.insert(R::TABLE.name);
            Stream::begin(pool, R::TABLE, into, is_empty)
        });
        let fields = i16::try_from(R::TABLE.columns.len()).unwrap_or(i16::MAX).to_be_bytes();
        let mut is_open = true;
        for row in rows {
            stream.buffer.extend_from_slice(&fields);
            row.copy(&mut stream.buffer);
            if stream.buffer.len() >= CHUNK {
                is_open &= stream.send().await;
            }
        }
        if is_open { Ok(()) } else { self.finish().await }
    }

    /// Waits until the server has all rows, or says why it does not.
    pub async fn finish(&mut self) -> Result<(), sqlx::Error> {
        let mut tasks = vec![];
        for (_, mut stream) in self.streams.drain() {
            stream.buffer.extend_from_slice(&END);
            // A stream that is closed already tells why below.
            stream.send().await;
            tasks.push(stream.task);
        }
        for task in tasks {
            task.await.map_err(|_| sqlx::Error::WorkerCrashed)??;
        }
        Ok(())
    }
}

impl Stream {
    /// Into an empty table rows go frozen: who reads them first need not ask of each whether it is committed, and
    /// note that down. PostgreSQL wants the table to be emptied in the same transaction.
    fn begin(pool: &PgPool, table: &Table, into: String, is_empty: bool) -> Self {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let freeze = if is_empty { ", freeze" } else { "" };
        let statement = format!("copy {into} ({}) from stdin (format binary{freeze})", names.join(", "));
        let (chunks, mut ready) = mpsc::channel::<Vec<u8>>(CHUNKS);
        let pool = pool.clone();
        let task = tokio::spawn(async move {
            let mut tx = pool.begin().await?;
            if is_empty {
                sqlx::query(&format!("truncate {into}")).persistent(false).execute(&mut *tx).await?;
            }
            let mut copy = tx.copy_in_raw(&statement).await?;
            while let Some(chunk) = ready.recv().await {
                copy.send(chunk).await?;
            }
            copy.finish().await?;
            tx.commit().await
        });
        Self { buffer: HEADER.to_vec(), chunks, task }
    }

    /// Says whether somebody still listens.
    async fn send(&mut self) -> bool {
        let chunk = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK + CHUNK / 8));
        self.chunks.send(chunk).await.is_ok()
    }
}
