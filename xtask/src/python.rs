//! A Python environment of our own in `target/xtask/venv`, with schemathesis in it.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{error::TaskError, root, step};

/// Its checks decide what is clean, so the version is fixed and raised on purpose.
const PACKAGE: &str = "schemathesis==4.32.5";

/// The schemathesis program; `None` where there is no python3 that can make an environment.
pub(crate) fn schemathesis() -> Result<Option<PathBuf>, TaskError> {
    let venv = root().join("target/xtask/venv");
    let (program, complete) = (venv.join("bin/schemathesis"), venv.join(PACKAGE));
    if program.is_file() && complete.is_file() {
        return Ok(Some(program));
    }
    if !python_can_make_one() {
        return Ok(None);
    }
    step::succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    let mut pip = Command::new(venv.join("bin/python"));
    step::succeed(pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]))?;
    // Written last: an environment without it is one whose installation was cut off.
    fs::write(&complete, "").map_err(TaskError::machine("marking the environment complete"))?;
    Ok(Some(program))
}

fn python_can_make_one() -> bool {
    Command::new("python3")
        .args(["-c", "import venv, ensurepip"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
