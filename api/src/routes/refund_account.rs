//! Where a deposit goes back to, as a request names it.

use domain::{
    Sealed,
    id::{CustomerId, Id},
};
use gateways::Bank;
use serde::Deserialize;
use serde_json::json;
use store::vault::Vault;
use utoipa::ToSchema;

use crate::{
    input::{AccountHolder, AccountNumber, BankCode, only_objects},
    problem::{Kind, Problem},
};

/// A bank account of the buyer's. It is kept sealed, and opened for the gateway alone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schema(example = json!({"bank": "088", "number": "110-123-456789", "holder": "홍길동"}))]
pub struct RefundAccount {
    /// The bank's three digits, for example `004` 국민, `020` 우리, `081` 하나, `088` 신한.
    #[schema(inline)]
    bank: BankCode,
    /// The account's number; dashes do not count.
    #[schema(inline)]
    number: AccountNumber,
    /// Whose it is, as the bank writes it.
    #[schema(inline)]
    holder: AccountHolder,
}

only_objects!(RefundAccount);

impl RefundAccount {
    /// Seals an account, if one is named, for the buyer it belongs to.
    pub async fn seal(
        named: Option<&Self>,
        vault: &Vault,
        buyer: CustomerId,
    ) -> Result<Option<Sealed>, Problem> {
        let Some(account) = named else { return Ok(None) };
        let bank = Bank::of_code(&account.bank.0).ok_or_else(|| {
            let known: Vec<&str> = Bank::all().map(Bank::code).collect();
            Problem::new(Kind::UnknownBank, format!("no bank has the code {}", account.bank.0))
                .with("banks", known)
        })?;
        let plain = json!({ "bank": bank.code(), "number": account.number.0, "holder": account.holder.0 });
        Ok(Some(vault.seal(buyer.uuid(), &plain.to_string()).await?))
    }
}
