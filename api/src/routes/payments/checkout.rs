//! What a buyer's browser opens the pay window with. Made once, when the payment is started, and kept with the answer.

use commands::{OpenWindow, PayWindow, PaymentTerms};
use domain::{id::CustomerId, payment::Gateway};
use gateways::{Checkout, CheckoutCustomer, Method};

use super::super::gateway_name::path_name;
use crate::services::Services;

/// How the pay window of a payment is made with today's settings.
pub fn window(services: &Services, buyer: CustomerId, (gateway, method): (Gateway, Method)) -> OpenWindow {
    let name = path_name(gateway);
    let Ok(gateway) = services.processes.gateways().get(gateway) else { return OpenWindow::closed() };
    let gateway = gateway.clone();
    let redirect_url = format!("{}/payments/return/{name}", services.public_url);
    // A gateway that asks before it captures, and cannot reach us, captures nothing.
    let confirm_url = services.reachable.then(|| format!("{}/webhooks/{name}", services.public_url));
    OpenWindow::new(move |terms: &PaymentTerms| {
        let params = gateway.checkout(&Checkout {
            id: terms.payment_id.at_gateway(),
            amount: terms.amount,
            order_name: terms.order_name.clone(),
            method,
            escrow: terms.escrow,
            customer: Some(CheckoutCustomer {
                customer_id: buyer.to_string(),
                full_name: None,
                email: None,
                phone_number: None,
            }),
            redirect_url: Some(redirect_url.clone()),
            notice_urls: vec![],
            deposit_due: matches!(method, Method::VirtualAccount).then_some(terms.expires_at),
            confirm_url: confirm_url.clone(),
            products: vec![],
        });
        PayWindow { checkout: serde_json::json!(params), pay_url: params.pay_url }
    })
}
