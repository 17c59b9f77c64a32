//! `escrow sandbox`

use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, say};
use crate::{Config, GatewayAccounts, config::SandboxPorts, sandboxed};

/// Serves the sandbox alone until a signal, and says how to reach it.
pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    std::fs::create_dir_all(&config.data_dir)?;
    let ports = SandboxPorts::from_settings()?;
    let (running, accounts) = sandboxed::start(&config.data_dir, ports, config.clock.clone()).await?;
    say::line("the sandbox is ready; these settings make a server pay through it:")?;
    for (name, value) in settings(&accounts) {
        say::line(format!("{name}={value}"))?;
    }
    say::line(format!("control plane: {}", running.control_url()))?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    running.stop().await;
    Ok(())
}

/// What a server, or another client, is set to. The secrets are the sandbox's own and open nothing else.
fn settings(accounts: &GatewayAccounts) -> Vec<(&'static str, String)> {
    let mut all = vec![];
    if let Some(account) = &accounts.portone_v1 {
        all.extend([
            ("ESCROW_PORTONE_V1_BASE_URL", account.base_url.clone()),
            ("ESCROW_PORTONE_V1_CODE", account.code.clone()),
            ("ESCROW_PORTONE_V1_KEY", account.key.expose().to_owned()),
            ("ESCROW_PORTONE_V1_SECRET", account.secret.expose().to_owned()),
            ("ESCROW_PORTONE_V1_CHANNELS", account.channels.join(",")),
            ("ESCROW_PORTONE_V1_LIVE", account.live.to_string()),
        ]);
    }
    if let Some(account) = &accounts.portone_v2 {
        let hooks: Vec<&str> = account.webhook_secrets.iter().map(gateways::Secret::expose).collect();
        all.extend([
            ("ESCROW_PORTONE_V2_URL", account.base_url.clone()),
            ("ESCROW_PORTONE_V2_API_SECRET", account.api_secret.expose().to_owned()),
            ("ESCROW_PORTONE_V2_WEBHOOK_SECRETS", hooks.join(",")),
            ("ESCROW_PORTONE_V2_STORE_ID", account.store_id.clone()),
            ("ESCROW_PORTONE_V2_CHANNELS", account.channels.join(",")),
            ("ESCROW_PORTONE_V2_LIVE", account.live.to_string()),
        ]);
    }
    if let Some(account) = &accounts.nicepay {
        all.extend([
            ("ESCROW_NICEPAY_BASE_URL", account.base_url.clone()),
            ("ESCROW_NICEPAY_CLIENT_KEY", account.client_key.clone()),
            ("ESCROW_NICEPAY_SECRET_KEY", account.secret_key.expose().to_owned()),
            ("ESCROW_NICEPAY_LIVE", account.live.to_string()),
        ]);
    }
    if let Some(account) = &accounts.toss {
        all.extend([
            ("ESCROW_TOSS_BASE_URL", account.base_url.clone()),
            ("ESCROW_TOSS_CLIENT_KEY", account.client_key.clone()),
            ("ESCROW_TOSS_SECRET_KEY", account.secret_key.expose().to_owned()),
            ("ESCROW_TOSS_MERCHANT_IDS", account.merchant_ids.join(",")),
            ("ESCROW_TOSS_LIVE", account.live.to_string()),
        ]);
    }
    all
}
