//! The table of problems.

use std::collections::HashSet;

use axum::http::{StatusCode, header};
use commands::{CallerRefusal, Refusal};
use domain::{
    escrow::EscrowRefusal, order::OrderRefusal, payment::PaymentRefusal, product::ProductRefusal,
    seller::SellerRefusal,
};

use super::*;

#[test]
fn codes_are_their_own() {
    let codes: HashSet<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(codes.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        assert_eq!(Kind::of_code(kind.code()), Some(*kind));
        assert!(kind.status().is_client_error() || kind.status().is_server_error());
    }
}

#[test]
fn a_refusal_keeps_its_code_and_its_data() {
    let problem = Problem::from(Refusal::from(ProductRefusal::OutOfStock { wanted: 3, left: 2 }));
    let body: Value = serde_json::from_slice(&problem.body()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({
            "type": "/problems/out_of_stock", "title": "Not enough units are left", "status": 409,
            "detail": "only 2 of 3 units are left", "success": false, "message": "only 2 of 3 units are left",
            "code": "out_of_stock", "wanted": 3, "left": 2,
        })
    );
}

#[test]
fn codes_of_refusals_are_the_domains_own() {
    let samples: Vec<Refusal> = vec![
        OrderRefusal::UnknownOrder.into(),
        OrderRefusal::AlreadyShipped.into(),
        OrderRefusal::WindowHasEnded.into(),
        OrderRefusal::NotASellerOfThisOrder.into(),
        PaymentRefusal::NothingCaptured.into(),
        ProductRefusal::NotTheSeller.into(),
        SellerRefusal::SellerNotActive.into(),
        EscrowRefusal::HoldClosed.into(),
        CallerRefusal::NotYours.into(),
    ];
    for refusal in samples {
        let written = serde_json::to_value(&refusal).unwrap();
        let code = written.as_object().unwrap().values().next().unwrap()["code"].clone();
        assert_eq!(code, Problem::from(refusal).kind().code());
    }
}

#[test]
fn headers_say_what_to_do_next() {
    let missing = Problem::plain(Kind::TokenMissing).into_response();
    assert_eq!(missing.status(), StatusCode::UNAUTHORIZED);
    assert!(missing.headers().contains_key(header::WWW_AUTHENTICATE));
    assert_eq!(missing.headers()[header::CONTENT_TYPE], PROBLEM_JSON);
    let overloaded = Problem::plain(Kind::Overloaded).into_response();
    assert_eq!(overloaded.headers()[header::RETRY_AFTER], "1");
}
