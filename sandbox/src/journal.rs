//! What the sandbox remembers when it is started again: one line of JSON for every change of a payment, the last
//! one counts. A shop whose server was restarted can then still give back what was paid before.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tokio::{
    fs::{self, File, OpenOptions},
    io::AsyncWriteExt,
    sync::mpsc,
};

use crate::{
    StartError,
    app::{App, hold},
    book::{Book, Entry},
    payment::{Payment, Registered},
    protocol::Protocol,
};

/// How many lines may wait to be written.
const MAX_WAITING: usize = 200_000;
/// How many lines are written at once.
const BATCH: usize = 1_024;

#[derive(Serialize)]
struct Line<'a> {
    protocol: Protocol,
    id: &'a str,
    registered: &'a Option<Registered>,
    payment: &'a Option<Payment>,
}

#[derive(Deserialize)]
struct Remembered {
    protocol: Protocol,
    id: String,
    registered: Option<Registered>,
    payment: Option<Payment>,
}

/// The journal, if the sandbox keeps one.
#[derive(Debug, Default)]
pub struct Journal(Option<mpsc::Sender<String>>);

/// The lines that are still to be written, and where to.
#[derive(Debug)]
pub struct Lines {
    queue: mpsc::Receiver<String>,
    file: File,
}

impl Journal {
    /// Reads what is remembered into `book`, shortens the file to it and opens it for what comes.
    pub async fn open(path: &Path, book: &Book) -> Result<(Self, Lines), StartError> {
        let failed = |error| StartError::Journal { path: path.to_owned(), error };
        let text = match fs::read(path).await {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(failed(error)),
        };
        let shortened = PathBuf::from(format!("{}.new", path.display()));
        fs::write(&shortened, restore(&text, book)).await.map_err(failed)?;
        fs::rename(&shortened, path).await.map_err(failed)?;
        let file = OpenOptions::new().append(true).open(path).await.map_err(failed)?;
        let (sender, queue) = mpsc::channel(MAX_WAITING);
        Ok((Self(Some(sender)), Lines { queue, file }))
    }
}

/// Puts the last state of each payment into the book, in the order of their first lines, and answers those lines.
fn restore(text: &[u8], book: &Book) -> Vec<u8> {
    let mut order = Vec::new();
    let mut last: HashMap<(Protocol, String), (Remembered, &[u8])> = HashMap::new();
    // A line that was cut when the machine stopped is left out.
    for line in text.split(|byte| *byte == b'\n') {
        if let Ok(remembered) = serde_json::from_slice::<Remembered>(line) {
            let key = (remembered.protocol, remembered.id.clone());
            if last.insert(key.clone(), (remembered, line)).is_none() {
                order.push(key);
            }
        }
    }
    let mut kept = Vec::new();
    for key in order {
        if let Some((remembered, line)) = last.remove(&key) {
            let Remembered { protocol, id, registered, payment } = remembered;
            let slot = book.entry(protocol, &id);
            let order_id = payment.as_ref().map(|payment| payment.order_id.clone());
            *hold(&slot) = Entry { protocol, id, registered, payment };
            if let Some(order_id) = order_id {
                book.list(protocol, &order_id, slot);
            }
            kept.extend_from_slice(line);
            kept.push(b'\n');
        }
    }
    kept
}

impl App {
    /// Writes down what is known in `entry` now.
    pub fn remember(&self, entry: &Entry) {
        let Some(queue) = &self.journal.0 else {
            return;
        };
        let Entry { protocol, id, registered, payment } = entry;
        let line = Line { protocol: *protocol, id, registered, payment };
        let sent = serde_json::to_string(&line).is_ok_and(|line| queue.try_send(line).is_ok());
        if !sent {
            tracing::warn!("a change is not in the journal: too many are waiting, or the sandbox stops");
        }
    }
}

/// Writes lines until the sandbox stops, and then those that still wait.
pub async fn write(app: &App, mut lines: Lines) {
    let mut batch = Vec::new();
    let mut going = true;
    while going {
        tokio::select! {
            () = app.stopped() => going = false,
            count = lines.queue.recv_many(&mut batch, BATCH) => going = count > 0,
        }
        while let Ok(line) = lines.queue.try_recv() {
            batch.push(line);
            if batch.len() >= BATCH {
                break;
            }
        }
        put(&mut lines.file, &mut batch).await;
    }
    while let Ok(line) = lines.queue.try_recv() {
        batch.push(line);
    }
    put(&mut lines.file, &mut batch).await;
}

async fn put(file: &mut File, batch: &mut Vec<String>) {
    if batch.is_empty() {
        return;
    }
    let mut text = batch.join("\n");
    text.push('\n');
    batch.clear();
    let written = match file.write_all(text.as_bytes()).await {
        Ok(()) => file.flush().await,
        Err(error) => Err(error),
    };
    if let Err(error) = written {
        tracing::warn!(%error, "the sandbox's journal cannot be written");
    }
}
