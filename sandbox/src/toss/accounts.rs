//! Virtual accounts without a window, and the banks.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Problem,
    payments::{at_once, read, won},
};
use crate::{app::App, call::Call, payment::PayMethod, window::Wanted};

/// The longest time that an account waits for its deposit.
const MAX_HOURS: i64 = 2_160;
/// The time it waits if the shop says nothing.
const HOURS: i64 = 168;

/// The banks that can be named, by code, by name and in English.
const BANKS: &[(&str, &str, &str)] = &[
    ("39", "경남", "KYONGNAMBANK"),
    ("34", "광주", "GWANGJUBANK"),
    ("12", "단위농협", "LOCALNONGHYEOP"),
    ("32", "부산", "BUSANBANK"),
    ("45", "새마을", "SAEMAUL"),
    ("64", "산림", "SANLIM"),
    ("88", "신한", "SHINHAN"),
    ("48", "신협", "SHINHYEOP"),
    ("27", "씨티", "CITI"),
    ("20", "우리", "WOORI"),
    ("71", "우체국", "POST"),
    ("50", "저축", "SAVINGBANK"),
    ("37", "전북", "JEONBUKBANK"),
    ("35", "제주", "JEJUBANK"),
    ("90", "카카오", "KAKAOBANK"),
    ("89", "케이", "KBANK"),
    ("92", "토스", "TOSSBANK"),
    ("81", "하나", "HANA"),
    ("54", "홍콩상하이", "HSBC"),
    ("03", "기업", "IBK"),
    ("06", "국민", "KOOKMIN"),
    ("31", "대구", "DAEGUBANK"),
    ("02", "산업", "KDBBANK"),
    ("11", "농협", "NONGHYEOP"),
    ("23", "SC제일", "SC"),
    ("07", "수협", "SUHYEOP"),
];

/// The code of a bank that is named by code, by name or in English.
pub fn bank(word: &str) -> Option<&'static str> {
    BANKS
        .iter()
        .find(|(code, name, english)| [*code, *name, *english].contains(&word))
        .map(|(code, ..)| *code)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue {
    amount: Value,
    order_id: String,
    order_name: String,
    customer_name: String,
    bank: String,
    valid_hours: Option<i64>,
    due_date: Option<String>,
    customer_email: Option<String>,
    customer_mobile_phone: Option<String>,
    tax_free_amount: Option<i64>,
    #[serde(default)]
    use_escrow: bool,
}

pub fn issue(app: &App, call: &Call) -> Result<Value, Problem> {
    let asked: Issue = read(call)?;
    let bank = bank(&asked.bank).ok_or(Problem::NO_SUCH_BANK)?;
    let due_date = due(app.now(), asked.valid_hours, asked.due_date.as_deref())?;
    let wanted = Wanted {
        total_amount: Some(won(&asked.amount)?),
        tax_free_amount: asked.tax_free_amount,
        order_name: Some(asked.order_name),
        pay_method: Some(PayMethod::VirtualAccount),
        is_escrow: Some(asked.use_escrow),
        due_date: Some(due_date),
        full_name: Some(asked.customer_name),
        email: asked.customer_email,
        phone_number: asked.customer_mobile_phone,
        extra: Map::from_iter([("bank".to_owned(), bank.into())]),
        ..Wanted::default()
    };
    at_once(app, &asked.order_id, wanted)
}

/// Hours or a day, not both.
fn due(now: DateTime<Utc>, hours: Option<i64>, day: Option<&str>) -> Result<DateTime<Utc>, Problem> {
    match (hours, day) {
        (Some(_), Some(_)) => Err(Problem::INVALID),
        (None, Some(day)) => date(day).filter(|due| *due > now).ok_or(Problem::INVALID),
        (hours, None) => {
            let hours = hours.unwrap_or(HOURS);
            (1..=MAX_HOURS).contains(&hours).then(|| now + TimeDelta::hours(hours)).ok_or(Problem::INVALID)
        }
    }
}

/// A day, to its end, or a second, in Seoul if it does not say where.
pub fn date(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let there = match text.len() {
        10 => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(23, 59, 59)),
        _ => NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok(),
    };
    there.map(|there| there.and_utc() - TimeDelta::hours(9))
}
