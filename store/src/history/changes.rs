//! Where two JSON values differ.

use serde_json::Value;

/// A member that is not the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where (RFC 6901); empty: all of it.
    pub pointer: String,
    /// What it was; nothing where it was not there.
    pub before: Option<Value>,
    /// What it is; nothing where it is gone.
    pub after: Option<Value>,
}

/// The smallest members that differ, in the order of their places.
pub fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let mut found = vec![];
    compare(String::new(), (Some(before), Some(after)), &mut found);
    found
}

fn compare(pointer: String, (before, after): (Option<&Value>, Option<&Value>), found: &mut Vec<Change>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(one)), Some(Value::Object(two))) => {
            let mut names: Vec<&String> = one.keys().chain(two.keys()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                compare(format!("{pointer}/{escaped}"), (one.get(name), two.get(name)), found);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(two))) => {
            for index in 0..one.len().max(two.len()) {
                compare(format!("{pointer}/{index}"), (one.get(index), two.get(index)), found);
            }
        }
        (before, after) => {
            found.push(Change { pointer, before: before.cloned(), after: after.cloned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_named_and_where() {
        let (one, two) =
            (json!({"a": [1, 2], "b/c": {"d": null}, "e": 1}), json!({"a": [1], "b/c": {"d": 2}, "e": 1}));
        let expected = [
            Change { pointer: "/a/1".into(), before: Some(json!(2)), after: None },
            Change { pointer: "/b~1c/d".into(), before: Some(json!(null)), after: Some(json!(2)) },
        ];
        assert_eq!(changes(&one, &two), expected);
        assert_eq!(changes(&one, &one), []);
        let whole =
            Change { pointer: String::new(), before: Some(json!("Absent")), after: Some(one.clone()) };
        assert_eq!(changes(&json!("Absent"), &one), [whole]);
    }
}
