//! The gateways this house has an account at.

use std::{collections::BTreeMap, sync::Arc};

use ::gateways::PaymentGateway;
use domain::payment::Gateway;
use thiserror::Error;

/// No account at that gateway is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no account at {} is configured", .0.name())]
pub struct NoSuchGateway(pub Gateway);

/// The configured gateways. Cheap to clone.
#[derive(Clone, Default)]
pub struct Gateways(Arc<BTreeMap<Gateway, Arc<dyn PaymentGateway>>>);

impl Gateways {
    /// These, and no others.
    pub fn new(gateways: impl IntoIterator<Item = Arc<dyn PaymentGateway>>) -> Self {
        Self(Arc::new(gateways.into_iter().map(|gateway| (gateway.gateway(), gateway)).collect()))
    }

    /// The account at `gateway`.
    pub fn get(&self, gateway: Gateway) -> Result<&Arc<dyn PaymentGateway>, NoSuchGateway> {
        self.0.get(&gateway).ok_or(NoSuchGateway(gateway))
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn PaymentGateway>> {
        self.0.values()
    }
}
