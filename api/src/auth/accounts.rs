//! Opening accounts, so that a crash in the middle leaves nothing in the way.
//!
//! The credential comes first and holds the e-mail; the customer's stream follows, by a command whose id follows
//! from the customer's. A sign-up that is repeated with the same password finds its credential and completes what
//! is missing; with another password it is somebody else's attempt and the e-mail is taken.

use commands::{ChangeProfile, Commands, Context, Executed, GrantRole, Policy, RegisterCustomer, Registered};
use domain::{
    Sealed,
    customer::{Customer, Role},
    id::{CustomerId, Id},
};
use serde_json::json;
use store::vault::{Credential, Registration, Vault};
use uuid::Uuid;

use super::Passwords;
use crate::{
    input::{EmailAddress, NewPassword},
    problem::{Kind, Problem},
};

/// The namespace of sign-ups' command ids (UUID v5).
const SIGN_UPS: Uuid = Uuid::from_u128(0x8b0f_6a2e_57c1_4d39_a1d4_2f7c_90e3_1b58);

/// Opens accounts and lets people in. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    /// Takes the commands.
    pub commands: Commands,
    /// Keeps the credentials.
    pub vault: Vault,
    /// Hashes.
    pub passwords: Passwords,
    /// The contract of new sellers.
    pub policy: Policy,
}

/// An account to be.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Where to reach them; what they log in with.
    pub email: EmailAddress,
    /// What they prove it with.
    pub password: NewPassword,
    /// Their unique name; the e-mail where they have none.
    pub username: Option<String>,
    /// Who they are.
    pub person: Person,
    /// What they may do.
    pub roles: Vec<Role>,
}

/// Who somebody is, apart from what they log in with.
#[derive(Debug, Clone)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// Where to call them.
    pub phone: String,
}

/// An account that is open.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    /// Whose.
    pub customer_id: CustomerId,
    /// From where on it is visible.
    pub position: i64,
}

impl Accounts {
    /// Opens an account.
    pub async fn open(&self, account: NewAccount) -> Result<Opened, Problem> {
        let credential = Credential {
            customer_id: CustomerId::from_uuid(ambient::fresh_id()),
            email: account.email.0.clone(),
            username: account.username.clone().unwrap_or_else(|| account.email.0.clone()),
            password_hash: self.passwords.hash(&account.password.0).await?,
        };
        let credential = match self.vault.register(&credential).await? {
            Registration::Created => credential,
            Registration::UsernameTaken => return Err(Problem::plain(Kind::UsernameTaken)),
            Registration::EmailTaken(theirs) => self.unfinished(theirs, &account.password).await?,
        };
        self.register(&credential, account).await
    }

    /// The customer of an e-mail, if the account is open.
    pub async fn registered(&self, email: &str) -> Result<Option<CustomerId>, Problem> {
        let Some(credential) = self.vault.find_by_email(email).await? else { return Ok(None) };
        let (customer, _) = self.commands.load::<Customer>(credential.customer_id).await?;
        Ok((customer != Customer::Absent).then_some(credential.customer_id))
    }

    /// The customer whose e-mail and password these are.
    pub async fn enter(&self, email: &str, password: &str) -> Result<(CustomerId, Vec<Role>), Problem> {
        let wrong = || Problem::plain(Kind::WrongCredentials);
        let credential = self.vault.find_by_email(email).await?;
        let hash = credential.as_ref().map(|credential| credential.password_hash.as_str());
        if !self.passwords.check(password, hash).await? {
            return Err(wrong());
        }
        let customer_id = credential.ok_or_else(wrong)?.customer_id;
        match self.commands.load::<Customer>(customer_id).await?.0 {
            Customer::Absent => Err(wrong()),
            Customer::Registered(customer) => Ok((customer_id, customer.roles)),
        }
    }

    /// Says anew who somebody is.
    pub async fn describe(
        &self,
        context: &Context,
        customer_id: CustomerId,
        person: &Person,
    ) -> Result<Executed<Registered>, Problem> {
        let credential = self.vault.credential(customer_id).await?;
        let credential = credential.ok_or_else(|| Problem::plain(Kind::UnknownCustomer))?;
        let profile = self.sealed(&credential, person).await?;
        Ok(self.commands.dispatch(context, ChangeProfile { customer_id, profile }).await?)
    }

    /// Lets the account of an e-mail do more.
    pub async fn grant(&self, email: &str, role: Role) -> Result<CustomerId, Problem> {
        let credential = self.vault.find_by_email(email).await?;
        let customer_id = credential.ok_or_else(|| Problem::plain(Kind::UnknownCustomer))?.customer_id;
        let command = GrantRole { customer_id, role, commission: self.policy.commission };
        self.commands.dispatch(&Context::fresh("system:grant"), command).await?;
        Ok(customer_id)
    }

    async fn unfinished(&self, theirs: Credential, password: &NewPassword) -> Result<Credential, Problem> {
        let taken = || Problem::plain(Kind::EmailTaken);
        let (customer, _) = self.commands.load::<Customer>(theirs.customer_id).await?;
        if customer != Customer::Absent {
            return Err(taken());
        }
        let is_same = self.passwords.check(&password.0, Some(&theirs.password_hash)).await?;
        if is_same { Ok(theirs) } else { Err(taken()) }
    }

    async fn register(&self, credential: &Credential, account: NewAccount) -> Result<Opened, Problem> {
        let customer_id = credential.customer_id;
        let profile = self.sealed(credential, &account.person).await?;
        let command_id = Uuid::new_v5(&SIGN_UPS, customer_id.uuid().as_bytes());
        let context = Context { command_id, ..Context::fresh(customer_id.to_string()) };
        let command = RegisterCustomer {
            customer_id,
            profile,
            roles: account.roles,
            commission: self.policy.commission,
        };
        let executed = self.commands.dispatch(&context, command).await?;
        Ok(Opened { customer_id, position: executed.position })
    }

    async fn sealed(&self, credential: &Credential, person: &Person) -> Result<Sealed, Problem> {
        let profile = json!({
            "username": credential.username,
            "email": credential.email,
            "name": person.name,
            "phone": person.phone,
        });
        Ok(self.vault.seal(credential.customer_id.uuid(), &profile.to_string()).await?)
    }
}
