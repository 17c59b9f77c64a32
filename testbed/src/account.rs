//! Who runs the servers: we ourselves, or, where we are root, an account of less power.

use std::{
    fs,
    os::unix::{fs::MetadataExt, fs::chown, process::CommandExt},
    path::Path,
    process::Command,
};

use crate::error::TestbedError;

/// The account a server runs as.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Account {
    /// Our own.
    Ours,
    /// Another; we are root.
    Other { user: u32, group: u32 },
}

impl Account {
    /// Our own account, or, where we are root, the first of `names` this machine knows, or `nobody`.
    pub(crate) fn for_server(names: &[&str]) -> Result<Self, TestbedError> {
        if !we_are_root()? {
            return Ok(Self::Ours);
        }
        let known =
            fs::read_to_string("/etc/passwd").map_err(TestbedError::machine("reading the accounts"))?;
        names.iter().chain(&["nobody"]).find_map(|name| find(&known, name)).ok_or_else(|| {
            TestbedError::Failed {
                program: "finding an account".into(),
                output: format!("none of {names:?}"),
            }
        })
    }

    /// A command that will run as this account, in `directory`.
    pub(crate) fn command(self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(directory).env("LC_ALL", "C").env("TZ", "UTC");
        if let Self::Other { user, group } = self {
            command.uid(user).gid(group).env("HOME", directory);
        }
        command
    }

    /// Gives a directory to this account.
    pub(crate) fn give(self, directory: &Path) -> Result<(), TestbedError> {
        match self {
            Self::Ours => Ok(()),
            Self::Other { user, group } => {
                chown(directory, Some(user), Some(group)).map_err(TestbedError::at("giving away", directory))
            }
        }
    }
}

/// Whether this process may do everything.
pub(crate) fn we_are_root() -> Result<bool, TestbedError> {
    Ok(our_user()? == 0)
}

/// The number of our account: that of a file we make.
pub(crate) fn our_user() -> Result<u32, TestbedError> {
    let probe = tempfile::tempfile().map_err(TestbedError::machine("making a file"))?;
    Ok(probe.metadata().map_err(TestbedError::machine("reading a file's owner"))?.uid())
}

fn find(known: &str, name: &str) -> Option<Account> {
    let line = known.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    let user = fields.next()?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    Some(Account::Other { user, group })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let known = "root:x:0:0::/:/bin/sh\npostgres-old:x:9:9::/:/bin/sh\npostgres:x:70:71::/:/bin/sh\n";
        let found = find(known, "postgres");
        assert!(matches!(found, Some(Account::Other { user: 70, group: 71 })), "{found:?}");
        assert!(find(known, "mysql").is_none());
    }
}
