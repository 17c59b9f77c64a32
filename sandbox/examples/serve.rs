//! The sandbox alone, all protocols on 127.0.0.1: the control plane on port 9100, PortOne V1, PortOne V2, NicePay and
//! Toss Payments on the four after it (`SANDBOX_PORTS=free` takes free ones). Prints where it listens as one line of
//! JSON. `SANDBOX_SHOP` is the shop's base address for webhooks, `SANDBOX_JOURNAL` the file it remembers in,
//! `SANDBOX_CLOCK=virtual` a clock that the control plane moves. Ends with Ctrl-C.

use std::net::{Ipv4Addr, SocketAddr};

use ambient::Clock;
use sandbox::{Sandbox, SandboxConfig, WebhookUrls};

const FIRST_PORT: u16 = 9100;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "who started it reads where it listens")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let free = ambient::setting("SANDBOX_PORTS").is_some_and(|ports| ports == "free");
    let address =
        |place: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, if free { 0 } else { FIRST_PORT + place }));
    let stands_still = ambient::setting("SANDBOX_CLOCK").is_some_and(|clock| clock == "virtual");
    let system = Clock::system();
    let config = SandboxConfig {
        control: address(0),
        portone_v1: address(1),
        portone_v2: address(2),
        nicepay: address(3),
        toss: address(4),
        webhook_urls: ambient::setting("SANDBOX_SHOP")
            .map(|shop| WebhookUrls::of_shop(&shop))
            .unwrap_or_default(),
        journal: ambient::setting("SANDBOX_JOURNAL").map(Into::into),
        clock: if stands_still { Clock::virtual_at(system.now()) } else { system },
        ..SandboxConfig::default()
    };
    let running = Sandbox::start(config).await?;
    let places = serde_json::json!({
        "control": running.control_url(),
        "portone-v1": running.portone_v1_url(),
        "portone-v2": running.portone_v2_url(),
        "nicepay": running.nicepay_url(),
        "toss": running.toss_url(),
    });
    println!("{places}");
    tokio::signal::ctrl_c().await?;
    running.stop().await;
    Ok(())
}
