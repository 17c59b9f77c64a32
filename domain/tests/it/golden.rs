//! The storage format. A golden file is what the log holds already, so it is never edited: a new shape is a new
//! version with an upcaster.

mod claims;
pub mod samples;

use std::{collections::BTreeSet, fs, path::PathBuf};

use domain::{
    Aggregate, Event, Fact, Money, Sealed,
    fact::Parse,
    payment::{Custody, Gateway, PaymentEvent},
};
use serde_json::Value;

use crate::samples::{repository_file, updating};

pub const SOURCES: [&str; 7] = [
    include_str!("../../src/claim/event.rs"),
    include_str!("../../src/customer/event.rs"),
    include_str!("../../src/escrow/event.rs"),
    include_str!("../../src/order/event.rs"),
    include_str!("../../src/payment/event.rs"),
    include_str!("../../src/product/event.rs"),
    include_str!("../../src/seller/event.rs"),
];

/// How the log's reader parses.
struct Json;

impl Parse for Json {
    fn parse<E: Event>(&self, payload: &str) -> Result<E, String> {
        serde_json::from_str(payload).map_err(|error| error.to_string())
    }
}

fn folder() -> PathBuf {
    repository_file("domain/tests/golden")
}

#[test]
fn every_event_is_written_as_its_golden_file_and_read_back() {
    for fact in samples::facts() {
        let path = folder().join(format!("{}.json", fact.name()));
        let written = payload(&fact);
        if updating() && !path.exists() {
            fs::write(&path, &written).unwrap();
        }
        let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} has no golden file", fact.name()));
        assert_eq!(written, text, "{} is written otherwise than before", fact.name());
        let (kind, stream) = fact.stream();
        assert_eq!(Fact::read(kind, &stream, &text, &Json).as_ref(), Ok(&fact), "{kind} is read otherwise");
    }
}

#[test]
fn every_event_has_a_golden_file_and_every_golden_file_an_event() {
    let declared: BTreeSet<String> = SOURCES.iter().flat_map(|source| declared_names(source)).collect();
    let sampled: BTreeSet<String> = samples::facts().iter().map(|fact| fact.name().to_owned()).collect();
    let files: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|stem| stem != "words")
        .collect();
    assert_eq!(declared, sampled);
    assert_eq!(declared, files);
}

#[test]
fn the_tag_of_a_payload_is_the_name_of_the_event() {
    for fact in samples::facts() {
        let written: Value = serde_json::from_str(&payload(&fact)).unwrap();
        let tags: Vec<&String> = written.as_object().unwrap().keys().collect();
        assert_eq!(tags, [fact.name()]);
    }
}

/// Enumerations inside events are storage format as well; one sample an event would leave most words untried.
#[test]
fn every_word_inside_an_event_is_written_as_before() {
    let path = folder().join("words.json");
    let words = samples::words();
    if updating() && !path.exists() {
        fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&words).unwrap())).unwrap();
    }
    let golden: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(words, golden);
}

/// What was added to an event later is written only where it is there; the golden files are of before.
#[test]
fn what_was_added_later_is_written_like_this() {
    let requested = PaymentEvent::RefundRequested {
        refund_id: crate::samples::refund_id(),
        amount: Money::krw(1),
        reason: "cancelled".to_owned(),
        account: Some(Sealed("c2VhbGVk".to_owned())),
    };
    let quarantined = PaymentEvent::PaymentQuarantined {
        transaction_id: "tx-1".to_owned(),
        captured: Money::krw(1),
        gateway: Gateway::Toss,
        custody: Custody::Platform,
        mismatches: vec![],
        method: Some("virtual_account".to_owned()),
    };
    let refund_id = crate::samples::refund_id();
    let written = format!(
        r#"{{"RefundRequested":{{"refund_id":"{refund_id}","amount":{{"amount":1,"currency":"KRW"}},"reason":"cancelled","account":"c2VhbGVk"}}}}"#
    );
    assert_eq!(serde_json::to_string(&requested).unwrap(), written);
    assert_eq!(serde_json::from_str::<PaymentEvent>(&written).unwrap(), requested);
    let written = r#"{"PaymentQuarantined":{"transaction_id":"tx-1","captured":{"amount":1,"currency":"KRW"},"gateway":"toss","custody":"platform","mismatches":[],"method":"virtual_account"}}"#;
    assert_eq!(serde_json::to_string(&quarantined).unwrap(), written);
    assert_eq!(serde_json::from_str::<PaymentEvent>(written).unwrap(), quarantined);
}

#[test]
fn what_does_not_fit_is_unreadable_and_says_why() {
    let order = "ord_018f3c1e-7a2b-7c3d-8e4f-000000000001";
    let read = |kind, id, payload| Fact::read(kind, id, payload, &Json).unwrap_err().to_string();
    assert_eq!(read("cart", order, "{}"), "there is no aggregate type \"cart\"");
    assert_eq!(read("payment", order, "{}"), "an id of the form pay_<uuid> is wanted here");
    assert!(read("order", order, r#"{"OrderShredded":{}}"#).contains("unknown variant `OrderShredded`"));
    assert!(read("order", order, r#"{"PaymentStarted":{}}"#).contains("missing field `payment_id`"));
}

/// The payload as a golden file has it: as the log stores it, with line breaks for the reader.
pub fn payload(fact: &Fact) -> String {
    fn pretty<A: Aggregate>(event: &A::Event) -> String {
        format!("{}\n", serde_json::to_string_pretty(event).unwrap())
    }
    match fact {
        Fact::Customer(_, event) => pretty::<domain::customer::Customer>(event),
        Fact::Seller(_, event) => pretty::<domain::seller::Seller>(event),
        Fact::Product(_, event) => pretty::<domain::product::Product>(event),
        Fact::Order(_, event) => pretty::<domain::order::Order>(event),
        Fact::Payment(_, event) => pretty::<domain::payment::Payment>(event),
        Fact::Escrow(_, event) => pretty::<domain::escrow::Escrow>(event),
        Fact::Claim(_, event) => pretty::<domain::claim::Claim>(event),
    }
}

/// The names that an event's `name()` can answer.
fn declared_names(source: &str) -> impl Iterator<Item = String> {
    let body = source.split("fn name(&self)").last().unwrap();
    body.split("=> \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned())
}
