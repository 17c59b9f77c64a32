//! Where a deposit goes back to. A virtual account is a way in only: most gateways want to be told an account of the
//! buyer's, and a refund that a person asks for without one is refused before anything happens.

use super::{Captured, Payment, PaymentRefusal, RefundState};
use crate::Sealed;

/// What gateways' connectors call a payment by virtual account.
pub const VIRTUAL_ACCOUNT: &str = "virtual_account";

impl Captured {
    /// Whether it was deposited into a virtual account; `None` where nobody wrote down how it was paid.
    pub fn is_deposit(&self) -> Option<bool> {
        self.method.as_deref().map(|method| method == VIRTUAL_ACCOUNT)
    }
}

impl Payment {
    /// Whether the gateway gives the money back only to an account that it is told.
    pub fn wants_refund_account(&self) -> Result<bool, PaymentRefusal> {
        let is_deposit = self.captured()?.is_deposit() == Some(true);
        Ok(is_deposit && self.attempt()?.gateway.wants_account_for_deposits())
    }

    /// Checks what a person who asks for a refund says of the account: named where one is wanted, and only for a
    /// deposit. A refused refund keeps the account it was asked with.
    pub fn check_refund_account(&self, named: Option<&Sealed>) -> Result<(), PaymentRefusal> {
        let captured = self.captured()?;
        if named.is_some() {
            let is_taken = captured.is_deposit() != Some(false);
            return if is_taken { Ok(()) } else { Err(PaymentRefusal::RefundAccountNotTaken) };
        }
        let mut failed = captured.refunds.values().filter(|refund| refund.state == RefundState::Failed);
        if self.wants_refund_account()? && !failed.any(|refund| refund.account.is_some()) {
            return Err(PaymentRefusal::RefundAccountMissing { gateway: self.attempt()?.gateway });
        }
        Ok(())
    }
}
