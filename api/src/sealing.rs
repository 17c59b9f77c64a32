//! What seals the log while the server runs, and where its checkpoints are kept besides: in a file, and at a witness.
//!
//! A checkpoint in the database alone proves nothing against whoever can write there. The file belongs on another disk
//! or machine (append-only, if it can be); a witness is somebody else's server.

use std::{
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

use ambient::Clock;
use chrono::TimeDelta;
use gateways::{Witness, Witnessed};
use store::{
    Log,
    audit::{self, Checkpoint, Sealer, keep_cosigned, latest_checkpoint, prove_consistency},
};
use tokio::{sync::watch, task::JoinHandle};

use crate::{Config, StartError, config::SettingError};

const SEAL_KEY: &str = "ESCROW_SEAL_KEY";
const ANCHOR_FILE: &str = "ESCROW_ANCHOR_FILE";
const ANCHOR_SECONDS: &str = "ESCROW_ANCHOR_SECONDS";
const WITNESS_URL: &str = "ESCROW_WITNESS_URL";
const WITNESS_KEY: &str = "ESCROW_WITNESS_KEY";
/// How often a checkpoint is kept elsewhere.
const ANCHOR_EVERY: i64 = 60;
/// How often the witness may say that it knows another size.
const WITNESS_TRIES: usize = 3;

/// What seals the log, and where checkpoints are kept besides.
#[derive(Debug, Clone)]
pub struct SealSettings {
    /// The file of the key.
    pub key_file: PathBuf,
    /// A file that checkpoints are appended to.
    pub anchor_file: Option<PathBuf>,
    /// A witness.
    pub witness: Option<WitnessSettings>,
    /// How often a checkpoint is kept there.
    pub anchor_every: TimeDelta,
}

/// A witness and its public key.
#[derive(Debug, Clone)]
pub struct WitnessSettings {
    /// Where.
    pub url: String,
    /// The key it signs with.
    pub key: audit::Witness,
}

impl SealSettings {
    /// The key in the data folder, and nothing besides.
    pub fn in_folder(data_dir: &Path) -> Self {
        Self {
            key_file: data_dir.join(audit::KEY_FILE),
            anchor_file: None,
            witness: None,
            anchor_every: TimeDelta::seconds(ANCHOR_EVERY),
        }
    }

    /// Reads the settings.
    pub fn from_settings(data_dir: &Path) -> Result<Self, SettingError> {
        let wrong = |name, why| SettingError::Sealing { name, why };
        let mut settings = Self::in_folder(data_dir);
        if let Some(path) = ambient::setting(SEAL_KEY) {
            settings.key_file = path.into();
        }
        settings.anchor_file = ambient::setting(ANCHOR_FILE).map(Into::into);
        if let Some(text) = ambient::setting(ANCHOR_SECONDS) {
            let seconds = text.parse().ok().filter(|seconds| (1..=86_400).contains(seconds));
            let seconds = seconds.ok_or(wrong(ANCHOR_SECONDS, "has to be a number from 1 to 86400"))?;
            settings.anchor_every = TimeDelta::seconds(seconds);
        }
        settings.witness = match (ambient::setting(WITNESS_URL), ambient::setting(WITNESS_KEY)) {
            (None, None) => None,
            (Some(url), Some(key)) => {
                let key = key
                    .parse()
                    .map_err(|_| wrong(WITNESS_KEY, "is no key of a witness (C2SP cosignature)"))?;
                Some(WitnessSettings { url, key })
            }
            (Some(_), None) => return Err(wrong(WITNESS_KEY, "is needed beside the witness's address")),
            (None, Some(_)) => return Err(wrong(WITNESS_URL, "is needed beside the witness's key")),
        };
        Ok(settings)
    }
}

/// What runs.
#[derive(Debug)]
pub(crate) struct Sealing {
    tasks: Vec<JoinHandle<()>>,
}

impl Sealing {
    pub fn stop(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Seals from now on, and keeps checkpoints where the settings say.
pub(crate) fn start(sealer: Sealer, log: &Log, config: &Config) -> Result<Sealing, StartError> {
    let (made, heard) = watch::channel(None);
    let mut tasks = vec![tokio::spawn(sealer.run(made))];
    let settings = &config.sealing;
    if let Some(path) = settings.anchor_file.clone() {
        tasks.push(tokio::spawn(keep_in_file(path, heard.clone(), settings.anchor_every)));
    }
    if let Some(WitnessSettings { url, key }) = settings.witness.clone() {
        let witnessing =
            Witnessing { log: log.clone(), witness: Witness::at(&url)?, key, clock: config.clock.clone() };
        tasks.push(tokio::spawn(witnessing.run(heard, settings.anchor_every)));
    }
    Ok(Sealing { tasks })
}

/// The latest checkpoint, once there is another one.
async fn next(heard: &mut watch::Receiver<Option<Checkpoint>>) -> Option<Checkpoint> {
    heard.changed().await.ok()?;
    heard.borrow_and_update().clone()
}

async fn rest(every: TimeDelta) {
    // The world outside does not follow a test's clock.
    Clock::system().sleep(every).await;
}

async fn keep_in_file(path: PathBuf, mut heard: watch::Receiver<Option<Checkpoint>>, every: TimeDelta) {
    while let Some(checkpoint) = next(&mut heard).await {
        let path = path.clone();
        let kept = tokio::task::spawn_blocking(move || append(&path, &checkpoint.note)).await;
        if let Err(error) = kept.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
            tracing::error!(%error, "a checkpoint could not be kept in the anchor file");
        }
        rest(every).await;
    }
}

fn append(path: &Path, note: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(format!("{note}\n").as_bytes())?;
    file.sync_all()
}

/// What has checkpoints signed by a witness.
struct Witnessing {
    log: Log,
    witness: Witness,
    key: audit::Witness,
    clock: Clock,
}

impl Witnessing {
    async fn run(self, mut heard: watch::Receiver<Option<Checkpoint>>, every: TimeDelta) {
        while let Some(checkpoint) = next(&mut heard).await {
            match self.have_signed(&checkpoint).await {
                Ok(()) => {}
                Err(why) => tracing::error!(%why, size = checkpoint.size, "a checkpoint has no witness"),
            }
            rest(every).await;
        }
    }

    async fn have_signed(&self, checkpoint: &Checkpoint) -> Result<(), String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let known = latest_checkpoint(&self.log, true).await.map_err(|error| text(&error))?;
        let mut old = known.map_or(0, |known| known.size);
        for _ in 0..WITNESS_TRIES {
            let proof = match old {
                0 => vec![],
                old => {
                    let proof = prove_consistency(&self.log, old, checkpoint.size).await;
                    proof.map_err(|error| text(&error))?.path
                }
            };
            let said = self.witness.add(old, &proof, &checkpoint.note).await.map_err(|error| text(&error))?;
            match said {
                Witnessed::Signed(lines) => {
                    let signed = self.key.accept(checkpoint, &lines).map_err(|error| text(&error))?;
                    let kept = keep_cosigned(&self.log, &signed, &self.clock).await;
                    return kept.map_err(|error| text(&error));
                }
                Witnessed::KnowsUpTo(size) => old = size,
                Witnessed::Refused(status) => {
                    return Err(format!("the witness refuses with status {status}"));
                }
            }
        }
        Err("the witness keeps knowing another size".to_owned())
    }
}
