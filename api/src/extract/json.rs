//! A JSON body: declared as JSON, not too large, and exactly what the operation takes.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, OptionalFromRequest, Request},
    http::{HeaderMap, header},
};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use crate::problem::{Kind, Problem};

/// The most bytes of a body.
pub const BODY_MAX: usize = 64 * 1024;

/// A body, read and raw. The raw bytes are what an idempotency key is bound to.
#[derive(Debug)]
pub struct Json<T> {
    /// What it says.
    pub value: T,
    /// Its bytes.
    pub raw: Bytes,
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            return Err(Problem::new(Kind::UnsupportedMediaType, "the body has to be application/json"));
        }
        let raw = raw_body(&parts.headers, body).await?;
        let value = read(&raw)?;
        Ok(Self { value, raw })
    }
}

/// A body that may be left out.
impl<T: DeserializeOwned, S: Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let (parts, body) = request.into_parts();
        let raw = raw_body(&parts.headers, body).await?;
        // Many clients declare JSON on whatever they send.
        if raw.is_empty() || raw.trim_ascii() == b"null" {
            return Ok(None);
        }
        let request = Request::from_parts(parts, Body::from(raw));
        <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
    }
}

/// The bytes of a body, if they are not too many.
pub async fn raw_body(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let too_large =
        || Problem::new(Kind::BodyTooLarge, format!("a body of more than {BODY_MAX} bytes is not taken"));
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    if declared.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length > BODY_MAX) {
        return Err(too_large());
    }
    axum::body::to_bytes(body, BODY_MAX).await.map_err(|_| too_large())
}

fn is_json(headers: &HeaderMap) -> bool {
    let declared = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence =
        declared.and_then(|value| value.split(';').next()).map(|essence| essence.trim().to_lowercase());
    essence.is_some_and(|essence| essence == "application/json")
}

/// Paths are tracked only on the way to an error: most bodies are right, and tracking costs.
fn read<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Problem> {
    // Serde takes a list for a struct; a body is an object, as are those inside it (`only_objects!`).
    if raw.trim_ascii_start().starts_with(b"[") && serde_json::from_slice::<IgnoredAny>(raw).is_ok() {
        return Err(Problem::new(Kind::InvalidBody, "an object is wanted here").with("pointer", ""));
    }
    if let Ok(value) = serde_json::from_slice(raw) {
        return Ok(value);
    }
    let mut reader = serde_json::Deserializer::from_slice(raw);
    match serde_path_to_error::deserialize(&mut reader) {
        Ok(value) => reader.end().map(|()| value).map_err(|error| malformed(&error)),
        Err(error) => {
            let pointer = pointer(error.path());
            let error = error.into_inner();
            match error.classify() {
                Category::Data => {
                    Err(Problem::new(Kind::InvalidBody, without_place(&error)).with("pointer", pointer))
                }
                Category::Io | Category::Syntax | Category::Eof => Err(malformed(&error)),
            }
        }
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(Kind::MalformedJson, error.to_string())
}

/// serde_json names line and column; the pointer says it better.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| what.to_owned())
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::input::{Items, Price, Whole, only_names, only_objects};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only read")]
        lines: Items<Line, 0, 10>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, remote = "Self")]
    struct Line {
        quantity: Whole<1, 10>,
        price: Option<Price>,
        colour: Option<Colour>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case", remote = "Self")]
    enum Colour {
        Red,
    }

    only_objects!(Line);
    only_names!(Colour);

    fn refused(body: &str) -> (Kind, String) {
        let problem = read::<Sample>(body.as_bytes()).unwrap_err();
        let body = serde_json::to_value(format!("{problem:?}")).unwrap();
        (problem.kind(), body.to_string())
    }

    fn is_refused_at(body: &str, pointer: &str) {
        let (kind, problem) = refused(body);
        assert_eq!(kind, Kind::InvalidBody, "{body}");
        assert!(problem.contains(&format!("String(\\\"{pointer}\\\")")), "{body}: {problem}");
    }

    #[test]
    fn the_place_of_an_error_is_named() {
        for (body, pointer) in [
            (r#"{"lines":[{"quantity":1},{"quantity":0}]}"#, "/lines/1/quantity"),
            (r#"{"lines":[{"quantity":1,"weight":"red"}]}"#, "/lines/0/weight"),
            (r#"{"lines":[{"quantity":1.5}]}"#, "/lines/0/quantity"),
            (r#"{"lines":[{"quantity":1,"price":{"amount":-5,"currency":"KRW"}}]}"#, "/lines/0/price/amount"),
            (
                r#"{"lines":[{"quantity":1,"price":{"amount":5,"currency":"XXQ"}}]}"#,
                "/lines/0/price/currency",
            ),
            (
                r#"{"lines":[{"quantity":1,"price":{"amount":99999999999999999999999,"currency":"KRW"}}]}"#,
                "/lines/0/price/amount",
            ),
        ] {
            is_refused_at(body, pointer);
        }
    }

    #[test]
    fn a_list_is_no_object_at_any_depth() {
        for (body, pointer) in [
            (r#"[[{"quantity":1}]]"#, ""),
            (r#"{"lines":[[1,null]]}"#, "/lines/0"),
            (r#"{"lines":[{"quantity":1},[1]]}"#, "/lines/1"),
            (r#"{"lines":[{"quantity":1,"price":[5,"KRW"]}]}"#, "/lines/0/price"),
            (r#"{"lines":[{"quantity":1,"price":"5 KRW"}]}"#, "/lines/0/price"),
            (r#"{"lines":{"quantity":1}}"#, "/lines"),
        ] {
            is_refused_at(body, pointer);
        }
        let right =
            r#"{"lines":[{"quantity":1,"price":{"amount":5,"currency":"KRW"}},{"quantity":1,"price":null}]}"#;
        assert!(read::<Sample>(right.as_bytes()).is_ok());
    }

    #[test]
    fn an_object_is_no_name() {
        for colour in [r#"{"red":null}"#, r#"["red"]"#, "1", r#""blue""#] {
            is_refused_at(&format!(r#"{{"lines":[{{"quantity":1,"colour":{colour}}}]}}"#), "/lines/0/colour");
        }
        for colour in [r#""red""#, "null"] {
            let right = format!(r#"{{"lines":[{{"quantity":1,"colour":{colour}}}]}}"#);
            assert!(read::<Sample>(right.as_bytes()).is_ok(), "{colour}");
        }
    }

    #[test]
    fn what_is_not_json_is_told_from_what_is_wrong_json() {
        assert_eq!(refused("{").0, Kind::MalformedJson);
        assert_eq!(refused("").0, Kind::MalformedJson);
        assert_eq!(refused(r#"{"lines":[]} x"#).0, Kind::MalformedJson);
        assert_eq!(refused("[]").0, Kind::InvalidBody);
    }

    #[test]
    fn a_float_that_is_whole_is_whole() {
        assert!(read::<Sample>(br#"{"lines":[{"quantity":3.0}]}"#).is_ok());
    }
}
