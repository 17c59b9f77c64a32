//! What may be forgotten: personal data's keys, and credentials.
//!
//! The log never forgets, so it holds personal data as ciphertext only. Each subject has a key of its own; the
//! keys stand here, in the log's database but outside the log, wrapped by a master key that is a file beside the
//! data and never in the database. Deleting one row of keys makes everything sealed for that subject unreadable
//! in every copy of the log and every backup of it, while hashes and proofs over the log stay valid.

mod cache;
mod cipher;
mod credentials;
mod master;
mod pool;
#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc};

use ambient::Clock;
pub use credentials::{Credential, Registration};
use domain::Sealed;
use thiserror::Error;
use uuid::Uuid;

use self::{cache::KeyCache, cipher::Key, pool::Pool};

/// Why the vault gave no answer.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The database cannot be reached or does not answer.
    #[error("the vault's database: {0}")]
    Unavailable(#[from] sqlx::Error),
    /// The master key file cannot be read or written.
    #[error("the master key file: {0}")]
    MasterKey(#[from] std::io::Error),
    /// A key or text was not sealed under this master key, or was altered.
    #[error("not sealed under this vault's key")]
    NotOurs,
    /// The subject was forgotten; nothing can be sealed for it any more.
    #[error("the subject was forgotten")]
    Forgotten,
    /// The url names no database the vault can live in.
    #[error("the vault lives in postgres:// or sqlite: databases only")]
    UnknownDatabase,
}

/// Seals and opens personal data, and keeps credentials. Cheap to clone.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    pool: Pool,
    master: Key,
    cache: KeyCache,
    clock: Clock,
}

impl Vault {
    /// Starts the vault in the log's database; `Log::open` has made its tables. The master key is the file
    /// `master.key` in `data_dir`, made on the first start. All nodes on one log need the same file.
    pub async fn start(url: &str, data_dir: &Path, clock: Clock) -> Result<Self, VaultError> {
        let master = master::read_or_create(&data_dir.join(master::FILE_NAME))?;
        let pool = Pool::open(url).await?;
        Ok(Self(Arc::new(Inner { pool, master, cache: KeyCache::default(), clock })))
    }

    /// Seals a text for a subject, whose key is made if there is none.
    pub async fn seal(&self, subject: Uuid, plain: &str) -> Result<Sealed, VaultError> {
        let key = match self.key_of(subject).await? {
            Found::Key(key) => key,
            Found::Forgotten => return Err(VaultError::Forgotten),
            Found::Nothing => self.make_key(subject).await?,
        };
        key.seal(subject, plain.as_bytes()).map(Sealed)
    }

    /// Opens what was sealed for a subject; `None` where the subject's key is gone.
    pub async fn open(&self, subject: Uuid, sealed: &Sealed) -> Result<Option<String>, VaultError> {
        match self.key_of(subject).await? {
            Found::Key(key) => {
                let plain = key.unseal(subject, &sealed.0)?;
                String::from_utf8(plain).map(Some).map_err(|_| VaultError::NotOurs)
            }
            Found::Forgotten | Found::Nothing => Ok(None),
        }
    }

    /// Forgets a subject: the key and the credentials go, for good.
    pub async fn forget(&self, subject: Uuid) -> Result<(), VaultError> {
        self.0.pool.forget(subject, self.0.clock.now()).await?;
        self.0.cache.drop_key(subject);
        Ok(())
    }

    async fn key_of(&self, subject: Uuid) -> Result<Found, VaultError> {
        if let Some(key) = self.0.cache.get(subject) {
            return Ok(Found::Key(key));
        }
        match self.0.pool.wrapped_key(subject).await? {
            None => Ok(Found::Nothing),
            Some(None) => Ok(Found::Forgotten),
            Some(Some(wrapped)) => {
                let key = Key::unwrap(&self.0.master, subject, &wrapped)?;
                self.0.cache.put(subject, key.clone());
                Ok(Found::Key(key))
            }
        }
    }

    /// Whoever inserts first has made the key; the loser reads the winner's.
    async fn make_key(&self, subject: Uuid) -> Result<Key, VaultError> {
        let wrapped = Key::fresh()?.wrap(&self.0.master, subject)?;
        self.0.pool.insert_key(subject, &wrapped, self.0.clock.now()).await?;
        match self.key_of(subject).await? {
            Found::Key(key) => Ok(key),
            Found::Forgotten | Found::Nothing => Err(VaultError::Forgotten),
        }
    }
}

enum Found {
    Key(Key),
    Forgotten,
    Nothing,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}
