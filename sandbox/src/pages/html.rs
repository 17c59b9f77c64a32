//! The pay window's HTML: no script, nothing from elsewhere, every foreign text escaped.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};

use crate::payment::{No, PayMethod, Payment, State};

const TEMPLATE: &str = include_str!("pay.html");

/// The window of a payment, as far as it is.
pub fn window(payment: &Payment) -> String {
    let (headline, buttons) = match &payment.state {
        State::Ready => (("결제하기", "Payment"), ready(payment.terms.method)),
        State::Pending => (("승인 대기 중", "Waiting for approval"), APPROVE.to_owned() + DECLINE),
        State::Authorised { .. } => (("상점 승인 대기 중", "Waiting for the shop"), String::new()),
        State::Expired { .. } => (("시간 초과", "Too late"), String::new()),
        State::AccountIssued => (("입금 대기 중", "Waiting for deposit"), DEPOSIT.to_owned() + ABANDON),
        State::Paid { .. } => (("결제 완료", "Paid"), String::new()),
        State::Failed { .. } => (("결제 실패", "Payment failed"), String::new()),
    };
    fill(headline, &summary(payment), &buttons)
}

/// A window that does not open, with the reason.
pub fn refused(no: &No) -> String {
    let reason = format!(
        r#"<p class="why">아래 사유로 결제창을 열 수 없습니다. <span lang="en">The pay window does not open, because:</span></p>
<p class="alert" role="alert">{}</p>"#,
        escape(&no.to_string())
    );
    fill(("결제를 진행할 수 없습니다", "This payment cannot go on"), &reason, "")
}

fn fill((korean, english): (&str, &str), content: &str, buttons: &str) -> String {
    TEMPLATE
        .replace("{{korean}}", korean)
        .replace("{{english}}", english)
        .replace("{{content}}", content)
        .replace("{{buttons}}", buttons)
}

const APPROVE: &str = r#"<button class="primary" name="action" value="approve">결제 승인 <span lang="en">Approve</span></button>"#;
const ISSUE: &str = r#"<button class="{{rank}}" name="action" value="issue">가상계좌 발급 <span lang="en">Issue virtual account</span></button>"#;
const DEPOSIT: &str = r#"<button class="primary" name="action" value="deposit">입금하기 <span lang="en">Make the deposit</span></button>"#;
const DECLINE: &str = r#"<button class="danger" name="action" value="decline">결제 거절 <span lang="en">Decline</span></button>"#;
const ABANDON: &str = r#"<button class="plain" name="action" value="abandon">그만두기 <span lang="en">Leave without paying</span></button>"#;

fn ready(method: PayMethod) -> String {
    let first = match method {
        PayMethod::VirtualAccount => ISSUE.replace("{{rank}}", "primary"),
        PayMethod::Card | PayMethod::Transfer | PayMethod::EasyPay | PayMethod::Mobile => {
            APPROVE.to_owned() + &ISSUE.replace("{{rank}}", "second")
        }
    };
    first + DECLINE + ABANDON
}

fn summary(payment: &Payment) -> String {
    let terms = &payment.terms;
    let mut html = format!(
        r#"<p class="order">{}</p><p class="amount">{}</p><dl>"#,
        escape(&terms.order_name),
        amount(terms.total, &terms.currency)
    );
    row(&mut html, "결제수단", "Method", method(terms.method));
    if terms.escrow {
        row(&mut html, "에스크로", "Escrow", "사용 · On");
    }
    if let (State::AccountIssued, Some(account)) = (&payment.state, &payment.account) {
        row(&mut html, "입금계좌", "Account", &format!("신한 {}", account.number));
        row(&mut html, "입금기한", "Deposit by", &in_seoul(account.due_at));
    }
    if let Some(reason) = payment.failure() {
        row(&mut html, "사유", "Reason", reason);
    }
    let id = escape(&payment.order_id);
    // Writing to a String does not fail.
    let _ = write!(html, r#"<div><dt>결제번호</dt><dd class="id">{id}</dd></div></dl>"#);
    html
}

fn row(html: &mut String, korean: &str, english: &str, value: &str) {
    // Writing to a String does not fail.
    let _ = write!(
        html,
        r#"<div><dt>{korean} <span lang="en">{english}</span></dt><dd>{}</dd></div>"#,
        escape(value)
    );
}

/// Buyers here read their own clock.
fn in_seoul(at: DateTime<Utc>) -> String {
    (at + TimeDelta::hours(9)).format("%Y-%m-%d %H:%M KST").to_string()
}

const fn method(method: PayMethod) -> &'static str {
    match method {
        PayMethod::Card => "신용카드 · Card",
        PayMethod::Transfer => "계좌이체 · Transfer",
        PayMethod::VirtualAccount => "가상계좌 · Virtual account",
        PayMethod::EasyPay => "간편결제 · Easy pay",
        PayMethod::Mobile => "휴대폰 · Mobile",
    }
}

/// `13,000원` for won; code, units and hundredths for others, but for those without any.
fn amount(minor: i64, currency: &str) -> String {
    match currency {
        "KRW" => format!("{}<small>원</small>", grouped(minor)),
        "JPY" | "VND" => format!("<small>{}</small> {}", escape(currency), grouped(minor)),
        _ => format!("<small>{}</small> {}.{:02}", escape(currency), grouped(minor / 100), minor % 100),
    }
}

fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Foreign text as HTML.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_in_their_currency() {
        assert_eq!(amount(1_234_567, "KRW"), "1,234,567<small>원</small>");
        assert_eq!(amount(1_005, "USD"), "<small>USD</small> 10.05");
        assert_eq!(amount(999, "JPY"), "<small>JPY</small> 999");
    }

    #[test]
    fn foreign_text_stays_text() {
        assert_eq!(escape(r#"<b a="'">&"#), "&lt;b a=&quot;&#39;&quot;&gt;&amp;");
    }
}
