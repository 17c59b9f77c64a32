//! The sandbox as a stage for foreign clients: on free ports, told as one line of JSON on standard output. It ends
//! with its standard input, so that it never outlives who started it.
//!
//! `SANDBOX_CLOCK` (RFC 3339) starts it on a virtual clock that stands still until the control plane moves it:
//! then every document, times and all, follows from what was asked. Without it, time is the machine's.
#![expect(clippy::print_stdout, reason = "whoever starts it reads its addresses there")]

use std::io;

use ambient::{Clock, setting};
use chrono::{DateTime, Utc};
use sandbox::{Sandbox, SandboxConfig, Secrets};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clock = match setting("SANDBOX_CLOCK") {
        Some(start) => Clock::virtual_at(start.parse::<DateTime<Utc>>()?),
        None => Clock::system(),
    };
    let secrets = Secrets {
        // Two of them, as while a shop changes its secret.
        webhook: vec![
            "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0zMi1ieXRlcyE=".into(),
            "whsec_c2FuZGJveC1uZXh0LXdlYmhvb2stc2VjcmV0LTMyLWI=".into(),
        ],
        ..SandboxConfig::default().secrets
    };
    let running = Sandbox::start(SandboxConfig { clock, secrets, ..SandboxConfig::default() }).await?;
    let addresses = json!({
        "portoneV1": running.portone_v1_url(),
        "portoneV2": running.portone_v2_url(),
        "nicepay": running.nicepay_url(),
        "toss": running.toss_url(),
        "control": running.control_url(),
    });
    println!("{addresses}");
    tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())).await??;
    running.stop().await;
    Ok(())
}
