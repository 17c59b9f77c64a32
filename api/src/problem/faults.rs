//! What went wrong on our side. It is logged here, once, and the caller is told only that it happened.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use processes::{NoSuchGateway, QueueError, SyncError};
use projections::ViewsError;
use store::{Fault, FeedError, vault::VaultError};

use super::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Overloaded => Self::plain(Kind::Overloaded),
            Fault::KeyReused => Self::plain(Kind::KeyReused),
            Fault::Unavailable(why) => {
                tracing::error!(%why, "the log does not answer");
                Self::plain(Kind::Unavailable)
            }
            Fault::Unreadable(_) | Fault::Stale { .. } | Fault::Refused(_) => {
                tracing::error!(why = %fault, "a command broke down");
                Self::plain(Kind::Fault)
            }
        }
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unavailable(why) => {
                tracing::error!(%why, "the vault does not answer");
                Self::plain(Kind::Unavailable)
            }
            VaultError::Forgotten => Self::plain(Kind::UnknownCustomer),
            VaultError::MasterKey(_) | VaultError::NotOurs | VaultError::UnknownDatabase => {
                tracing::error!(why = %error, "the vault");
                Self::plain(Kind::Fault)
            }
        }
    }
}

impl From<ViewsError> for Problem {
    fn from(error: ViewsError) -> Self {
        tracing::error!(why = %error, "the views");
        match error {
            ViewsError::Database(_) => Self::plain(Kind::Unavailable),
            ViewsError::UnknownScheme(_)
            | ViewsError::Migrate(_)
            | ViewsError::Log(_)
            | ViewsError::Vault(_)
            | ViewsError::Fenced { .. }
            | ViewsError::Parked { .. }
            | ViewsError::Different { .. }
            | ViewsError::NoWayBack(_) => Self::plain(Kind::Fault),
        }
    }
}

impl From<FeedError> for Problem {
    fn from(error: FeedError) -> Self {
        tracing::error!(why = %error, "the log");
        match error {
            FeedError::Unavailable(_) => Self::plain(Kind::Unavailable),
            FeedError::Unreadable { .. } => Self::plain(Kind::Fault),
        }
    }
}

impl From<NoSuchGateway> for Problem {
    fn from(missing: NoSuchGateway) -> Self {
        Self::new(Kind::UnknownGateway, missing.to_string())
    }
}

impl From<QueueError> for Problem {
    fn from(error: QueueError) -> Self {
        tracing::error!(why = %error, "the processes' database");
        match error {
            QueueError::Database(_) => Self::plain(Kind::Unavailable),
            QueueError::Address | QueueError::Migrate(_) | QueueError::Unreadable { .. } => {
                Self::plain(Kind::Fault)
            }
        }
    }
}

impl From<SyncError> for Problem {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::UnknownPayment => Self::plain(Kind::UnknownPayment),
            SyncError::Gateway(missing) => missing.into(),
            SyncError::Refused(refusal) => refusal.into(),
            SyncError::Fault(fault) => fault.into(),
            SyncError::Lookup(why) => {
                tracing::error!(%why, "the gateway");
                Self::plain(Kind::Unavailable)
            }
        }
    }
}

/// The answer where a handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the panic handler's own form")]
pub fn on_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let why = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    tracing::error!(why, "a handler panicked");
    Problem::plain(Kind::Fault).into_response()
}
