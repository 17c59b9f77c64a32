//! The master key's file.

use std::{
    io::{Error, ErrorKind},
    path::Path,
};

use super::{VaultError, cipher::Key};
use crate::secret_file;

pub(super) const FILE_NAME: &str = "master.key";

/// Reads the file, or makes it.
pub(super) fn read_or_create(path: &Path) -> Result<Key, VaultError> {
    let fresh = || Key::fresh().map(|key| key.to_base64()).map_err(Error::other);
    let text = secret_file::read_or_create(path, fresh)?;
    Key::from_base64(&text).ok_or_else(|| {
        VaultError::MasterKey(Error::new(ErrorKind::InvalidData, "it does not hold 32 bytes in base64"))
    })
}
