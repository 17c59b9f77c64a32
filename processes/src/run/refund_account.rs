//! Where a deposit goes back to. The account is opened here, at the last moment, for the one call that needs it.

use domain::{
    id::Id,
    payment::{Attempt, Payment, Refund},
};
use gateways::{Bank, RefundAccount, Secret};
use serde::Deserialize;

use super::Runner;

/// Why a refund waits for the buyer's account.
pub(super) const ACCOUNT_MISSING: &str = "REFUND_ACCOUNT_MISSING";

/// An account as it was sealed.
#[derive(Deserialize)]
struct Sealed {
    bank: String,
    number: String,
    holder: String,
}

impl Runner {
    /// The account that the gateway is told; `Err` says in a code why it cannot be asked.
    pub(super) async fn refund_account(
        &self,
        payment: &Payment,
        (attempt, refund): (&Attempt, &Refund),
    ) -> Result<Result<Option<RefundAccount>, &'static str>, String> {
        let is_wanted = payment.wants_refund_account().unwrap_or(false);
        let opened = match &refund.account {
            Some(sealed) => {
                let opened = self.vault.open(attempt.buyer_id.uuid(), sealed).await;
                opened.map_err(|error| error.to_string())?
            }
            None => None,
        };
        // What was sealed is ours to read; whoever was forgotten has no account here any more.
        let account = opened.and_then(|text| serde_json::from_str::<Sealed>(&text).ok());
        let account = account.and_then(|account| {
            let bank = Bank::of_code(&account.bank)?;
            let (number, holder) = (Secret::new(account.number), Secret::new(account.holder));
            Some(RefundAccount { bank, number, holder, phone: None })
        });
        Ok(if is_wanted && account.is_none() { Err(ACCOUNT_MISSING) } else { Ok(account) })
    }
}
