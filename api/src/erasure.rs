//! Forgetting a person: the key, the credentials, the clear text in the read models, and the bytes they leave in files.
//!
//! The log is not touched, so every hash and every proof holds as before; what it has of the person opens no more.
//! Each step can be done twice, and the receipt is written last: whoever is interrupted asks again.

use ambient::Clock;
use domain::{
    Aggregate,
    customer::Customer,
    id::{CustomerId, Id},
};
use projections::{Views, users};
use store::{
    Log,
    audit::{SealKey, hex},
    erasures::{self, Erasure},
    history::NoPast,
    vault::Vault,
};

use crate::problem::{Kind, Problem};

/// What the receipt begins with.
const FORMAT: &str = "escrow/erasure/v1";

/// Everything that has to forget.
pub(crate) struct Forgetting<'a> {
    pub log: &'a Log,
    pub vault: &'a Vault,
    pub views: &'a Views,
    pub key: &'a SealKey,
    pub clock: &'a Clock,
}

impl Forgetting<'_> {
    /// Forgets a customer, or shows the receipt of who was forgotten before.
    pub async fn forget(&self, customer: CustomerId, actor: &str) -> Result<Erasure, Problem> {
        if let Some(erasure) = erasures::find(self.log, customer.uuid()).await.map_err(NoPast::from)? {
            return Ok(erasure);
        }
        let name = customer.to_string();
        let known = self.log.feed().raw_stream(Customer::TYPE, &name, 0, 1).await?;
        if known.is_empty() {
            return Err(Problem::plain(Kind::UnknownCustomer));
        }
        self.vault.forget(customer.uuid()).await?;
        users::forget(self.views, customer).await?;
        self.views.purge().await?;
        erasures::purge(self.log).await.map_err(NoPast::from)?;
        let erasure = self.receipt(customer, actor).await?;
        erasures::keep(self.log, &erasure).await.map_err(NoPast::from)?;
        // Who was faster has written the receipt that counts.
        let kept = erasures::find(self.log, customer.uuid()).await.map_err(NoPast::from)?;
        Ok(kept.unwrap_or(erasure))
    }

    async fn receipt(&self, customer: CustomerId, actor: &str) -> Result<Erasure, Problem> {
        let (head, forgotten_at) = (self.log.head().await.map_err(NoPast::from)?, self.clock.now());
        let at = forgotten_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        let text = format!(
            "{FORMAT}\n{}\ncustomer {customer}\nforgotten {at}\nby {actor}\nhead {} {}\n",
            self.key.origin(),
            head.position,
            hex::text(&head.hash)
        );
        let receipt = self.key.sign_text(&text).map_err(|error| {
            tracing::error!(%error, "a receipt cannot be signed");
            Problem::plain(Kind::Fault)
        })?;
        Ok(Erasure { subject: customer.uuid(), forgotten_at, actor: actor.to_owned(), receipt })
    }
}
