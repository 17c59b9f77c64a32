//! The events as consumers read of them: `docs/events.md`, a JSON Schema each under `docs/schemas`, and the shapes that
//! were ever released (`domain/tests/released.json`), which may be added to and never changed.
//!
//! `UPDATE_GOLDENS=1 cargo test -p domain` writes the first two anew and adds events that are new to the third.

mod schema;
mod source;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
};

use domain::{Fact, fact::AGGREGATE_TYPES};
use serde_json::Value;

use self::source::Documented;
use crate::{
    golden::{SOURCES, payload, samples},
    samples::{repository_file, updating},
};

/// The path of each member to the sort of its value.
type Shape = BTreeMap<String, String>;

/// Every event once, with its stream's type and its golden payload.
fn events() -> Vec<(&'static str, Fact, Value)> {
    let facts = samples::facts().into_iter();
    let event = |fact: Fact| {
        let written: Value = serde_json::from_str(&payload(&fact)).unwrap();
        (fact.stream().0, fact, written)
    };
    facts.map(event).collect()
}

fn documented() -> BTreeMap<String, Documented> {
    SOURCES.iter().flat_map(|source| source::events(source)).collect()
}

/// Writes a generated file, or compares it.
fn holds(path: &str, text: &str) {
    let file = repository_file(path);
    if updating() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, text).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(found, text, "{path} is not up to date: UPDATE_GOLDENS=1 cargo test -p domain");
}

#[test]
fn the_catalogue_tells_every_event() {
    let (documented, mut text) = (documented(), String::from(source::HEAD));
    for kind in AGGREGATE_TYPES {
        writeln!(text, "\n## {kind}").unwrap();
        for (_, fact, written) in events().iter().filter(|(of, ..)| of == &kind) {
            let Documented { meaning, fields } = &documented[fact.name()];
            writeln!(text, "\n### {}\n\n{meaning}", fact.name()).unwrap();
            if !fields.is_empty() {
                writeln!(text, "\n| member | type | meaning |\n|---|---|---|").unwrap();
            }
            for field in fields {
                let optional = if field.is_optional { ", may be missing" } else { "" };
                writeln!(text, "| `{}` | `{}`{optional} | {} |", field.name, field.kind, field.meaning)
                    .unwrap();
            }
            writeln!(text, "\n```json\n{}\n```", serde_json::to_string_pretty(written).unwrap()).unwrap();
        }
    }
    holds("docs/events.md", &text);
}

#[test]
fn every_event_has_a_schema_that_its_golden_file_keeps() {
    let documented = documented();
    for (_, fact, written) in events() {
        let schema = schema::of(fact.name(), &documented[fact.name()], &written);
        schema::check(&schema, &written, fact.name());
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        holds(&format!("docs/schemas/{}.json", fact.name()), &text);
    }
}

#[test]
fn every_field_of_every_event_says_what_it_means() {
    for (name, Documented { meaning, fields }) in documented() {
        assert!(!meaning.is_empty(), "{name} has no words");
        assert!(fields.iter().all(|field| !field.meaning.is_empty()), "{name}: {fields:?}");
    }
}

#[test]
fn what_was_released_keeps_its_shape() {
    let file = repository_file("domain/tests/released.json");
    let text = fs::read_to_string(&file).unwrap_or_else(|_| "{}".to_owned());
    let mut released: BTreeMap<String, Shape> = serde_json::from_str(&text).unwrap();
    let now: BTreeMap<String, Shape> =
        events().into_iter().map(|(_, fact, written)| (fact.name().to_owned(), shape(&written))).collect();
    if updating() {
        for (name, shape) in &now {
            released.entry(name.clone()).or_insert_with(|| shape.clone());
        }
        fs::write(&file, format!("{}\n", serde_json::to_string_pretty(&released).unwrap())).unwrap();
    }
    let names = |of: &BTreeMap<String, Shape>| of.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&released), names(&now), "UPDATE_GOLDENS=1 adds new events; released ones stay");
    for (name, shape) in &released {
        for (path, sort) in shape {
            assert_eq!(now[name].get(path), Some(sort), "{name}{path} was released as {sort}");
        }
    }
}

/// Where each plain value of a payload is, and of which sort; items of a list count as one.
fn shape(value: &Value) -> Shape {
    fn walk(path: &str, value: &Value, shape: &mut Shape) {
        let sort = match value {
            Value::Object(members) => {
                for (name, value) in members {
                    walk(&format!("{path}/{name}"), value, shape);
                }
                "object"
            }
            Value::Array(items) => {
                for item in items {
                    walk(&format!("{path}/*"), item, shape);
                }
                "array"
            }
            Value::String(_) => "string",
            Value::Number(_) => "number",
            Value::Bool(_) => "boolean",
            Value::Null => "null",
        };
        shape.insert(path.to_owned(), sort.to_owned());
    }
    let mut shape = Shape::new();
    walk("", value, &mut shape);
    shape
}

#[test]
fn a_changed_shape_is_seen() {
    let (before, after) =
        (serde_json::json!({"A": {"b": [{"c": 1}]}}), serde_json::json!({"A": {"b": [{"c": "1"}]}}));
    assert_eq!(shape(&before)["/A/b/*/c"], "number");
    assert_ne!(shape(&before), shape(&after));
}
