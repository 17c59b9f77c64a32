//! `escrow demo`: the whole life of an order, through HTTP, as its buyer, its seller and an auditor live it.

mod client;
mod story;
mod tables;

use clap::Args;

use self::{client::Client, story::Story};
use super::{Failure, say};
use crate::{App, Config};

/// Against which server.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// A running server with the demo shop and the sandbox; one of its own, in a temporary folder, where nothing is
    /// said.
    #[arg(long)]
    url: Option<String>,
}

/// Tells the story.
pub(super) async fn run(wanted: Wanted) -> Result<(), Failure> {
    match wanted.url {
        Some(url) => tell(url.trim_end_matches('/')).await,
        None => with_own_server().await,
    }
}

async fn with_own_server() -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("escrow-demo-{}", ambient::fresh_id().simple()));
    let app = App::start(Config { demo_shop: true, ..Config::in_folder(&folder) }).await?;
    say::line(format!("a server of our own listens at {}", app.url()))?;
    let told = tell(&app.url()).await;
    app.stop().await;
    std::fs::remove_dir_all(folder)?;
    told
}

async fn tell(url: &str) -> Result<(), Failure> {
    Story::begin(Client::new(url)?).await?.tell().await
}
