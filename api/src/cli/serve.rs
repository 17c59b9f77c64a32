//! `escrow serve`

use std::{pin::pin, time::Instant};

use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, say};
use crate::{App, Config, seed};

/// Serves until a signal.
pub(super) async fn run(config: Config) -> Result<(), Failure> {
    let since = Instant::now();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let demo_shop = config.demo_shop;
    let mut signalled = pin!(async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    });
    let app = tokio::select! {
        started = App::start(config) => started?,
        () = &mut signalled => return Ok(()),
    };
    welcome(&app, demo_shop, since)?;
    signalled.await;
    app.stop().await;
    Ok(())
}

fn welcome(app: &App, demo_shop: bool, since: Instant) -> Result<(), Failure> {
    let url = app.url();
    say::line(format!("escrow is ready at {url} after {} ms", since.elapsed().as_millis()))?;
    say::line(format!("  console     {url}/"))?;
    say::line(format!("  API page    {url}/docs"))?;
    say::line(format!("  OpenAPI     {url}/openapi.json"))?;
    say::line(format!("  data        {}", app.data_dir().display()))?;
    if let Some(sandbox) = app.sandbox() {
        say::line(format!("  sandbox     {} speaks PortOne V1", sandbox.portone_v1_url()))?;
        say::line(format!("              {} speaks PortOne V2", sandbox.portone_v2_url()))?;
        say::line(format!("              {} speaks NicePay", sandbox.nicepay_url()))?;
        say::line(format!("              {} speaks Toss Payments", sandbox.toss_url()))?;
        say::line(format!("              {} is its control plane", sandbox.control_url()))?;
    }
    if demo_shop {
        say::line(format!("  demo shop   log in with the password {}", seed::PASSWORD))?;
        for (email, _, _, _, role) in seed::ACCOUNTS {
            say::line(format!("              {email:<22} {}", role.name()))?;
        }
    }
    Ok(())
}
