//! `escrow grant`

use clap::Args;
use domain::customer::Role;

use super::{Failure, say};
use crate::{Config, server::Core};

/// Which account, and what it may do from now on.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// The account's e-mail address.
    #[arg(long)]
    email: String,
    /// What it may do: buyer, seller, operator or auditor.
    #[arg(long, value_parser = role)]
    role: Role,
}

/// Lets the account do more, from its next log-in on.
pub(super) async fn run(config: &Config, wanted: Wanted) -> Result<(), Failure> {
    let core = Core::open(config).await?;
    let accounts = core.accounts(config, core.commands(config).await?)?;
    let granted = accounts.grant(&wanted.email, wanted.role).await;
    let customer = granted.map_err(|problem| Failure::Said(problem.detail().to_owned()))?;
    say::line(format!("{customer} is {} from the next log-in on", wanted.role.name()))
}

fn role(text: &str) -> Result<Role, String> {
    [Role::Buyer, Role::Seller, Role::Operator, Role::Auditor]
        .into_iter()
        .find(|role| role.name() == text)
        .ok_or_else(|| "there are buyer, seller, operator and auditor".to_owned())
}
