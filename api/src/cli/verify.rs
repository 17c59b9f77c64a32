//! `escrow verify`

use std::path::{Path, PathBuf};

use clap::Args;
use store::audit::{self, Against, Checked, Checkpoint, Export, SealKey, SealVerifier, Verified};

use super::{Failure, progress, say};
use crate::{Config, hex::hex, server::Core};

/// What is to be verified, and against what.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// Verify this file and no log: nothing but the file and the key is looked at.
    #[arg(long, requires = "key", conflicts_with = "anchors")]
    export: Option<PathBuf>,
    /// The public key of checkpoints, or a file that holds it; this machine's own where nothing is said.
    #[arg(long)]
    key: Option<String>,
    /// A file of checkpoints that was kept elsewhere: each has to hold for the log.
    #[arg(long)]
    anchors: Option<PathBuf>,
}

/// Checks an export, which needs no database, or every hash of the log. Fails, and names the position, where one does
/// not hold.
pub(super) async fn run(wanted: Wanted) -> Result<(), Failure> {
    match (&wanted.export, &wanted.key) {
        (Some(file), Some(key)) => offline(file, &named_key(key)?),
        (Some(_) | None, _) => online(&Config::from_settings()?, &wanted).await,
    }
}

fn offline(file: &Path, key: &SealVerifier) -> Result<(), Failure> {
    let export = Export::read(&read(file)?).map_err(Failure::of)?;
    let Checked { order_id, events, postings, origin, size } = export.check(key).map_err(Failure::of)?;
    say::line(format!("the export is whole: {events} events and {postings} postings of {order_id}"))?;
    say::line(format!("all of them are in the log {origin} of {size} events"))
}

async fn online(config: &Config, wanted: &Wanted) -> Result<(), Failure> {
    let key = match &wanted.key {
        Some(key) => Some(named_key(key)?),
        None => own_key(config)?,
    };
    let anchors = match (&wanted.anchors, &key) {
        (Some(file), Some(key)) => anchors(&read(file)?, key)?,
        (Some(_), None) => return Err(Failure::of("name the public key beside the anchors: --key")),
        (None, _) => vec![],
    };
    let core = Core::open(config).await?;
    let head = core.log.head().await.map_err(Failure::of)?;
    let bar = progress::bar("verifying", head.position);
    let against = Against { key, anchors };
    let heard = |position| bar.set_position(progress::count(position));
    let verified = audit::verify_against(&core.log, against, heard).await;
    bar.finish_and_clear();
    let Verified { events, batches, head_hash, checkpoints, anchors } = verified.map_err(Failure::of)?;
    say::line(format!("the log is whole: {events} events in {batches} batches"))?;
    say::line(format!("{checkpoints} signed checkpoints and {anchors} anchored ones hold"))?;
    say::line(format!("head {events} {}", hex(&head_hash)))
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::of(format!("{}: {error}", file.display())))
}

fn named_key(text: &str) -> Result<SealVerifier, Failure> {
    let text = if Path::new(text).is_file() { read(Path::new(text))? } else { text.to_owned() };
    text.parse().map_err(Failure::of)
}

/// The key beside the data, if there is one already.
fn own_key(config: &Config) -> Result<Option<SealVerifier>, Failure> {
    let file = &config.sealing.key_file;
    if !file.is_file() {
        return Ok(None);
    }
    let key =
        SealKey::read_or_create(file).map_err(|error| Failure::of(format!("{}: {error}", file.display())))?;
    key.verifier().parse().map(Some).map_err(Failure::of)
}

/// The notes of a file, one after the other: each ends where its last signature does.
fn anchors(text: &str, key: &SealVerifier) -> Result<Vec<Checkpoint>, Failure> {
    let (mut notes, mut note) = (vec![], String::new());
    for line in text.lines() {
        let after_signature = note.lines().next_back().is_some_and(|last| last.starts_with("— "));
        if after_signature && !line.starts_with("— ") {
            notes.push(std::mem::take(&mut note));
        }
        if !(note.is_empty() && line.is_empty()) {
            note.push_str(line);
            note.push('\n');
        }
    }
    notes.extend(Some(note).filter(|note| !note.is_empty()));
    let open = |(index, note): (usize, &String)| {
        key.open(note).map_err(|error| Failure::of(format!("anchored checkpoint {}: {error}", index + 1)))
    };
    notes.iter().enumerate().map(open).collect()
}
