//! What a browser may load for the console: its own files, and the pay windows of the gateways in use.

use axum::http::HeaderValue;
use domain::Money;
use gateways::{Checkout, Method};
use processes::Gateways;

/// The `Content-Security-Policy`. Scripts come from this server and from the gateways' own addresses, never from the
/// page itself. A real gateway's window is put together from the pages of banks and card companies, which nobody can
/// list: so with one of those frames and forms may lead to any `https` address; with the sandbox they may not.
pub fn content_security_policy(gateways: &Gateways) -> HeaderValue {
    let mut origins: Vec<String> = gateways.all().filter_map(|gateway| origin(&script(&**gateway))).collect();
    origins.sort_unstable();
    origins.dedup();
    let anywhere = if origins.iter().any(|origin| origin.starts_with("https:")) { " https:" } else { "" };
    let own = origins.join(" ");
    let policy = format!(
        "default-src 'none'; script-src 'self' {own}; style-src 'self'; img-src 'self' data:; connect-src 'self'{anywhere}; \
         frame-src {own}{anywhere}; form-action 'self' {own}{anywhere}; manifest-src 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'self'"))
}

/// The address of the script that opens a gateway's window.
fn script(gateway: &dyn gateways::PaymentGateway) -> String {
    let nothing = Checkout {
        id: String::new(),
        amount: Money::krw(1),
        order_name: String::new(),
        method: Method::Card,
        escrow: false,
        customer: None,
        redirect_url: None,
        notice_urls: vec![],
        confirm_url: None,
        deposit_due: None,
        products: vec![],
    };
    gateway.checkout(&nothing).sdk_url
}

fn origin(address: &str) -> Option<String> {
    let origin = reqwest::Url::parse(address).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}
