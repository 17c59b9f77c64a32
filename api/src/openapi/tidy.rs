//! Straightens what the generator bends: an inlined schema with a description becomes `allOf` of the schema and an
//! object that is only the description, which nothing but an object can match.

use serde_json::{Map, Value};

/// Straightens every schema in the document.
pub(super) fn straighten(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(straighten);
            if let Some(straight) = unwrapped(members) {
                *members = straight;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(straighten),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn unwrapped(members: &Map<String, Value>) -> Option<Map<String, Value>> {
    let all = members.get("allOf")?.as_array()?;
    let [Value::Object(schema), Value::Object(words)] = all.as_slice() else { return None };
    let only_words = words.keys().all(|key| key == "type" || key == "description");
    if members.len() != 1 || !only_words || !words.contains_key("description") {
        return None;
    }
    let mut straight = schema.clone();
    straight.extend(words.get("description").map(|words| ("description".to_owned(), words.clone())));
    Some(straight)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_description_is_part_of_its_schema() {
        let mut bent = json!({"properties": {"name": {"allOf": [
            {"type": "string", "maxLength": 5}, {"type": "object", "description": "Its name."}
        ]}}});
        straighten(&mut bent);
        let name = json!({"type": "string", "maxLength": 5, "description": "Its name."});
        assert_eq!(bent, json!({"properties": {"name": name}}));
    }

    #[test]
    fn two_real_schemas_stay_two() {
        let both =
            json!({"allOf": [{"type": "object"}, {"type": "object", "properties": {}, "description": "x"}]});
        let mut after = both.clone();
        straighten(&mut after);
        assert_eq!(after, both);
    }
}
