//! Python environments of our own under `target/xtask`: one with schemathesis, one with the vendors' clients.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{error::TaskError, root, step};

/// Its checks decide what is clean, so the version is fixed and raised on purpose.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// The schemathesis program.
pub(crate) fn schemathesis() -> Result<PathBuf, TaskError> {
    let bin = environment("venv", SCHEMATHESIS, |pip| pip.arg(SCHEMATHESIS))?;
    Ok(bin.join("schemathesis"))
}

/// A Python with exactly the packages of a list that names each by its hash.
pub(crate) fn with_packages(name: &str, list: &Path) -> Result<PathBuf, TaskError> {
    let wanted = fs::read_to_string(list).map_err(TaskError::machine("reading the list of packages"))?;
    let bin = environment(name, &wanted, |pip| {
        pip.args(["--require-hashes", "--only-binary", ":all:", "--requirement"]).arg(list)
    })?;
    Ok(bin.join("python"))
}

/// The programs of an environment that holds what `wanted` says; made anew if it holds something else.
fn environment(
    name: &str,
    wanted: &str,
    packages: impl FnOnce(&mut Command) -> &mut Command,
) -> Result<PathBuf, TaskError> {
    let venv = root().join("target/xtask").join(name);
    let (bin, complete) = (venv.join("bin"), venv.join("complete"));
    if fs::read_to_string(&complete).is_ok_and(|held| held == wanted) {
        return Ok(bin);
    }
    let python = testbed::find_python().map_err(|error| TaskError::Lacking(error.to_string()))?;
    step::succeed(Command::new(python).args(["-m", "venv", "--clear"]).arg(&venv))?;
    let mut pip = Command::new(bin.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    step::install(packages(&mut pip))?;
    // Written last: an environment without it is one whose installation was cut off.
    fs::write(&complete, wanted).map_err(TaskError::machine("marking the environment complete"))?;
    Ok(bin)
}
