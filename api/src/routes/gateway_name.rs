//! Gateways by the names they have in addresses: `portone-v1`, `portone-v2`, `nicepay`, `toss`.

use domain::payment::Gateway;

use crate::problem::{Kind, Problem};

const ALL: [Gateway; 4] = [Gateway::PortoneV1, Gateway::PortoneV2, Gateway::Nicepay, Gateway::Toss];

/// The name in an address.
pub fn path_name(gateway: Gateway) -> String {
    gateway.name().replace('_', "-")
}

/// The gateway of that name.
pub fn gateway_named(name: &str) -> Result<Gateway, Problem> {
    let named = ALL.into_iter().find(|gateway| path_name(*gateway) == name);
    named.ok_or_else(|| Problem::plain(Kind::UnknownGateway))
}
