//! The PGs behind the gateways: who really holds the money, and whose rules count.

/// A PG.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pg {
    /// KG Inicis.
    KgInicis,
    /// NHN KCP.
    NhnKcp,
    /// Kiwoompay, formerly Payjoa (Daou).
    Kiwoompay,
    /// Smartro.
    Smartro,
    /// `NicePay`.
    Nicepay,
    /// Toss Payments.
    TossPayments,
    /// None of these, or not known: only what holds for all of them is relied on.
    Unknown,
}

impl Pg {
    /// The PG behind `PortOne` V1's `pg_provider`.
    pub fn of_portone_v1(provider: &str) -> Self {
        match provider {
            "html5_inicis" | "inicis" => Self::KgInicis,
            "kcp" => Self::NhnKcp,
            "daou" => Self::Kiwoompay,
            "smartro_v2" | "smartro" => Self::Smartro,
            "nice_v2" | "nice" => Self::Nicepay,
            "tosspayments" => Self::TossPayments,
            _ => Self::Unknown,
        }
    }

    /// The PG behind `PortOne` V2's `pgProvider`.
    pub fn of_portone_v2(provider: &str) -> Self {
        match provider {
            "INICIS_V2" | "HTML5_INICIS" => Self::KgInicis,
            "KCP_V2" | "KCP" => Self::NhnKcp,
            "DAOU" => Self::Kiwoompay,
            "SMARTRO_V2" | "SMARTRO" => Self::Smartro,
            "NICE_V2" | "NICE" => Self::Nicepay,
            "TOSSPAYMENTS" => Self::TossPayments,
            _ => Self::Unknown,
        }
    }
}
