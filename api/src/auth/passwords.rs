//! Passwords, hashed with argon2id on threads of their own.
//!
//! A hash is slow on purpose, so only a few run at once and only so many wait: a flood of log-ins is turned away
//! before it starves everything else.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::problem::{Kind, Problem};

const AT_ONCE: usize = 2;
const WAITING: usize = 64;

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    running: Semaphore,
    admitted: Semaphore,
    /// The hash of no password: checked where there is no account, so that both take the same time.
    nobody: String,
}

impl Passwords {
    /// Ready to hash.
    pub fn new() -> Result<Self, Problem> {
        let nobody = hash(&ambient::fresh_id().to_string()).ok_or_else(fault)?;
        let (running, admitted) = (Semaphore::new(AT_ONCE), Semaphore::new(AT_ONCE + WAITING));
        Ok(Self(Arc::new(Inner { running, admitted, nobody })))
    }

    /// The hash of a password, in PHC form.
    pub async fn hash(&self, password: &str) -> Result<String, Problem> {
        let password = password.to_owned();
        self.run(move || hash(&password)).await?.ok_or_else(fault)
    }

    /// Whether a password is the one of a hash; no hash takes as long and is never right.
    pub async fn check(&self, password: &str, hash: Option<&str>) -> Result<bool, Problem> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.0.nobody).to_owned();
        let password = password.to_owned();
        let right = self.run(move || {
            PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        Ok(right.await? && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let _admitted = self.0.admitted.try_acquire().map_err(|_| Problem::plain(Kind::Overloaded))?;
        let _turn = self.0.running.acquire().await.map_err(|_| fault())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| fault())
    }
}

fn hash(password: &str) -> Option<String> {
    Argon2::default().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

fn fault() -> Problem {
    tracing::error!("a password could not be hashed");
    Problem::plain(Kind::Fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("escrow-demo").await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(passwords.check("escrow-demo", Some(&hash)).await.unwrap());
        assert!(!passwords.check("escrow-dem", Some(&hash)).await.unwrap());
        assert!(!passwords.check("escrow-demo", None).await.unwrap());
    }
}
