//! The banks that a refund can go to, by the three digits that Korean banks give each other, and what each gateway calls
//! them. Only banks that all four take are here, so that an account that is taken is taken everywhere.

/// A bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bank(&'static Row);

/// Its code, its name, `PortOne` V2's word and Toss Payments' two digits.
#[derive(Debug, PartialEq, Eq)]
struct Row(&'static str, &'static str, &'static str, &'static str);

/// Toss Payments' digits are the last two of the code, but for 국민 (06).
static BANKS: [Row; 26] = [
    Row("002", "한국산업은행", "KDB", "02"),
    Row("003", "기업은행", "IBK", "03"),
    Row("004", "국민은행", "KOOKMIN", "06"),
    Row("007", "수협은행", "SUHYUP", "07"),
    Row("011", "농협은행", "NONGHYUP", "11"),
    Row("012", "단위농협", "LOCAL_NONGHYUP", "12"),
    Row("020", "우리은행", "WOORI", "20"),
    Row("023", "SC제일은행", "STANDARD_CHARTERED", "23"),
    Row("027", "한국씨티은행", "CITI", "27"),
    Row("031", "아이엠뱅크", "DAEGU", "31"),
    Row("032", "부산은행", "BUSAN", "32"),
    Row("034", "광주은행", "KWANGJU", "34"),
    Row("035", "제주은행", "JEJU", "35"),
    Row("037", "전북은행", "JEONBUK", "37"),
    Row("039", "경남은행", "KYONGNAM", "39"),
    Row("045", "새마을금고", "KFCC", "45"),
    Row("048", "신협", "SHINHYUP", "48"),
    Row("050", "저축은행", "SAVINGS_BANK", "50"),
    Row("054", "홍콩상하이은행", "HSBC", "54"),
    Row("064", "산림조합", "NFCF", "64"),
    Row("071", "우체국", "POST", "71"),
    Row("081", "하나은행", "HANA", "81"),
    Row("088", "신한은행", "SHINHAN", "88"),
    Row("089", "케이뱅크", "K_BANK", "89"),
    Row("090", "카카오뱅크", "KAKAO", "90"),
    Row("092", "토스뱅크", "TOSS", "92"),
];

impl Bank {
    /// All of them, by their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        BANKS.iter().map(Self)
    }

    /// The bank of a three-digit code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::all().find(|bank| bank.code() == code)
    }

    /// Its three digits; also what `PortOne` V1 and `NicePay` call it.
    pub const fn code(self) -> &'static str {
        self.0.0
    }

    /// Its name in Korean.
    pub const fn name(self) -> &'static str {
        self.0.1
    }

    /// `PortOne` V2's word for it.
    pub const fn portone_v2(self) -> &'static str {
        self.0.2
    }

    /// Toss Payments' digits for it.
    pub const fn toss(self) -> &'static str {
        self.0.3
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_bank_is_one_bank_at_every_gateway() {
        for words in [Bank::code, Bank::name, Bank::portone_v2, Bank::toss] {
            let all: BTreeSet<&str> = Bank::all().map(words).collect();
            assert_eq!(all.len(), 26);
        }
        assert!(Bank::all().all(|bank| Bank::of_code(bank.code()) == Some(bank)));
    }

    #[test]
    fn a_bank_is_called_what_each_gateway_calls_it() {
        let kookmin = Bank::of_code("004").unwrap();
        assert_eq!((kookmin.name(), kookmin.portone_v2(), kookmin.toss()), ("국민은행", "KOOKMIN", "06"));
        let shinhan = Bank::of_code("088").unwrap();
        assert_eq!((shinhan.name(), shinhan.portone_v2(), shinhan.toss()), ("신한은행", "SHINHAN", "88"));
        for unknown in ["", "04", "4", "999", "KOOKMIN", "0040"] {
            assert_eq!(Bank::of_code(unknown), None, "{unknown}");
        }
    }
}
