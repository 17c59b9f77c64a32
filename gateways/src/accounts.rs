//! The accounts that the settings name: each provider whose settings are there, with all of them right.

use std::sync::Arc;

use crate::{
    config::ConfigError,
    nicepay::{Nicepay, NicepayConfig},
    port::PaymentGateway,
    portone_v1::{PortoneV1, PortoneV1Config},
    portone_v2::{PortoneV2, PortoneV2Config},
    toss::{Toss, TossConfig},
};

/// An account at each provider of which anything is set; none if nothing is. A provider of which only a part is set
/// is an error that names what is missing.
pub fn configured(
    read: impl Fn(&str) -> Option<String>,
) -> Result<Vec<Arc<dyn PaymentGateway>>, ConfigError> {
    let mut accounts: Vec<Arc<dyn PaymentGateway>> = Vec::new();
    if let Some(account) = PortoneV1Config::from_settings(&read)? {
        accounts.push(Arc::new(PortoneV1::new(&account)?));
    }
    if let Some(account) = PortoneV2Config::from_settings(&read)? {
        accounts.push(Arc::new(PortoneV2::new(&account)?));
    }
    if let Some(account) = NicepayConfig::from_settings(&read)? {
        accounts.push(Arc::new(Nicepay::new(&account)?));
    }
    if let Some(account) = TossConfig::from_settings(&read)? {
        accounts.push(Arc::new(Toss::new(&account)?));
    }
    Ok(accounts)
}

#[cfg(test)]
mod tests {
    use domain::payment::Gateway;

    use super::*;

    const SETTINGS: [(&str, &str); 15] = [
        ("ESCROW_PORTONE_V1_CODE", "imp00000000"),
        ("ESCROW_PORTONE_V1_KEY", "key"),
        ("ESCROW_PORTONE_V1_SECRET", "secret"),
        ("ESCROW_PORTONE_V1_CHANNELS", "html5_inicis.shop, kcp.shop"),
        ("ESCROW_PORTONE_V1_LIVE", "false"),
        ("ESCROW_PORTONE_V2_API_SECRET", "secret"),
        ("ESCROW_PORTONE_V2_WEBHOOK_SECRETS", "whsec_c2VjcmV0LW9uZQ=="),
        ("ESCROW_PORTONE_V2_STORE_ID", "store-1"),
        ("ESCROW_PORTONE_V2_CHANNELS", "channel-1"),
        ("ESCROW_PORTONE_V2_LIVE", "false"),
        ("ESCROW_NICEPAY_CLIENT_KEY", "S2_key"),
        ("ESCROW_NICEPAY_SECRET_KEY", "secret"),
        ("ESCROW_NICEPAY_LIVE", "false"),
        ("ESCROW_TOSS_SECRET_KEY", "test_sk_1"),
        ("ESCROW_TOSS_CLIENT_KEY", "test_ck_1"),
    ];
    const TOSS: [(&str, &str); 2] = [("ESCROW_TOSS_MERCHANT_IDS", "shop"), ("ESCROW_TOSS_LIVE", "false")];

    fn without(missing: &str) -> Result<Vec<Arc<dyn PaymentGateway>>, ConfigError> {
        configured(|name| {
            let all = SETTINGS.iter().chain(&TOSS).filter(|(known, _)| *known != missing);
            all.filter(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()).next()
        })
    }

    #[test]
    fn every_provider_whose_settings_are_there_is_an_account() {
        let all: Vec<_> = without("nothing").unwrap().iter().map(|account| account.gateway()).collect();
        assert_eq!(all, [Gateway::PortoneV1, Gateway::PortoneV2, Gateway::Nicepay, Gateway::Toss]);
        assert!(configured(|_| None).unwrap().is_empty());
    }

    #[test]
    fn every_setting_that_is_missing_is_named() {
        for (name, _) in SETTINGS.iter().chain(&TOSS) {
            let error = without(name).map(|_| ()).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{name}: ")), "{name}: {error}");
        }
    }
}
