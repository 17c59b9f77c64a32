//! What the tests need beside the toolchain: database servers, a browser, schemathesis.

use crate::{error::TaskError, python, step::Outcome};

/// Finds or installs them all, so that no test waits for an installation.
pub(crate) fn ensure() -> Result<Outcome, TaskError> {
    println!("PostgreSQL   {}", testbed::find_postgres()?.display());
    println!("MariaDB      {}", testbed::find_mariadb()?.display());
    match testbed::find_chromium() {
        Ok(path) => println!("Chromium     {}", path.display()),
        // The tests of pages say so themselves; the others do not need it.
        Err(error) => println!("Chromium     none: {error}"),
    }
    match python::schemathesis()? {
        Some(path) => println!("schemathesis {}", path.display()),
        None => println!("schemathesis none: no python3 with venv on this machine"),
    }
    Ok(Outcome::Done)
}
