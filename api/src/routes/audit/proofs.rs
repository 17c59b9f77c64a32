//! `GET /audit/checkpoint`, `GET /audit/key`, `GET /audit/proof/inclusion`, `GET /audit/proof/consistency`

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use store::audit::{self, Consistency, Inclusion, NoProof, Root};
use utoipa::{IntoParams, ToSchema};

use super::events::AuditEvent;
use crate::{
    answer,
    extract::{Query, Reviewer},
    hex::hex,
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// Which checkpoint.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedCheckpoint {
    /// The latest that a witness has signed as well.
    #[serde(default)]
    cosigned: bool,
}

/// Of which event, in which tree.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedInclusion {
    /// The event's position.
    #[param(minimum = 1)]
    position: i64,
    /// The tree's size; all that is sealed where nothing is said.
    #[param(minimum = 1)]
    size: Option<i64>,
}

/// From which tree to which.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedConsistency {
    /// The earlier tree's size.
    #[param(minimum = 1)]
    from: i64,
    /// The later tree's size.
    #[param(minimum = 1)]
    to: i64,
}

/// The tree over the first events of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct TreeShown {
    /// How many events.
    size: i64,
    /// The root, in hexadecimal.
    root: String,
    /// The signed checkpoint, if the log was sealed at this very size.
    checkpoint: Option<String>,
}

/// That an event is in the tree (RFC 9162, 2.1.3).
#[derive(Debug, Serialize, ToSchema)]
pub struct InclusionShown {
    /// The event as stored.
    event: AuditEvent,
    /// The number of its leaf: its position less one.
    leaf_index: i64,
    /// The tree.
    tree: TreeShown,
    /// The hashes from the leaf up to the root, in hexadecimal.
    path: Vec<String>,
}

/// That one tree continues another (RFC 9162, 2.1.4).
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsistencyShown {
    /// The earlier tree.
    from: TreeShown,
    /// The later tree.
    to: TreeShown,
    /// The hashes of the proof, in hexadecimal.
    path: Vec<String>,
}

/// The latest signed checkpoint: a C2SP signed note with the log's name, its size and the root of its tree.
#[utoipa::path(
    get, path = "/audit/checkpoint", tag = "audit", security(("token" = [])), params(WantedCheckpoint),
    responses((status = OK, description = "The note", body = String, content_type = "text/plain"), QueryProblems),
)]
pub async fn checkpoint(
    State(services): State<Services>,
    _reviewer: Reviewer,
    Query(wanted): Query<WantedCheckpoint>,
) -> Result<Response, Problem> {
    let latest = audit::latest_checkpoint(&services.log, wanted.cosigned).await;
    let latest = latest.map_err(NoProof::from)?.ok_or(NoProof::NothingSealed)?;
    Ok(plain(latest.note))
}

/// The public key of checkpoints. Get it from somebody you trust; this is the server's own word.
#[utoipa::path(
    get, path = "/audit/key", tag = "audit", security(("token" = [])),
    responses((status = OK, description = "The key", body = String, content_type = "text/plain"), QueryProblems),
)]
pub async fn key(State(services): State<Services>, _reviewer: Reviewer) -> Response {
    plain(format!("{}\n", services.seal_key.verifier()))
}

/// Proves that an event is in the log.
#[utoipa::path(
    get, path = "/audit/proof/inclusion", tag = "audit", security(("token" = [])), params(WantedInclusion),
    responses((status = OK, description = "The proof", body = InclusionShown), QueryProblems),
)]
pub async fn inclusion(
    State(services): State<Services>,
    _reviewer: Reviewer,
    Query(wanted): Query<WantedInclusion>,
) -> Result<Response, Problem> {
    let proof = audit::prove_inclusion(&services.log, wanted.position, wanted.size).await?;
    let Inclusion { event, tree, path } = proof;
    let shown = InclusionShown {
        leaf_index: event.position - 1,
        event: event.try_into()?,
        tree: tree.into(),
        path: hexed(&path),
    };
    Ok(answer::json(StatusCode::OK, &shown))
}

/// Proves that the log only grew between two sizes.
#[utoipa::path(
    get, path = "/audit/proof/consistency", tag = "audit", security(("token" = [])), params(WantedConsistency),
    responses((status = OK, description = "The proof", body = ConsistencyShown), QueryProblems),
)]
pub async fn consistency(
    State(services): State<Services>,
    _reviewer: Reviewer,
    Query(wanted): Query<WantedConsistency>,
) -> Result<Response, Problem> {
    let proof = audit::prove_consistency(&services.log, wanted.from, wanted.to).await?;
    let Consistency { from, to, path } = proof;
    let shown = ConsistencyShown { from: from.into(), to: to.into(), path: hexed(&path) };
    Ok(answer::json(StatusCode::OK, &shown))
}

fn plain(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn hexed(path: &[audit::Hash]) -> Vec<String> {
    path.iter().map(|hash| hex(hash)).collect()
}

impl From<Root> for TreeShown {
    fn from(tree: Root) -> Self {
        Self { size: tree.size, root: hex(&tree.root), checkpoint: tree.note }
    }
}

impl From<NoProof> for Problem {
    fn from(error: NoProof) -> Self {
        match error {
            NoProof::NothingSealed => Self::plain(Kind::NotSealed).with("sealed", 0),
            NoProof::Beyond { sealed, .. } => {
                Self::new(Kind::NotSealed, error.to_string()).with("sealed", sealed)
            }
            NoProof::Senseless(why) => Self::new(Kind::InvalidQuery, why),
            NoProof::Altered => {
                tracing::error!("the sealed tree was altered");
                Self::new(Kind::LogBroken, error.to_string())
            }
            NoProof::Unavailable(why) => {
                tracing::error!(%why, "the log does not answer");
                Self::plain(Kind::Unavailable)
            }
        }
    }
}
