//! The sandbox alone: PortOne V2 on 127.0.0.1:9101, the control plane on 127.0.0.1:9100. Ends with Ctrl-C.

use sandbox::{Sandbox, SandboxConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = SandboxConfig {
        portone_v2: "127.0.0.1:9101".parse()?,
        control: "127.0.0.1:9100".parse()?,
        webhook_url: ambient::setting("SANDBOX_WEBHOOK_URL"),
        ..SandboxConfig::default()
    };
    let running = Sandbox::start(config).await?;
    tokio::signal::ctrl_c().await?;
    running.stop().await;
    Ok(())
}
