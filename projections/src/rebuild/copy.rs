//! Streams of rows into PostgreSQL by COPY, one connection and one task for each table: while rows of one table are
//! made ready here, the server writes those of the others.

use std::collections::HashMap;

use sqlx::{
    PgPool,
    postgres::{PgPoolCopyExt, PgPoolOptions},
};
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
}

#[derive(Debug)]
struct Stream {
    buffer: Vec<u8>,
    chunks: mpsc::Sender<Vec<u8>>,
    task: JoinHandle<Result<u64, sqlx::Error>>,
}

impl Copies {
    /// None yet. Each will have a connection beside those that others wait for.
    pub fn new(beside: &PgPool, generation: i64) -> Self {
        let options = (*beside.connect_options()).clone();
        let pool = PgPoolOptions::new().max_connections(TABLES).connect_lazy_with(options);
        Self { pool, generation, streams: HashMap::new() }
    }

    /// Sends rows; they are there once [`Self::finish`] has said so.
    pub async fn write<R: Stored>(&mut self, rows: Vec<R>) -> Result<(), sqlx::Error> {
        if rows.is_empty() {
            return Ok(());
        }
        let (pool, generation) = (&self.pool, self.generation);
        let stream =
            self.streams.entry(R::TABLE.name).or_insert_with(|| Stream::begin(pool, R::TABLE, generation));
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
    fn begin(pool: &PgPool, table: &Table, generation: i64) -> Self {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let (into, names) = (table.generation(generation), names.join(", "));
        let statement = format!("copy {into} ({names}) from stdin (format binary)");
        let (chunks, mut ready) = mpsc::channel::<Vec<u8>>(CHUNKS);
        let pool = pool.clone();
        let task = tokio::spawn(async move {
            let mut copy = pool.copy_in_raw(&statement).await?;
            while let Some(chunk) = ready.recv().await {
                copy.send(chunk).await?;
            }
            copy.finish().await
        });
        Self { buffer: HEADER.to_vec(), chunks, task }
    }

    /// Says whether somebody still listens.
    async fn send(&mut self) -> bool {
        let chunk = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK + CHUNK / 8));
        self.chunks.send(chunk).await.is_ok()
    }
}
