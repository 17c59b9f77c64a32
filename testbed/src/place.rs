//! Where servers keep their files: a directory per account under the temp directory, with the templates that new
//! servers copy. Two processes may come at once: a file lock lets one make the template and the others wait.

use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    account::{self, Account},
    error::TestbedError,
};

const OUTPUT_KEPT: usize = 2_000;

/// The directory all servers of this account live in; `ESCROW_TESTBED` names another.
pub(crate) fn base() -> Result<PathBuf, TestbedError> {
    let base = match ambient::setting("ESCROW_TESTBED") {
        Some(chosen) => PathBuf::from(chosen),
        None => std::env::temp_dir().join(format!("escrow-testbed-{}", account::our_user()?)),
    };
    make(&base)?;
    // Another account must be able to walk through it, not to write in it.
    fs::set_permissions(&base, fs::Permissions::from_mode(0o755))
        .map_err(TestbedError::at("opening", &base))?;
    Ok(base)
}

/// Holds the lock `name` of this machine until the file is dropped.
pub(crate) fn lock(name: &str) -> Result<File, TestbedError> {
    let path = base()?.join(format!("{name}.lock"));
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(TestbedError::at("opening", &path))?;
    file.lock().map_err(TestbedError::at("locking", &path))?;
    Ok(file)
}

/// A new directory for one server, with a copy of the template `name` in its `data`; `fill` makes the template where
/// there is none yet.
pub(crate) fn from_template(
    name: &str,
    account: Account,
    fill: impl FnOnce(&Path) -> Result<(), TestbedError>,
) -> Result<PathBuf, TestbedError> {
    let base = base()?;
    let template = base.join(name);
    {
        let _held = lock(name)?;
        if !template.exists() {
            let unfinished = base.join(format!("{name}.unfinished"));
            if unfinished.exists() {
                fs::remove_dir_all(&unfinished).map_err(TestbedError::at("removing", &unfinished))?;
            }
            make(&unfinished)?;
            account.give(&unfinished)?;
            fill(&unfinished)?;
            fs::rename(&unfinished, &template).map_err(TestbedError::at("naming", &template))?;
        }
    }
    // The account owns the directory around it too, or it could not remove it at the end.
    let around = base.join(format!("{name}.servers"));
    make(&around)?;
    account.give(&around)?;
    let home = around.join(ambient::fresh_id().simple().to_string());
    make(&home)?;
    account.give(&home)?;
    let mut copy = account.command(Path::new("cp"), &home);
    copy.args(["-R", "-p"]).arg(template.join("data")).arg("data");
    run(copy)?;
    Ok(home)
}

/// Runs a helper program to its end.
pub(crate) fn run(mut command: Command) -> Result<String, TestbedError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(TestbedError::machine(format!("running {program}")))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return Ok(printed.into_owned());
    }
    let both = format!("{printed}{}", String::from_utf8_lossy(&output.stderr));
    Err(TestbedError::Failed { program, output: end_of(&both).to_owned() })
}

/// The last part of a long text.
pub(crate) fn end_of(text: &str) -> &str {
    let mut start = text.len().saturating_sub(OUTPUT_KEPT);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text[start..].trim()
}

fn make(directory: &Path) -> Result<(), TestbedError> {
    fs::create_dir_all(directory).map_err(TestbedError::at("making", directory))
}

/// A text as a file name: what is not a letter, digit or dot becomes a dash.
pub(crate) fn file_name(text: &str) -> String {
    let plain = |sign: char| if sign.is_ascii_alphanumeric() || sign == '.' { sign } else { '-' };
    text.trim().chars().map(plain).collect()
}
