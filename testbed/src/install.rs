//! Where the programs are; and, where they are not and we may, their installation.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{account, error::TestbedError, place};

/// Where Debian asks whether an installed service may start: ours must not, we only want its programs.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// A program and the package that brings it.
struct Program {
    name: &'static str,
    package: &'static str,
    find: fn() -> Option<PathBuf>,
}

/// The directory of PostgreSQL's server programs, the newest version there is; installed if need be.
pub fn find_postgres() -> Result<PathBuf, TestbedError> {
    ensure(&Program { name: "PostgreSQL", package: "postgresql", find: newest_postgres })
}

/// MariaDB's server program; installed if need be.
pub fn find_mariadb() -> Result<PathBuf, TestbedError> {
    ensure(&Program { name: "MariaDB", package: "mariadb-server", find: || on_path(&["mariadbd"]) })
}

/// A Chromium or Chrome; installed if need be.
pub fn find_chromium() -> Result<PathBuf, TestbedError> {
    let names = || on_path(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]);
    ensure(&Program { name: "Chromium", package: "chromium", find: names })
}

/// npm, which brings node; installed if need be.
pub fn find_npm() -> Result<PathBuf, TestbedError> {
    ensure(&Program { name: "npm", package: "npm", find: || on_path(&["npm"]) })
}

/// A Python that can make environments; installed if need be.
pub fn find_python() -> Result<PathBuf, TestbedError> {
    ensure(&Program { name: "Python with venv", package: "python3-venv", find: python_with_venv })
}

fn python_with_venv() -> Option<PathBuf> {
    let python = on_path(&["python3"])?;
    let mut import = Command::new(&python);
    import.args(["-c", "import venv, ensurepip"]).stdout(Stdio::null()).stderr(Stdio::null());
    import.status().is_ok_and(|status| status.success()).then_some(python)
}

fn newest_postgres() -> Option<PathBuf> {
    let version = |bin: &PathBuf| bin.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file() && bin.join("postgres").is_file())
        .max_by_key(version)
        .or_else(|| Some(on_path(&["postgres"])?.parent()?.to_path_buf()))
}

/// The first of `names` in the places for programs, those for system programs too, which few accounts have in PATH.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = ambient::setting("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from);
    let places: Vec<PathBuf> = std::env::split_paths(&path).chain(system).collect();
    names.iter().flat_map(|name| places.iter().map(move |place| place.join(name))).find(|file| file.is_file())
}

fn ensure(program: &Program) -> Result<PathBuf, TestbedError> {
    if let Some(found) = (program.find)() {
        return Ok(found);
    }
    let missing = |reason| TestbedError::Missing { program: program.name, package: program.package, reason };
    if !account::we_are_root()? {
        return Err(missing("only root can install it from here".into()));
    }
    let Some(apt) = on_path(&["apt-get"]) else {
        return Err(missing("this machine has no apt-get".into()));
    };
    let _one_at_a_time = place::lock("install")?;
    if let Some(found) = (program.find)() {
        return Ok(found);
    }
    install(&apt, program.package).map_err(|error| missing(error.to_string()))?;
    (program.find)()
        .ok_or_else(|| missing("it was installed, but its program is not where it should be".into()))
}

fn install(apt: &Path, package: &str) -> Result<(), TestbedError> {
    place::run(quiet(apt, &["update"]))?;
    let policy = Path::new(POLICY);
    let ours = !policy.exists();
    if ours {
        fs::write(policy, "#!/bin/sh\nexit 101\n").map_err(TestbedError::at("writing", policy))?;
        fs::set_permissions(policy, fs::Permissions::from_mode(0o755))
            .map_err(TestbedError::at("opening", policy))?;
    }
    let installed = place::run(quiet(apt, &["install", "-y", "--no-install-recommends", package]));
    if ours {
        fs::remove_file(policy).map_err(TestbedError::at("removing", policy))?;
    }
    installed.map(drop)
}

fn quiet(apt: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(apt);
    command
        .args(["-q", "-o", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    command
}
