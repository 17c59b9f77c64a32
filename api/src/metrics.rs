//! What `GET /metrics` tells. Gateways count by themselves, call by call; everything else is asked for when somebody
//! looks. A database that does not answer within [`PATIENCE`] leaves its gauges out, and says so in
//! `escrow_metrics_missing`: a stale number would be believed.

use std::time::Duration;

use processes::TaskCount;
use prometheus::{Encoder, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder};
use tokio::time::timeout;

use crate::{
    problem::{Kind, Problem},
    services::Services,
};

/// How long a database may take.
const PATIENCE: Duration = Duration::from_secs(1);

impl From<prometheus::Error> for Problem {
    fn from(error: prometheus::Error) -> Self {
        tracing::error!(why = %error, "the metrics");
        Self::plain(Kind::Fault)
    }
}

/// All metrics, in Prometheus' text form.
pub async fn text(services: &Services) -> Result<String, Problem> {
    let registry = Registry::new();
    for gateway in services.processes.gateways().all() {
        registry.register(Box::new(gateway.traffic().clone()))?;
    }
    let missing = one(&registry, "escrow_metrics_missing", "Databases that did not answer in time.")?;
    for is_told in [
        log(services, &registry).await?,
        tasks(services, &registry).await?,
        views(services, &registry).await?,
    ] {
        if !is_told {
            missing.inc();
        }
    }
    let mut text = vec![];
    TextEncoder::new().encode(&registry.gather(), &mut text)?;
    String::from_utf8(text).map_err(|_| Problem::plain(Kind::Fault))
}

async fn log(services: &Services, registry: &Registry) -> Result<bool, Problem> {
    let Ok(Ok(head)) = timeout(PATIENCE, services.log.head()).await else { return Ok(false) };
    one(registry, "escrow_log_head", "The log's last position.")?.set(head.position);
    Ok(true)
}

async fn tasks(services: &Services, registry: &Registry) -> Result<bool, Problem> {
    let queue = services.processes.queue();
    let asked = async { tokio::try_join!(queue.counts(), queue.unprocessed(), queue.checkpoint()) };
    let Ok(Ok((counts, unprocessed, checkpoint))) = timeout(PATIENCE, asked).await else { return Ok(false) };
    let help =
        "Tasks that wait for their time, and those that were begun before and are tried again, by kind.";
    let tasks = many(registry, "escrow_tasks", help, &["kind", "state"])?;
    for TaskCount { kind, retrying, count } in &counts {
        let state = if *retrying { "retrying" } else { "waiting" };
        tasks.with_label_values(&[kind.as_str(), state]).set(*count);
    }
    one(registry, "escrow_inbox_unprocessed", "Webhooks that came in and are not processed.")?
        .set(unprocessed);
    let lag = services.feed.head().saturating_sub(checkpoint).max(0);
    one(registry, "escrow_processes_lag", "Events of the log that have not become tasks yet.")?.set(lag);
    Ok(true)
}

async fn views(services: &Services, registry: &Registry) -> Result<bool, Problem> {
    let asked = async {
        tokio::try_join!(
            projections::status(&services.views),
            projections::payments::in_doubt(&services.views)
        )
    };
    let Ok(Ok((views, in_doubt))) = timeout(PATIENCE, asked).await else { return Ok(false) };
    let help = "Events of the log that a projection has not folded yet.";
    let lag = many(registry, "escrow_projection_lag", help, &["projection"])?;
    let parked =
        many(registry, "escrow_projection_parked", "1 where a projection stands still.", &["projection"])?;
    let head = services.feed.head();
    for view in views {
        let name = [view.projection.as_str()];
        lag.with_label_values(&name).set(head.saturating_sub(view.position).max(0));
        parked.with_label_values(&name).set(i64::from(view.parked_position.is_some()));
    }
    one(registry, "escrow_payments_in_doubt", "Payments with a call that was left without an answer.")?
        .set(in_doubt);
    Ok(true)
}

fn one(registry: &Registry, name: &str, help: &str) -> Result<IntGauge, Problem> {
    let gauge = IntGauge::new(name, help)?;
    registry.register(Box::new(gauge.clone()))?;
    Ok(gauge)
}

fn many(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec, Problem> {
    let gauges = IntGaugeVec::new(Opts::new(name, help), labels)?;
    registry.register(Box::new(gauges.clone()))?;
    Ok(gauges)
}
