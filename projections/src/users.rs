//! Who has an account?
//!
//! Name, e-mail and phone are sealed in the log and opened here, so this table is the one place besides the vault
//! that holds them in the clear. Forgetting a customer clears the row at once; a rebuild finds no key and no text.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    Fact, Sealed,
    customer::{CustomerEvent, Role},
    id::{CustomerId, Id},
};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::Deserialize;
use store::{Occurrence, vault::VaultError};
use uuid::Uuid;

use crate::{
    bulk::Known,
    checkpoint,
    error::ViewsError,
    projection::{Out, Projection, Target, begun_before, no_row, uuid_of},
    row::{Listed, Stored, row},
    views::{Views, from},
};

row! {
    /// A customer.
    pub struct User in "users" keyed by [user_id] {
        /// The customer, `cus_…`.
        pub user_id: String,
        /// The name shown to others; none once the customer is forgotten.
        pub username: Option<String>,
        /// The argon2id hash; never answered.
        #[serde(skip)]
        pub password: Option<String>,
        /// E-mail address.
        pub email: Option<String>,
        /// The person's name.
        pub name: Option<String>,
        /// Telephone number.
        pub phone: Option<String>,
        /// What the account may do.
        #[sqlx(try_from = "String")]
        #[schema(value_type = Vec<String>)]
        pub roles: Listed<Role>,
        /// When the account was opened.
        pub created_at: DateTime<Utc>,
        /// When something last changed.
        pub updated_at: DateTime<Utc>,
        /// Sequence of the customer's last event.
        pub version: i64,
        /// Position of the last event in this row.
        pub position: i64,
    }
}

/// The profile inside the seal.
#[derive(Debug, Clone, Default, Deserialize)]
struct Profile {
    username: Option<String>,
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
}

/// The touched rows, and what the vault said of the events that need it.
#[derive(Debug, Default)]
pub struct Model {
    rows: BTreeMap<Uuid, User>,
    profiles: HashMap<i64, Result<Profile, String>>,
    passwords: HashMap<Uuid, Option<String>>,
}

impl crate::projection::Model for Model {
    async fn load(&mut self, target: &mut Target<'_>, events: &[Occurrence]) -> Result<(), ViewsError> {
        let known = begun_before(events.iter().filter_map(|event| match &event.fact {
            Fact::Customer(id, _) => Some((*id, event.sequence)),
            Fact::Seller(..)
            | Fact::Product(..)
            | Fact::Order(..)
            | Fact::Payment(..)
            | Fact::Escrow(..)
            | Fact::Claim(..) => None,
        }));
        let rows = target.tx.load::<User>(target.generation, "user_id", &known).await?;
        self.rows = rows.into_iter().map(|row| (uuid_of(&row.user_id), row)).collect();
        for event in events {
            if let Some((customer, profile)) = sealed_in(&event.fact) {
                let opened = match target.vault.open(customer.uuid(), profile).await {
                    Ok(opened) => parse(opened.as_deref()),
                    // The text itself is at fault: no later try opens it.
                    Err(VaultError::NotOurs) => Err(VaultError::NotOurs.to_string()),
                    Err(error) => return Err(error.into()),
                };
                self.profiles.insert(event.position, opened);
                let credential = target.vault.credential(customer).await?;
                let password = credential.map(|credential| credential.password_hash);
                self.passwords.insert(customer.uuid(), password);
            }
        }
        Ok(())
    }

    fn apply(&mut self, event: &Occurrence) -> Result<(), String> {
        let Fact::Customer(id, change) = &event.fact else { return Ok(()) };
        if let CustomerEvent::CustomerRegistered { roles, .. } = change {
            self.rows.insert(id.uuid(), User::registered(*id, roles, event));
        }
        let profile = match change {
            CustomerEvent::CustomerRegistered { .. } | CustomerEvent::ProfileChanged { .. } => {
                Some(self.profiles.remove(&event.position).unwrap_or_else(|| Ok(Profile::default()))?)
            }
            CustomerEvent::RoleGranted { .. } => None,
        };
        let row = self.rows.get_mut(&id.uuid()).ok_or_else(|| no_row(event))?;
        if let Some(Profile { username, email, name, phone }) = profile {
            (row.username, row.email, row.name, row.phone) = (username, email, name, phone);
            row.password = self.passwords.get(&id.uuid()).cloned().flatten();
        }
        if let CustomerEvent::RoleGranted { role } = change {
            row.roles.0.push(*role);
        }
        (row.updated_at, row.version, row.position) = (event.recorded_at, event.sequence, event.position);
        Ok(())
    }

    fn held(&self) -> usize {
        self.rows.len()
    }

    async fn save(self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        out.write(self.rows.into_values().collect(), Known::Replace).await
    }
}

impl User {
    fn registered(id: CustomerId, roles: &[Role], event: &Occurrence) -> Self {
        Self {
            user_id: id.to_string(),
            username: None,
            password: None,
            email: None,
            name: None,
            phone: None,
            roles: Listed(roles.to_vec()),
            created_at: event.recorded_at,
            updated_at: event.recorded_at,
            version: event.sequence,
            position: event.position,
        }
    }
}

fn sealed_in(fact: &Fact) -> Option<(CustomerId, &Sealed)> {
    let Fact::Customer(id, event) = fact else { return None };
    match event {
        CustomerEvent::CustomerRegistered { profile, .. } | CustomerEvent::ProfileChanged { profile } => {
            Some((*id, profile))
        }
        CustomerEvent::RoleGranted { .. } => None,
    }
}

fn parse(opened: Option<&str>) -> Result<Profile, String> {
    let Some(text) = opened else { return Ok(Profile::default()) };
    serde_json::from_str(text).map_err(|error| format!("the sealed profile does not fit: {error}"))
}

/// One customer.
pub async fn find(views: &Views, user: CustomerId) -> Result<Option<User>, ViewsError> {
    views.one(from::<User>().and_where(Expr::col("user_id").eq(user.to_string()))).await
}

/// The customer with an e-mail address, exactly as it was given.
pub async fn by_email(views: &Views, email: &str) -> Result<Option<User>, ViewsError> {
    let found: Vec<User> = views.all(from::<User>().and_where(Expr::col("email").eq(email))).await?;
    Ok(found.into_iter().find(|user| user.email.as_deref() == Some(email)))
}

/// Clears everything personal of a customer whose key was thrown away.
pub async fn forget(views: &Views, user: CustomerId) -> Result<(), ViewsError> {
    let views = views.clone();
    // Not stopped half-way when whoever asked goes away.
    let clearing = tokio::spawn(async move { clear(&views, user).await });
    clearing.await.unwrap_or(Err(ViewsError::Database(sqlx::Error::WorkerCrashed)))
}

async fn clear(views: &Views, user: CustomerId) -> Result<(), ViewsError> {
    let mut tx = views.begin().await?;
    for checkpoint in checkpoint::lock_of(&mut tx, Projection::Users).await? {
        let mut update = Query::update();
        update.table(Alias::new(User::TABLE.generation(checkpoint.generation)));
        for column in ["username", "password", "email", "name", "phone"] {
            update.value(column, Option::<String>::None);
        }
        update.and_where(Expr::col("user_id").eq(user.to_string()));
        tx.execute(&update).await?;
    }
    Ok(tx.commit().await?)
}
