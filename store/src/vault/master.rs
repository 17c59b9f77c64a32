//! The master key's file.

use std::{
    fs::{self, OpenOptions},
    io::{Error, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use super::{VaultError, cipher::Key};

pub(super) const FILE_NAME: &str = "master.key";

/// Reads the file, or makes it. Two first starts at once agree on one key: the file appears whole, by a hard link
/// that fails where one is there already.
pub(super) fn read_or_create(path: &Path) -> Result<Key, VaultError> {
    match fs::read_to_string(path) {
        Ok(text) => parse(&text),
        Err(error) if error.kind() == ErrorKind::NotFound => create(path),
        Err(error) => Err(error.into()),
    }
}

fn create(path: &Path) -> Result<Key, VaultError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension(format!("draft-{}", ambient::fresh_id().simple()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(Key::fresh()?.to_base64().as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
        Ok(()) | Err(_) => parse(&fs::read_to_string(path)?),
    }
}

fn parse(text: &str) -> Result<Key, VaultError> {
    Key::from_base64(text).ok_or_else(|| {
        VaultError::MasterKey(Error::new(ErrorKind::InvalidData, "it does not hold 32 bytes in base64"))
    })
}
