//! The marketplace's accounts at payment gateways: none, one, or all four at once.

use std::sync::Arc;

use domain::payment::Gateway;
use gateways::{
    ConfigError, CredentialError, Nicepay, PaymentGateway, PortoneV1, PortoneV2, Toss,
    nicepay::NicepayConfig, portone_v1::PortoneV1Config, portone_v2::PortoneV2Config, toss::TossConfig,
};

/// The accounts.
#[derive(Debug, Clone, Default)]
pub struct GatewayAccounts {
    /// At PortOne V1.
    pub portone_v1: Option<PortoneV1Config>,
    /// At PortOne V2.
    pub portone_v2: Option<PortoneV2Config>,
    /// At NicePay.
    pub nicepay: Option<NicepayConfig>,
    /// At Toss Payments.
    pub toss: Option<TossConfig>,
}

/// A gateway of ours.
pub type Account = Arc<dyn PaymentGateway>;

impl GatewayAccounts {
    /// Reads all accounts that settings speak of.
    pub fn from_settings(read: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self {
            portone_v1: PortoneV1Config::from_settings(&read)?,
            portone_v2: PortoneV2Config::from_settings(&read)?,
            nicepay: NicepayConfig::from_settings(&read)?,
            toss: TossConfig::from_settings(&read)?,
        })
    }

    /// The gateways there is an account at.
    pub fn gateways(&self) -> Vec<Gateway> {
        let all = [
            (self.portone_v2.is_some(), Gateway::PortoneV2),
            (self.portone_v1.is_some(), Gateway::PortoneV1),
            (self.nicepay.is_some(), Gateway::Nicepay),
            (self.toss.is_some(), Gateway::Toss),
        ];
        all.into_iter().filter_map(|(there, gateway)| there.then_some(gateway)).collect()
    }

    /// What speaks to them.
    pub fn connect(&self) -> Result<Vec<Account>, ConfigError> {
        let mut accounts: Vec<Account> = vec![];
        if let Some(account) = &self.portone_v1 {
            accounts.push(Arc::new(PortoneV1::new(account)?));
        }
        if let Some(account) = &self.portone_v2 {
            accounts.push(Arc::new(PortoneV2::new(account)?));
        }
        if let Some(account) = &self.nicepay {
            accounts.push(Arc::new(Nicepay::new(account)?));
        }
        if let Some(account) = &self.toss {
            accounts.push(Arc::new(Toss::new(account)?));
        }
        Ok(accounts)
    }
}

/// Refuses credentials that a gateway does not take. A gateway that cannot be asked now is no reason not to start:
/// the others' payments must not wait for it.
pub async fn check(accounts: &[Account]) -> Result<(), CredentialError> {
    let checks =
        accounts.iter().map(|account| async move { (account.gateway(), account.check_credentials().await) });
    for (gateway, checked) in futures::future::join_all(checks).await {
        match checked {
            Ok(()) => {}
            Err(CredentialError::Unavailable(why)) => {
                tracing::warn!(gateway = gateway.name(), why, "the credentials could not be checked");
            }
            Err(wrong @ CredentialError::Wrong { .. }) => return Err(wrong),
        }
    }
    Ok(())
}
