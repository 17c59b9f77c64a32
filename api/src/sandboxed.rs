//! The sandbox that stands in for the gateways: started alongside, with secrets and ports of its own that are kept in
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
use gateways::{
    Secret, TimeLimits, nicepay::NicepayConfig, portone_v1::PortoneV1Config, portone_v2::PortoneV2Config,
    toss::TossConfig,
};
use sandbox::{Running, Sandbox, SandboxConfig, Secrets};
use serde::{Deserialize, Serialize};

use crate::{config::SandboxPorts, gateway_accounts::GatewayAccounts, hex::hex, server::StartError};

const FILE_NAME: &str = "sandbox.json";
/// How PortOne V1 names the sandbox's only PG: `provider.merchant id`.
const V1_CHANNEL: &str = "html5_inicis.SandboxTest";
/// Our id at the sandbox's Toss Payments.
const TOSS_MERCHANT: &str = "escrowsandbox";

/// What is kept between starts.
#[derive(Serialize, Deserialize)]
struct Kept {
    keys: Keys,
    ports: Option<Ports>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Keys {
    portone_v1_key: String,
    portone_v1_secret: String,
    portone_v2_secret: String,
    portone_v2_webhook_secret: String,
    nicepay_client_key: String,
    nicepay_secret_key: String,
    toss_client_key: String,
    toss_secret_key: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Ports {
    portone_v1: SocketAddr,
    portone_v2: SocketAddr,
    nicepay: SocketAddr,
    toss: SocketAddr,
    control: SocketAddr,
}

/// Starts the sandbox, and says how to reach it.
pub async fn start(
    data_dir: &Path,
    ports: SandboxPorts,
    clock: Clock,
) -> Result<(Running, GatewayAccounts), StartError> {
    let path = data_dir.join(FILE_NAME);
    let mut kept = read(&path)?;
    let running = run(&kept, ports, clock).await?;
    kept.ports = Some(Ports {
        portone_v1: running.portone_v1,
        portone_v2: running.portone_v2,
        nicepay: running.nicepay,
        toss: running.toss,
        control: running.control,
    });
    write(&path, &kept)?;
    let accounts = kept.keys.accounts(&running);
    Ok((running, accounts))
}

/// Tries the ports of the last start, or those asked for; then free ones, if they will do.
async fn run(kept: &Kept, wanted: SandboxPorts, clock: Clock) -> Result<Running, StartError> {
    let with = |ports: Ports| SandboxConfig {
        portone_v1: ports.portone_v1,
        portone_v2: ports.portone_v2,
        nicepay: ports.nicepay,
        toss: ports.toss,
        control: ports.control,
        secrets: kept.keys.secrets(),
        // Ids follow from the seed: a restarted sandbox must not repeat them.
        seed: ambient::random_bytes().map_or(0, u64::from_be_bytes),
        clock: clock.clone(),
        ..SandboxConfig::default()
    };
    let first = kept.ports.filter(|_| wanted.or_free).unwrap_or(Ports::of(wanted));
    match Sandbox::start(with(first)).await {
        Err(sandbox::StartError::Listen { .. }) if wanted.or_free => {
            Ok(Sandbox::start(with(Ports::of(SandboxPorts::FREE))).await?)
        }
        started => Ok(started?),
    }
}

impl Ports {
    const fn of(wanted: SandboxPorts) -> Self {
        let SandboxPorts { portone_v1, portone_v2, nicepay, toss, control, or_free: _ } = wanted;
        Self { portone_v1, portone_v2, nicepay, toss, control }
    }
}

impl Keys {
    fn fresh() -> Result<Self, StartError> {
        let secret = || Ok::<_, StartError>(hex(&ambient::random_bytes::<24>()?));
        Ok(Self {
            portone_v1_key: secret()?,
            portone_v1_secret: secret()?,
            portone_v2_secret: secret()?,
            portone_v2_webhook_secret: format!("whsec_{}", STANDARD.encode(ambient::random_bytes::<32>()?)),
            nicepay_client_key: format!("S2_{}", secret()?),
            nicepay_secret_key: secret()?,
            toss_client_key: format!("test_ck_{}", secret()?),
            toss_secret_key: format!("test_sk_{}", secret()?),
        })
    }

    fn secrets(&self) -> Secrets {
        let keys = self.clone();
        Secrets {
            api_secret: keys.portone_v2_secret,
            webhook: vec![keys.portone_v2_webhook_secret],
            imp_key: keys.portone_v1_key,
            imp_secret: keys.portone_v1_secret,
            nicepay_client_key: keys.nicepay_client_key,
            nicepay_secret_key: keys.nicepay_secret_key,
            toss_client_key: keys.toss_client_key,
            toss_secret_key: keys.toss_secret_key,
            ..Secrets::default()
        }
    }

    fn accounts(self, running: &Running) -> GatewayAccounts {
        let config = SandboxConfig::default();
        GatewayAccounts {
            portone_v1: Some(PortoneV1Config {
                base_url: running.portone_v1_url(),
                code: config.secrets.imp_code,
                key: Secret::new(self.portone_v1_key),
                secret: Secret::new(self.portone_v1_secret),
                tier: None,
                channels: vec![V1_CHANNEL.to_owned()],
                escrow_channel: None,
                live: false,
                sdk_url: format!("{}/v1/iamport.js", running.portone_v1_url()),
                pay_page: Some(running.portone_v1_url()),
                limits: TimeLimits::default(),
            }),
            portone_v2: Some(PortoneV2Config {
                base_url: running.portone_v2_url(),
                api_secret: Secret::new(self.portone_v2_secret),
                webhook_secrets: vec![Secret::new(self.portone_v2_webhook_secret)],
                store_id: config.store_id,
                channels: config.channels.into_iter().map(|channel| channel.key).collect(),
                escrow_channel: None,
                live: false,
                sdk_url: format!("{}/v2/browser-sdk.js", running.portone_v2_url()),
                pay_page: Some(running.portone_v2_url()),
                limits: TimeLimits::default(),
            }),
            nicepay: Some(NicepayConfig {
                base_url: running.nicepay_url(),
                client_key: self.nicepay_client_key,
                secret_key: Secret::new(self.nicepay_secret_key),
                live: false,
                sdk_url: format!("{}/v1/js/", running.nicepay_url()),
                pay_page: Some(running.nicepay_url()),
                limits: NicepayConfig::LIMITS,
            }),
            toss: Some(TossConfig {
                base_url: running.toss_url(),
                client_key: self.toss_client_key,
                secret_key: Secret::new(self.toss_secret_key),
                merchant_ids: vec![TOSS_MERCHANT.to_owned()],
                live: false,
                sdk_url: format!("{}/v2/standard", running.toss_url()),
                pay_page: Some(running.toss_url()),
                limits: TimeLimits::default(),
            }),
        }
    }
}

/// What is kept; what an older program kept is made anew.
fn read(path: &Path) -> Result<Kept, StartError> {
    let fresh = || Ok(Kept { keys: Keys::fresh()?, ports: None });
    match fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).or_else(|_| fresh()),
        Err(error) if error.kind() == ErrorKind::NotFound => fresh(),
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
