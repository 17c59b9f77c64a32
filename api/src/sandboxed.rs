//! The sandbox that stands in for a gateway: started alongside, with secrets and ports of its own that are kept in
//! the data directory, so that a restarted shop goes on with the same addresses.

use std::{
    fs,
    io::{Error, ErrorKind, Write},
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use ambient::Clock;
use base64::{Engine, engine::general_purpose::STANDARD};
use gateways::{Secret, TimeLimits, portone_v2::PortoneV2Config};
use sandbox::{Running, Sandbox, SandboxConfig, Secrets};
use serde::{Deserialize, Serialize};

use crate::{config::SandboxPorts, server::StartError};

const FILE_NAME: &str = "sandbox.json";
const SECRET_BYTES: usize = 32;

/// What is kept between starts.
#[derive(Serialize, Deserialize)]
struct Kept {
    api_secret: String,
    webhook_secret: String,
    portone_v2: Option<SocketAddr>,
    control: Option<SocketAddr>,
}

/// Starts the sandbox, and says how to reach it.
pub async fn start(
    data_dir: &Path,
    ports: SandboxPorts,
    clock: Clock,
) -> Result<(Running, PortoneV2Config), StartError> {
    let path = data_dir.join(FILE_NAME);
    let mut kept = read(&path)?;
    let running = run(&kept, ports, clock).await?;
    (kept.portone_v2, kept.control) = (Some(running.portone_v2), Some(running.control));
    write(&path, &kept)?;
    let config = SandboxConfig::default();
    let account = PortoneV2Config {
        base_url: running.portone_v2_url(),
        api_secret: Secret::new(kept.api_secret),
        webhook_secrets: vec![Secret::new(kept.webhook_secret)],
        store_id: config.store_id,
        channels: config.channels.into_iter().map(|channel| channel.key).collect(),
        escrow_channel: None,
        live: false,
        sdk_url: format!("{}/v2/browser-sdk.js", running.portone_v2_url()),
        pay_page: Some(running.portone_v2_url()),
        limits: TimeLimits::default(),
    };
    Ok((running, account))
}

/// Tries the ports of the last start, or those asked for; then free ones, if they will do.
async fn run(kept: &Kept, ports: SandboxPorts, clock: Clock) -> Result<Running, StartError> {
    let with = |portone_v2, control| SandboxConfig {
        portone_v2,
        control,
        secrets: Secrets { api_secret: kept.api_secret.clone(), webhook: vec![kept.webhook_secret.clone()], ..Secrets::default() },
        // Ids follow from the seed: a restarted sandbox must not repeat them.
        seed: ambient::random_bytes().map_or(0, u64::from_be_bytes),
        clock: clock.clone(),
        ..SandboxConfig::default()
    };
    let (first, second) = match (kept.portone_v2, kept.control) {
        (Some(portone_v2), Some(control)) if ports.or_free => (portone_v2, control),
        (Some(_) | None, Some(_) | None) => (ports.portone_v2, ports.control),
    };
    match Sandbox::start(with(first, second)).await {
        Err(sandbox::StartError::Listen { .. }) if ports.or_free => {
            let free = SandboxPorts::FREE;
            Ok(Sandbox::start(with(free.portone_v2, free.control)).await?)
        }
        started => Ok(started?),
    }
}

fn read(path: &Path) -> Result<Kept, StartError> {
    match fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| StartError::Data(Error::other(error))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Kept {
            api_secret: secret()?,
            webhook_secret: format!("whsec_{}", secret()?),
            portone_v2: None,
            control: None,
        }),
        Err(error) => Err(error.into()),
    }
}

fn write(path: &Path, kept: &Kept) -> Result<(), StartError> {
    let draft = path.with_extension("draft");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(&serde_json::to_vec_pretty(kept).map_err(Error::other)?)?;
    file.sync_all()?;
    Ok(fs::rename(draft, path)?)
}

fn secret() -> Result<String, StartError> {
    Ok(STANDARD.encode(ambient::random_bytes::<SECRET_BYTES>()?))
}
