//! What the sources say of events: the words above each variant and each field.

/// The beginning of the catalogue.
pub const HEAD: &str = "\
# Events

Generated from `domain/src/*/event.rs` and the golden files by `UPDATE_GOLDENS=1 cargo test -p domain`; a test compares it.

Every event of the log, by the type of its stream. A payload is an object with one member, whose name is the event's.
What was released never changes: consumers ignore members they do not know, and new members may be missing. A JSON
Schema of each event is under [schemas](schemas). Money is whole minor units with its currency; times are RFC 3339 in
UTC; `Sealed` is ciphertext under the key of the person it is about.
";

/// What a source says of an event.
#[derive(Debug, Clone, Default)]
pub struct Documented {
    pub meaning: String,
    pub fields: Vec<Field>,
}

/// And of one of its fields.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub kind: String,
    pub is_optional: bool,
    pub meaning: String,
}

/// The events that a source declares, by their names.
pub fn events(source: &str) -> Vec<(String, Documented)> {
    let body = source.split("Event {\n").nth(1).unwrap().split("\n}\n").next().unwrap();
    let (mut found, mut words, mut has_default) = (vec![], vec![], false);
    for line in body.lines() {
        let text = line.trim();
        if let Some(word) = text.strip_prefix("///") {
            words.push(word.trim().to_owned());
        } else if text.starts_with("#[") {
            has_default |= text.contains("default");
        } else if line.starts_with("        ") {
            if let Some((name, kind)) = text.trim_end_matches(',').split_once(": ") {
                let last: &mut (String, Documented) = found.last_mut().unwrap();
                let is_optional = has_default || kind.starts_with("Option<");
                let (name, kind) = (name.to_owned(), kind.to_owned());
                last.1.fields.push(Field { name, kind, is_optional, meaning: words.join(" ") });
                (words, has_default) = (vec![], false);
            }
        } else if text.starts_with(char::is_uppercase) {
            let name = text.split([' ', '{', '(', ',']).next().unwrap();
            found.push((name.to_owned(), Documented { meaning: words.join(" "), fields: vec![] }));
            (words, has_default) = (vec![], false);
        }
    }
    found
}
