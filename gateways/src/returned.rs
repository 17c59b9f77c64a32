//! What the buyer's browser brings back from a pay window: a claim, until a look-up says the same.

use domain::Money;
use thiserror::Error;

use crate::secret::Secret;

/// Where the browser comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Return {
    /// The window is done: look the payment up.
    Finished {
        /// The payment's id at the gateway.
        id: String,
    },
    /// The buyer agreed, and the gateway waits for our approval.
    ToApprove {
        /// The payment's id at the gateway.
        id: String,
        /// The gateway's transaction.
        transaction_id: String,
        /// The window's leave to approve, where the gateway gives one.
        token: Option<Secret>,
        /// What the buyer agreed to, where the browser says so. Approve only what our own book says.
        amount: Option<Money>,
    },
    /// The buyer gave up, or the window failed. The payment may still be paid: look it up.
    Failed {
        /// The payment's id at the gateway.
        id: String,
        /// The gateway's code.
        code: String,
        /// The gateway's words.
        message: String,
    },
}

/// Why what a browser brought back is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReturnError {
    /// Something that must be there is not, or is there twice.
    #[error("{0} is missing or there twice")]
    Missing(&'static str),
    /// Something cannot be read.
    #[error("{0} cannot be read")]
    Malformed(&'static str),
    /// The gateway's signature does not match.
    #[error("the signature does not match")]
    Forged,
}

/// The pairs of a query or a form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pairs<'p>(pub &'p [(String, String)]);

impl<'p> Pairs<'p> {
    /// The one value under `name`.
    pub fn one(self, name: &'static str) -> Result<&'p str, ReturnError> {
        self.any(name)?.filter(|value| !value.is_empty()).ok_or(ReturnError::Missing(name))
    }

    /// The value under `name`, if there is one.
    pub fn any(self, name: &'static str) -> Result<Option<&'p str>, ReturnError> {
        let mut values = self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            (_, Some(_)) => Err(ReturnError::Missing(name)),
        }
    }
}
