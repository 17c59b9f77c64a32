//! Who may say where a deposit goes back to, and who must.

use domain::{
    Sealed,
    payment::{Payment, PaymentRefusal},
};

use crate::{Caller, Stop, refusal::CallerRefusal};

/// The account is the buyer's to name, or an operator's who was told. A seller who gives a sale up cannot know it:
/// the refund then waits until the buyer has named one.
pub(crate) fn check(caller: Caller, payment: &Payment, named: Option<&Sealed>) -> Result<(), Stop> {
    match (caller, named) {
        (Caller::Seller(_), Some(_)) => Err(CallerRefusal::NotYours.into()),
        (Caller::Seller(_), None) => Ok(()),
        (Caller::Buyer(_) | Caller::Operator(_), named) => match payment.check_refund_account(named) {
            // That nothing was captured is for the refund to say.
            Ok(()) | Err(PaymentRefusal::NothingCaptured) => Ok(()),
            Err(refusal) => Err(refusal.into()),
        },
    }
}
