//! A witness of the log's checkpoints, as `c2sp.org/tlog-witness` has them: it signs a checkpoint if that continues the
//! last one it signed, so nobody can show two histories to two people.

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{StatusCode, Url};

use crate::{
    ConfigError,
    config::{address, wrong},
    http::{Http, TimeLimits},
};

/// One witness.
#[derive(Debug, Clone)]
pub struct Witness {
    add_checkpoint: Url,
    http: Http,
}

/// What a witness said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Witnessed {
    /// Lines of signatures; one of them should be its own.
    Signed(String),
    /// It knows the log up to this size, and wants a proof from there on.
    KnowsUpTo(i64),
    /// It signs nothing: the proof, the log's key or the checkpoint is not to its liking.
    Refused(u16),
}

/// A witness that gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the witness gave no answer that can be used")]
pub struct NoWitness;

impl Witness {
    /// The witness at an address; `/add-checkpoint` is added to it.
    pub fn at(url: &str) -> Result<Self, ConfigError> {
        let add_checkpoint = address(&format!("{}/add-checkpoint", url.trim_end_matches('/')));
        let add_checkpoint = add_checkpoint.ok_or(wrong("ESCROW_WITNESS_URL", "is no http address"))?;
        let http = Http::of_service("witness", &add_checkpoint, TimeLimits::default())?;
        Ok(Self { add_checkpoint, http })
    }

    /// Shows it a checkpoint, with the proof that it continues the tree of `old` events.
    pub async fn add(&self, old: i64, proof: &[[u8; 32]], note: &str) -> Result<Witnessed, NoWitness> {
        let mut body = format!("old {old}\n");
        for hash in proof {
            body.push_str(&STANDARD.encode(hash));
            body.push('\n');
        }
        body.push('\n');
        body.push_str(note);
        let request = self.http.client().post(self.add_checkpoint.clone()).body(body);
        let reply = self.http.change(request).await.map_err(|_| NoWitness)?;
        let text = || String::from_utf8(reply.body.to_vec()).map_err(|_| NoWitness);
        match reply.status {
            StatusCode::OK => text().map(Witnessed::Signed),
            StatusCode::CONFLICT => text()?.trim().parse().map(Witnessed::KnowsUpTo).map_err(|_| NoWitness),
            status if status.is_client_error() => Ok(Witnessed::Refused(status.as_u16())),
            _ => Err(NoWitness),
        }
    }
}
