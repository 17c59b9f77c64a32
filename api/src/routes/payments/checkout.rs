//! What a buyer's browser opens the pay window with. Made once, when the payment is started, and kept with the answer.

use commands::{OpenWindow, PayWindow, PaymentTerms};
use domain::id::CustomerId;
use gateways::{Checkout, CheckoutCustomer, Method};

use crate::{problem::Problem, services::Services};

/// How the pay window of a payment is made with today's settings.
pub fn window(services: &Services, buyer: CustomerId, method: Method) -> Result<OpenWindow, Problem> {
    let gateway = services.processes.gateways().get(services.policy.gateway)?.clone();
    let redirect_url = format!("{}/payments/return", services.public_url);
    Ok(OpenWindow::new(move |terms: &PaymentTerms| {
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
            confirm_url: None,
            products: vec![],
        });
        PayWindow { checkout: serde_json::json!(params), pay_url: params.pay_url }
    }))
}
