//! The console: that its types are those of the OpenAPI document, that its committed build is what a fresh build makes,
//! and its journeys in a real browser against the real program.
//!
//! `web/dist` is committed so that nobody needs Node to have the console; here is what keeps it honest.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    error::TaskError,
    root,
    step::{self, Outcome, built, cargo, succeed},
};

const LOCK: &str = "package-lock.json";
const TYPES: &str = "src/api/schema.d.ts";
const DIST: &str = "dist";
/// Permissive licences, and those of tools that are not shipped.
const LICENCES: [&str; 9] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "0BSD",
    "(MIT OR CC0-1.0)",
    "(MIT AND Zlib)",
    "Python-2.0",
];
/// Weak copyleft, for tests only: nothing of it is in the build.
const ONLY_FOR_TESTS: [&str; 1] = ["node_modules/axe-core"];
/// Rebuilds what is committed; said wherever it is stale.
const REMEDY: &str = "run `cargo xtask web-build` and commit what it makes";

/// Everything about the console.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    let npm = packages()?;
    licences()?;
    is_current(&npm)?;
    let chromium = testbed::find_chromium().map_err(|error| TaskError::Lacking(error.to_string()))?;
    // With the whole workspace's features, as the tests before it: nothing is built twice.
    cargo(&["build", "--workspace", "--bin", "escrow"])?;
    run(&npm, "test", &[("ESCROW_BIN", built("escrow")?), ("CHROMIUM", chromium)])
}

/// Makes types and build anew, to be committed.
pub(crate) fn build() -> Result<Outcome, TaskError> {
    let npm = packages()?;
    run(&npm, "types", &[])?;
    run(&npm, "check", &[])?;
    run(&npm, "build", &[])
}

/// Renders every page into `docs/console`.
pub(crate) fn screenshots() -> Result<Outcome, TaskError> {
    let npm = packages()?;
    let chromium = testbed::find_chromium().map_err(|error| TaskError::Lacking(error.to_string()))?;
    cargo(&["build", "--package", "api", "--bin", "escrow"])?;
    run(&npm, "screenshots", &[("ESCROW_BIN", built("escrow")?), ("CHROMIUM", chromium)])
}

/// The console's packages as its lock file pins them; gives npm.
pub(crate) fn packages() -> Result<PathBuf, TaskError> {
    let npm = testbed::find_npm().map_err(|error| TaskError::Lacking(error.to_string()))?;
    let complete = folder().join("node_modules/.complete");
    let wanted =
        fs::read_to_string(folder().join(LOCK)).map_err(TaskError::machine("reading the lock file"))?;
    if fs::read_to_string(&complete).is_ok_and(|held| held == wanted) {
        return Ok(npm);
    }
    // No package of ours needs to run anything to be installed.
    let flags =
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error", "--fetch-retries", "1"];
    step::install(Command::new(&npm).args(flags).current_dir(folder()))?;
    // Written last: a folder without it is one whose installation was cut off.
    fs::write(complete, wanted).map_err(TaskError::machine("marking the packages complete"))?;
    Ok(npm)
}

/// What the console is made of may be given to anybody.
fn licences() -> Result<(), TaskError> {
    let lock = fs::read(folder().join(LOCK)).map_err(TaskError::machine("reading the lock file"))?;
    let lock: Value = serde_json::from_slice(&lock).unwrap_or_default();
    let packages = lock["packages"].as_object().into_iter().flatten().filter(|(name, _)| !name.is_empty());
    let is_fine = |name: &str, package: &Value| {
        ONLY_FOR_TESTS.contains(&name) || LICENCES.contains(&package["license"].as_str().unwrap_or_default())
    };
    let others = packages.filter(|(name, package)| !is_fine(name, package));
    let others: Vec<String> =
        others.map(|(name, package)| format!("{name}: {}", package["license"])).collect();
    if others.is_empty() {
        return Ok(());
    }
    let what = format!("web/package-lock.json brings licences that nobody decided on: {}", others.join(", "));
    Err(TaskError::Stale { what, remedy: "use another package, or allow it in xtask/src/web.rs" })
}

/// Makes types and build anew, compares them with what was there, and leaves that as it was.
fn is_current(npm: &Path) -> Result<(), TaskError> {
    let types = folder().join(TYPES);
    let committed = fs::read(&types).map_err(TaskError::machine("reading the console's types"))?;
    let made =
        run(npm, "types", &[]).and_then(|_| fs::read(&types).map_err(TaskError::machine("reading them")));
    fs::write(&types, &committed).map_err(TaskError::machine("putting the types back"))?;
    if made? != committed {
        return Err(stale("web/src/api/schema.d.ts is not what docs/openapi.json says"));
    }
    run(npm, "check", &[])?;
    let fresh = tempfile::tempdir().map_err(TaskError::machine("making a folder for the build"))?;
    let out = fresh.path().to_string_lossy().into_owned();
    let mut vite = script(npm, "build");
    succeed(vite.args(["--", "--outDir", &out, "--logLevel", "warn"]))?;
    let differing =
        differing(&folder().join(DIST), fresh.path()).map_err(TaskError::machine("comparing builds"))?;
    if differing.is_empty() {
        return Ok(());
    }
    Err(stale(&format!("web/dist is not what its sources make: {}", differing.join(", "))))
}

fn stale(what: &str) -> TaskError {
    TaskError::Stale { what: what.to_owned(), remedy: REMEDY }
}

/// The names of files that are not in both folders, or not with the same bytes.
fn differing(one: &Path, other: &Path) -> io::Result<Vec<String>> {
    let (one, other) = (contents(one)?, contents(other)?);
    let names = one.keys().chain(other.keys()).collect::<std::collections::BTreeSet<_>>();
    Ok(names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect())
}

fn contents(folder: &Path) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
                found.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

fn run(npm: &Path, name: &str, settings: &[(&str, PathBuf)]) -> Result<Outcome, TaskError> {
    let mut command = script(npm, name);
    command.envs(settings.iter().map(|(name, value)| (*name, value)));
    succeed(&mut command)
}

fn script(npm: &Path, name: &str) -> Command {
    let mut command = Command::new(npm);
    command.args(["run", "--silent", name]).current_dir(folder());
    command
}

fn folder() -> PathBuf {
    root().join("web")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_that_differs_is_told_by_its_files() {
        let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        for folder in [&one, &other] {
            fs::create_dir(folder.path().join("assets")).unwrap();
            fs::write(folder.path().join("index.html"), "same").unwrap();
        }
        assert!(differing(one.path(), other.path()).unwrap().is_empty());
        fs::write(one.path().join("assets/old.js"), "1").unwrap();
        fs::write(other.path().join("assets/new.js"), "1").unwrap();
        fs::write(other.path().join("index.html"), "changed").unwrap();
        let expected = ["assets/new.js", "assets/old.js", "index.html"];
        assert_eq!(differing(one.path(), other.path()).unwrap(), expected);
    }
}
