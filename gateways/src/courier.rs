//! Couriers and their codes. `PortOne`'s V1 and V2 name the same couriers differently; the names beside the codes in
//! its two SDKs say which is which. A courier that one side has no code for is `ETC` there, which is also what V1
//! makes of a code it does not know. V1's `KGB` is one courier in its escrow table and another in its `NaverPay`
//! table, so nothing is concluded from it.

/// A courier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Courier(usize);

/// V2's code, and V1's for the same courier.
const TABLE: [(&str, &str); 30] = [
    ("ETC", "ETC"),
    ("LOTTE", "HYUNDAI"),
    ("LOGEN", "LOGEN"),
    ("DONGWON", "ETC"),
    ("POST", "EPOST"),
    ("CJ", "CJGLS"),
    ("HANJIN", "HANJIN"),
    ("DAESIN", "DAESIN"),
    ("ILYANG", "ILYANG"),
    ("KYUNGDONG", "KDEXP"),
    ("CHUNIL", "CHUNIL"),
    ("POST_REGISTERED", "REGISTPOST"),
    ("GS", "ETC"),
    ("WOORI", "ETC"),
    ("HAPDONG", "HDEXP"),
    ("FEDEX", "FEDEX"),
    ("UPS", "UPS"),
    ("GSM_NTON", "GSMNTON"),
    ("SUNGWON", "SWGEXP"),
    ("LX_PANTOS", "PANTOS"),
    ("ACI", "ACIEXPRESS"),
    ("CJ_INTL", "KOREXG"),
    ("USPS", "USPS"),
    ("EMS", "EMS"),
    ("DHL", "DHL"),
    ("KGL", "ETC"),
    ("GOODSTOLUCK", "ETC"),
    ("KUNYOUNG", "KUNYOUNG"),
    ("SLX", "SLX"),
    ("SF", "SFEXPRESS"),
];

/// A second code of V1's for a courier of V2's: `대한통운` before it was CJ's.
const OLDER_V1: [(&str, &str); 1] = [("KOREX", "CJ")];

impl Courier {
    /// None of the others.
    pub const OTHER: Self = Self(0);

    /// By V2's code; an unknown one is [`Courier::OTHER`].
    pub fn from_portone_v2(code: &str) -> Self {
        TABLE.iter().position(|(v2, _)| *v2 == code).map_or(Self::OTHER, Self)
    }

    /// By V1's code; an unknown one is [`Courier::OTHER`].
    pub fn from_portone_v1(code: &str) -> Self {
        if let Some((_, v2)) = OLDER_V1.iter().find(|(v1, _)| *v1 == code) {
            return Self::from_portone_v2(v2);
        }
        TABLE.iter().position(|(_, v1)| *v1 == code).map_or(Self::OTHER, Self)
    }

    /// V2's code.
    pub fn portone_v2(self) -> &'static str {
        TABLE.get(self.0).map_or("ETC", |(v2, _)| v2)
    }

    /// V1's code.
    pub fn portone_v1(self) -> &'static str {
        TABLE.get(self.0).map_or("ETC", |(_, v1)| v1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_courier_has_both_codes() {
        for (v2, v1) in [("LOTTE", "HYUNDAI"), ("CJ", "CJGLS"), ("POST", "EPOST"), ("KYUNGDONG", "KDEXP")] {
            assert_eq!(Courier::from_portone_v2(v2).portone_v1(), v1);
            assert_eq!(Courier::from_portone_v1(v1).portone_v2(), v2);
        }
        assert_eq!(Courier::from_portone_v1("KOREX").portone_v2(), "CJ");
    }

    #[test]
    fn what_has_no_code_on_the_other_side_is_etc() {
        for unknown in ["KGB", "YELLOWCAP", "SAGAWA", "", "DRONE"] {
            assert_eq!(Courier::from_portone_v1(unknown), Courier::OTHER, "{unknown}");
        }
        for only_v2 in ["DONGWON", "GS", "WOORI", "KGL", "GOODSTOLUCK"] {
            assert_eq!(Courier::from_portone_v2(only_v2).portone_v1(), "ETC");
            assert_eq!(Courier::from_portone_v2(only_v2).portone_v2(), only_v2);
        }
    }

    #[test]
    fn every_code_of_v2_stays_itself() {
        for (v2, _) in TABLE {
            assert_eq!(Courier::from_portone_v2(v2).portone_v2(), v2);
        }
    }
}
