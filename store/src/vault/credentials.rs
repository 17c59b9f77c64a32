//! Who may log in: e-mail, username and the password's argon2id hash, by customer.

use domain::id::{CustomerId, Id};

use super::{Vault, VaultError};

/// One customer's way in.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// Whose.
    pub customer_id: CustomerId,
    /// In lower case; unique.
    pub email: String,
    /// Unique.
    pub username: String,
    /// An argon2id hash in PHC form.
    pub password_hash: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credential({})", self.customer_id)
    }
}

/// What became of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    /// The row is new.
    Created,
    /// The e-mail is somebody's already: theirs.
    EmailTaken(Credential),
    /// The username is somebody's already.
    UsernameTaken,
}

impl Vault {
    /// Keeps a credential, unless its e-mail or username is taken.
    pub async fn register(&self, credential: &Credential) -> Result<Registration, VaultError> {
        let credential = Credential { email: credential.email.to_lowercase(), ..credential.clone() };
        if self.0.pool.insert_credential(&credential, self.0.clock.now()).await? {
            return Ok(Registration::Created);
        }
        let taken = self.find_by_email(&credential.email).await?;
        Ok(taken.map_or(Registration::UsernameTaken, Registration::EmailTaken))
    }

    /// The credential of an e-mail address, in any case.
    pub async fn find_by_email(&self, email: &str) -> Result<Option<Credential>, VaultError> {
        let row = self.0.pool.credential_of_email(&email.to_lowercase()).await?;
        Ok(row.map(from_row))
    }

    /// The credential of a customer.
    pub async fn credential(&self, customer: CustomerId) -> Result<Option<Credential>, VaultError> {
        Ok(self.0.pool.credential_of(customer.uuid()).await?.map(from_row))
    }
}

fn from_row(row: (uuid::Uuid, String, String, String)) -> Credential {
    let (customer, email, username, password_hash) = row;
    Credential { customer_id: CustomerId::from_uuid(customer), email, username, password_hash }
}
