//! What the tests need beside the toolchain: database servers, a browser, schemathesis, the vendors' clients.

use std::path::PathBuf;

use crate::{conformance, error::TaskError, node, python, step::Outcome, web};

/// Finds or installs them all, so that no test waits for an installation.
pub(crate) fn ensure() -> Result<Outcome, TaskError> {
    println!("PostgreSQL   {}", testbed::find_postgres()?.display());
    println!("MariaDB      {}", testbed::find_mariadb()?.display());
    match testbed::find_chromium() {
        Ok(path) => println!("Chromium     {}", path.display()),
        // The tests of pages say so themselves; the others do not need it.
        Err(error) => println!("Chromium     none: {error}"),
    }
    say("schemathesis", python::schemathesis())?;
    say("node clients", node::folder())?;
    say("console", web::packages())?;
    say("py clients", conformance::python())?;
    Ok(Outcome::Done)
}

/// A task that lacks something says so itself; the others do not need it.
fn say(name: &str, found: Result<PathBuf, TaskError>) -> Result<(), TaskError> {
    match found {
        Ok(path) => println!("{name:<12} {}", path.display()),
        Err(TaskError::Lacking(reason)) => println!("{name:<12} none: {reason}"),
        Err(error) => return Err(error),
    }
    Ok(())
}
