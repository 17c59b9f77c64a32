//! Arrows between crates point to simpler things, and each outside crate of weight has its homes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{assert_none, output, root};

/// What each crate may see. A new crate needs a line here, so that its place is decided and not drifted into.
const MAY_SEE: [(&str, &[&str]); 13] = [
    ("domain", &[]),
    ("ambient", &[]),
    ("store", &["domain", "ambient"]),
    ("gateways", &["domain", "ambient"]),
    ("commands", &["domain", "ambient", "store"]),
    ("projections", &["domain", "ambient", "store"]),
    ("processes", &["domain", "ambient", "store", "commands", "gateways"]),
    ("sandbox", &["ambient"]),
    ("api", &["domain", "ambient", "store", "commands", "projections", "processes", "gateways", "sandbox"]),
    ("testbed", &["ambient"]),
    (
        "tests",
        &[
            "domain",
            "ambient",
            "store",
            "commands",
            "projections",
            "processes",
            "gateways",
            "sandbox",
            "api",
            "testbed",
        ],
    ),
    ("bench", &["domain", "ambient", "store", "commands", "projections", "api", "sandbox", "testbed"]),
    ("xtask", &["ambient", "testbed"]),
];

/// What every crate's own tests may see besides: servers to talk to.
const TESTS_MAY_SEE: [&str; 3] = ["testbed", "sandbox", "ambient"];

/// Who may name an outside crate. `bench` measures against the stock event store.
const HOMES: [(&str, &[&str]); 6] = [
    ("cqrs-es", &["store", "bench"]),
    ("postgres-es", &["store", "bench"]),
    ("axum", &["api", "sandbox", "tests", "bench"]),
    ("sea-query", &["projections"]),
    ("clap", &["api", "bench", "tests", "xtask"]),
    ("sqlx", &["store", "projections", "processes", "api", "testbed", "tests", "bench"]),
];

/// What `domain` may name: no clock, no IO, no randomness.
const DOMAIN_NAMES: [&str; 6] = ["chrono", "iso_currency", "serde", "serde_json", "thiserror", "uuid"];

/// What must not be anywhere below `domain`.
const NEVER_UNDER_DOMAIN: [&str; 9] =
    ["tokio", "sqlx", "sqlx-core", "reqwest", "hyper", "axum", "async-trait", "mio", "cqrs-es"];

/// A dependency as a crate's manifest names it.
struct Arrow {
    from: String,
    to: String,
    only_for_tests: bool,
}

fn packages() -> Vec<Value> {
    let told = output(env!("CARGO"), &["metadata", "--no-deps", "--format-version", "1"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    told["packages"].as_array().unwrap().clone()
}

fn name(value: &Value) -> String {
    value["name"].as_str().unwrap().to_owned()
}

fn arrows() -> Vec<Arrow> {
    let arrow = |from: &str, to: &Value| Arrow {
        from: from.to_owned(),
        to: name(to),
        only_for_tests: to["kind"] == "dev",
    };
    packages()
        .iter()
        .flat_map(|package| {
            let from = name(package);
            package["dependencies"].as_array().unwrap().iter().map(|to| arrow(&from, to)).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_crate_has_its_place() {
    let members: BTreeSet<String> = packages().iter().map(name).collect();
    let placed: BTreeSet<String> = MAY_SEE.iter().map(|(from, _)| (*from).to_owned()).collect();
    assert_eq!(members, placed);
}

#[test]
fn arrows_point_to_simpler_things() {
    let may_see: BTreeMap<&str, &[&str]> = MAY_SEE.into_iter().collect();
    let findings: Vec<String> = arrows()
        .iter()
        .filter(|arrow| may_see.contains_key(arrow.to.as_str()))
        .filter(|arrow| !may_see[arrow.from.as_str()].contains(&arrow.to.as_str()))
        .filter(|arrow| !(arrow.only_for_tests && TESTS_MAY_SEE.contains(&arrow.to.as_str())))
        .map(|arrow| format!("{} must not see {}", arrow.from, arrow.to))
        .collect();
    assert_none("arrows of the house", &findings);
}

#[test]
fn the_table_of_arrows_keeps_the_houses_promises() {
    let may_see: BTreeMap<&str, &[&str]> = MAY_SEE.into_iter().collect();
    let sees = |from: &str, to: &str| may_see[from].contains(&to);
    assert!(!sees("commands", "projections") && !sees("projections", "commands"));
    assert!(!sees("projections", "gateways"));
    let sees_both: Vec<&str> =
        may_see.keys().copied().filter(|from| sees(from, "commands") && sees(from, "gateways")).collect();
    assert_eq!(sees_both, ["api", "processes", "tests"]);
    // Nothing points back: whoever is seen stands higher in the table than who sees.
    let place = |crate_name: &str| MAY_SEE.iter().position(|(from, _)| *from == crate_name);
    for (from, seen) in MAY_SEE {
        for to in seen.iter().filter(|to| **to != "testbed") {
            assert!(place(to) < place(from), "{from} sees {to}, which stands below it");
        }
    }
}

#[test]
fn outside_crates_stay_in_their_homes() {
    let homes: BTreeMap<&str, &[&str]> = HOMES.into_iter().collect();
    let findings: Vec<String> = arrows()
        .iter()
        .filter(|arrow| !arrow.only_for_tests)
        .filter(|arrow| homes.get(arrow.to.as_str()).is_some_and(|home| !home.contains(&arrow.from.as_str())))
        .map(|arrow| format!("{} must not name {}", arrow.from, arrow.to))
        .collect();
    assert_none("homes of outside crates", &findings);
}

#[test]
fn domain_is_pure() {
    let findings: Vec<String> = arrows()
        .iter()
        .filter(|arrow| arrow.from == "domain" && !arrow.only_for_tests)
        .filter(|arrow| !DOMAIN_NAMES.contains(&arrow.to.as_str()))
        .map(|arrow| arrow.to.clone())
        .collect();
    assert_none("domain names more than it may", &findings);

    // `cargo tree` and not `cargo metadata`: it resolves the features that domain alone asks for.
    let tree = output(env!("CARGO"), &["tree", "-p", "domain", "-e", "normal,build", "--prefix", "none"]);
    let below: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(below.contains("serde") && below.contains("domain"), "the tree is wrong: {tree}");
    let findings: Vec<String> =
        NEVER_UNDER_DOMAIN.iter().filter(|banned| below.contains(*banned)).map(ToString::to_string).collect();
    assert_none("under domain there is", &findings);
}

#[test]
fn every_crate_takes_the_houses_lints_and_is_not_published() {
    let findings: Vec<String> = packages()
        .iter()
        .filter(|package| {
            let manifest = root().join(name(package)).join("Cargo.toml");
            let text = std::fs::read_to_string(manifest).unwrap_or_default();
            !text.contains("[lints]\nworkspace = true") || package["publish"] != serde_json::json!([])
        })
        .map(name)
        .collect();
    assert_none("folder = crate name, lints of the workspace, publish = false", &findings);
}
