//! A JSON Schema of an event: from its golden payload, and from what the source says may be missing.

use serde_json::{Map, Value, json};

use super::source::{Documented, Field};

/// The schema of an event's payload.
pub fn of(name: &str, documented: &Documented, written: &Value) -> Value {
    let body = &written[name];
    let mut schema = of_value(body);
    let required: Vec<&str> = documented
        .fields
        .iter()
        .filter(|field| !field.is_optional)
        .map(|field| field.name.as_str())
        .collect();
    schema["required"] = json!(required);
    for Field { name, meaning, is_optional, kind } in &documented.fields {
        let Some(property) = schema["properties"].get_mut(name) else { continue };
        property["description"] = json!(meaning);
        if *is_optional && kind.starts_with("Option<") {
            let sort = property["type"].clone();
            property["type"] = if sort == "null" {
                json!(["null", "string", "object", "number"])
            } else {
                json!([sort, "null"])
            };
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "description": documented.meaning,
        "type": "object",
        "properties": { name: schema },
        "required": [name],
    })
}

fn of_value(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "type": "null" }),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(text) => of_text(text),
        Value::Array(items) => {
            let items = items.first().map_or_else(|| json!({}), of_value);
            json!({ "type": "array", "items": items })
        }
        Value::Object(members) => {
            let properties: Map<String, Value> =
                members.iter().map(|(name, value)| (name.clone(), of_value(value))).collect();
            json!({ "type": "object", "properties": properties })
        }
    }
}

fn of_text(text: &str) -> Value {
    let id = text.split_once('_').filter(|(prefix, uuid)| prefix.len() == 3 && uuid.len() == 36);
    if let Some((prefix, _)) = id {
        return json!({ "type": "string", "pattern": format!("^{prefix}_[0-9a-f-]{{36}}$") });
    }
    if text.len() >= 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T' {
        return json!({ "type": "string", "format": "date-time" });
    }
    json!({ "type": "string" })
}

/// The golden payload keeps its own schema: sorts of values and required members.
pub fn check(schema: &Value, value: &Value, at: &str) {
    let sort = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed = &schema["type"];
    let fits = allowed == sort || allowed.as_array().is_some_and(|all| all.iter().any(|one| one == sort));
    assert!(fits, "{at}: {sort} is not {allowed}");
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{at}: {name} is required and missing");
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            check(schema, value, &format!("{at}/{name}"));
        }
    }
}
