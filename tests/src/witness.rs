//! A witness of checkpoints, as `c2sp.org/tlog-witness` has it: somebody else's server that signs only what continues
//! what it signed before.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::State, http::StatusCode, routing::post};
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use store::audit::{Checkpoint, Hash, SealVerifier, is_continued};
use tokio::{net::TcpListener, task::JoinHandle};

const NAME: &str = "witness.example";
/// C2SP's number of a dated Ed25519 signature.
const COSIGNATURE: u8 = 4;
/// Seconds since 1970 that it signs under.
const MOMENT: u64 = 1_772_506_800;

/// The witness at work.
#[derive(Debug)]
pub struct TestWitness {
    url: String,
    known: Known,
    serving: JoinHandle<()>,
}

#[derive(Debug, Clone)]
struct Known {
    key: SigningKey,
    /// The log's key; the first note's is believed where none was said.
    log: Arc<Mutex<Option<SealVerifier>>>,
    last: Arc<Mutex<Option<Checkpoint>>>,
}

impl TestWitness {
    /// Listens on a free port.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = SigningKey::from_bytes(&[42; 32]);
        let known = Known { key, log: Arc::default(), last: Arc::default() };
        let router = Router::new().route("/add-checkpoint", post(add)).with_state(known.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, known, serving }
    }

    /// Where.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whose checkpoints it signs.
    pub fn watches(&self, log: &SealVerifier) {
        *self.known.log.lock().unwrap() = Some(log.clone());
    }

    /// Its public key.
    pub fn key(&self) -> String {
        let public = [&[COSIGNATURE], self.known.key.verifying_key().as_bytes().as_slice()].concat();
        format!("{NAME}+{:08x}+{}", u32::from_be_bytes(self.known.id()), STANDARD.encode(public))
    }

    /// The last checkpoint that it signed.
    pub fn last(&self) -> Option<Checkpoint> {
        self.known.last.lock().unwrap().clone()
    }
}

impl Drop for TestWitness {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Known {
    fn id(&self) -> [u8; 4] {
        let digest = Sha256::new_with_prefix(NAME)
            .chain_update(b"\n")
            .chain_update([COSIGNATURE])
            .chain_update(self.key.verifying_key().as_bytes())
            .finalize();
        std::array::from_fn(|index| digest[index])
    }

    fn cosign(&self, note: &str) -> String {
        let text = note.split_inclusive("\n\n").next().unwrap().strip_suffix('\n').unwrap();
        let signature = self.key.sign(format!("cosignature/v1\ntime {MOMENT}\n{text}").as_bytes());
        let line = [&self.id()[..], &MOMENT.to_be_bytes(), &signature.to_bytes()].concat();
        format!("— {NAME} {}\n", STANDARD.encode(line))
    }
}

async fn add(State(known): State<Known>, body: String) -> (StatusCode, String) {
    let (head, note) = body.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    let old: i64 = lines.next().unwrap().strip_prefix("old ").unwrap().parse().unwrap();
    let proof: Vec<Hash> = lines.map(|line| STANDARD.decode(line).unwrap().try_into().unwrap()).collect();
    let log = known.log.lock().unwrap().clone();
    let Some(Ok(checkpoint)) = log.map(|log| log.open(note)) else {
        return (StatusCode::FORBIDDEN, String::new());
    };
    let mut last = known.last.lock().unwrap();
    let size = last.as_ref().map_or(0, |last| last.size);
    if old != size {
        return (StatusCode::CONFLICT, format!("{size}\n"));
    }
    if last.as_ref().is_some_and(|last| !is_continued(&proof, last, &checkpoint)) {
        return (StatusCode::UNPROCESSABLE_ENTITY, String::new());
    }
    *last = Some(checkpoint);
    (StatusCode::OK, known.cosign(note))
}
