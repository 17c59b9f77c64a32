//! The vendors' clients for Node in `target/xtask/node`, as `conformance/package-lock.json` pins them by their hashes.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{error::TaskError, root, step};

const MANIFEST: &str = "package.json";
const LOCK: &str = "package-lock.json";
/// The suites, beside `node_modules`, so that they find the packages as any program of Node does.
const SUITES: &str = "suites";

/// The folder with the packages and the suites; made anew if it holds other packages.
pub(crate) fn folder() -> Result<PathBuf, TaskError> {
    let (ours, folder) = (root().join("conformance"), root().join("target/xtask/node"));
    let complete = folder.join("complete");
    let wanted = fs::read_to_string(ours.join(LOCK)).map_err(TaskError::machine("reading the lock file"))?;
    if fs::read_to_string(&complete).is_ok_and(|held| held == wanted) {
        return Ok(folder);
    }
    let npm = testbed::find_npm().map_err(|error| TaskError::Lacking(error.to_string()))?;
    prepare(&ours, &folder).map_err(TaskError::machine("making a folder for the packages"))?;
    // No package of ours needs to run anything to be installed.
    let flags =
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error", "--fetch-retries", "1"];
    step::install(Command::new(npm).args(flags).current_dir(&folder))?;
    // Written last: a folder without it is one whose installation was cut off.
    fs::write(&complete, wanted).map_err(TaskError::machine("marking the packages complete"))?;
    Ok(folder)
}

fn prepare(ours: &Path, folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for file in [MANIFEST, LOCK] {
        fs::copy(ours.join(file), folder.join(file))?;
    }
    symlink(ours.join("node"), folder.join(SUITES))
}

/// A suite, to be run in the folder.
pub(crate) fn suite(folder: &Path, file: &str) -> Command {
    let mut node = Command::new("node");
    node.args(["--preserve-symlinks", "--preserve-symlinks-main"]);
    node.arg(format!("{SUITES}/{file}")).current_dir(folder);
    node
}
