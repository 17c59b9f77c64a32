//! Secrets that are files beside the data: made on the first start, readable by their owner only.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Result, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Reads the file, or makes it. Two first starts at once agree on one secret: the file appears whole, by a hard link
/// that fails where one is there already.
pub(crate) fn read_or_create(path: &Path, fresh: impl FnOnce() -> Result<String>) -> Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => create(path, &fresh()?),
        read => read,
    }
}

fn create(path: &Path, secret: &str) -> Result<String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension(format!("draft-{}", ambient::fresh_id().simple()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(secret.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => fs::read_to_string(path),
    }
}
