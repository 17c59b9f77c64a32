//! Bodies of calls. Clients send JSON and forms, and not always under the right content type.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use crate::call::pairs;

/// How deep a form's names may nest.
const MAX_DEPTH: usize = 8;

/// The fields of a body: of a JSON object, or of a form, whose values are text and whose `a[b]` are objects.
pub fn fields(headers: &HeaderMap, body: &[u8]) -> Map<String, Value> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/x-www-form-urlencoded") {
        if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
            return fields;
        }
        if kind.starts_with("application/json") {
            return Map::new();
        }
    }
    let text = String::from_utf8_lossy(body);
    let mut fields = Map::new();
    for (name, value) in pairs(&text) {
        let path: Vec<_> = name.split('[').map(|part| part.trim_end_matches(']')).collect();
        if path.len() <= MAX_DEPTH {
            put(&mut fields, &path, value);
        }
    }
    fields
}

fn put(fields: &mut Map<String, Value>, path: &[&str], value: String) {
    match path {
        [] => {}
        [name] => drop(fields.insert((*name).to_owned(), value.into())),
        [name, rest @ ..] => {
            let inner = fields.entry(*name).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_and_forms_give_the_same_fields() {
        let read = |kind: &str, body: &str| {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind.parse().unwrap())]);
            Value::Object(fields(&headers, body.as_bytes()))
        };
        let wanted = json!({ "a": "1 2", "b": { "c": "3" } });
        assert_eq!(read("application/json", &wanted.to_string()), wanted);
        assert_eq!(read("text/plain", &wanted.to_string()), wanted);
        assert_eq!(read("application/x-www-form-urlencoded", "a=1+2&b%5Bc%5D=3"), wanted);
        assert_eq!(read("application/json", "a=1"), json!({}));
    }
}
