//! Asking over HTTP, and what came back.

use std::{sync::Once, time::Duration};

use reqwest::{Client, Method, RequestBuilder, Response, header::HeaderMap};
use serde_json::Value;

/// The longest a test waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client for servers on this machine.
pub fn client() -> Client {
    static ONCE: Once = Once::new();
    // Whoever installed a provider before had the same one to choose from.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    Client::builder().no_proxy().timeout(PATIENCE).build().unwrap()
}

/// Somebody who asks: with a token, or without one.
#[derive(Debug, Clone)]
pub struct Caller {
    client: Client,
    base: String,
    token: Option<String>,
}

/// A question about to be asked.
#[derive(Debug)]
pub struct Ask {
    request: RequestBuilder,
    what: String,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// What was asked.
    pub what: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub bytes: Vec<u8>,
}

impl Caller {
    /// Nobody in particular, at the server `base`.
    pub fn nobody(client: Client, base: &str) -> Self {
        Self { client, base: base.to_owned(), token: None }
    }

    /// The same with a token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// Asks with any method.
    pub fn ask(&self, method: Method, path: &str) -> Ask {
        let what = format!("{method} {path}");
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Ask { request, what }
    }

    /// `GET`
    pub fn get(&self, path: &str) -> Ask {
        self.ask(Method::GET, path)
    }

    /// `POST` with JSON.
    pub fn post(&self, path: &str, body: &Value) -> Ask {
        self.ask(Method::POST, path).json(body)
    }

    /// `PUT` with JSON.
    pub fn put(&self, path: &str, body: &Value) -> Ask {
        self.ask(Method::PUT, path).json(body)
    }

    /// `DELETE` with JSON.
    pub fn delete(&self, path: &str, body: &Value) -> Ask {
        self.ask(Method::DELETE, path).json(body)
    }
}

impl Ask {
    /// With a body of JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.raw(body.to_string()).header("content-type", "application/json")
    }

    /// With any bytes as the body.
    #[must_use]
    pub fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.request = self.request.body(body.into());
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.request = self.request.header(name, value.as_ref());
        self
    }

    /// Under an idempotency key.
    #[must_use]
    pub fn key(self, key: impl AsRef<str>) -> Self {
        self.header("idempotency-key", key)
    }

    /// Asks; a connection that fails is an error of the test.
    pub async fn send(self) -> Reply {
        let what = self.what.clone();
        self.try_send().await.unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Asks for a stream and reads no further than its head.
    pub async fn listen(self) -> Listening {
        let response = self.request.send().await.unwrap_or_else(|error| panic!("{}: {error}", self.what));
        Listening { response, text: String::new() }
    }

    /// Asks; the server may be gone.
    pub async fn try_send(self) -> Result<Reply, reqwest::Error> {
        let response = self.request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?.to_vec();
        Ok(Reply { what: self.what, status, headers, bytes })
    }
}

/// A stream of server-sent events that is being listened to.
#[derive(Debug)]
pub struct Listening {
    response: Response,
    text: String,
}

/// One message of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The last position it speaks of.
    pub id: i64,
    /// `change` or `reset`.
    pub name: String,
    /// What it says.
    pub data: Value,
}

impl Listening {
    /// The status it was answered with.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// The next message; none where the stream ended as it should.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let (message, rest) = (Message::read(message), rest.to_owned());
                self.text = rest;
                if message.is_some() {
                    return message;
                }
                continue;
            }
            let bytes = self.response.chunk().await.unwrap()?;
            self.text += std::str::from_utf8(&bytes).unwrap();
        }
    }
}

impl Message {
    /// Reads a message; what only shows that the stream is there says nothing.
    fn read(text: &str) -> Option<Self> {
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        Some(Self {
            id: field("id")?.parse().unwrap(),
            name: field("event")?.to_owned(),
            data: serde_json::from_str(field("data")?).unwrap(),
        })
    }
}

impl Reply {
    /// The body as JSON; nothing is `null`.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The body as text, for messages.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The position at which a query sees what this command did.
    pub fn position(&self) -> i64 {
        self.header("x-position").and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// Whether it went well.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body of a success, or the end of the test.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.is_success(), "{}: {} {}", self.what, self.status, self.text());
        self.json()
    }

    /// The text of a page, or the end of the test.
    #[track_caller]
    pub fn ok_page(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.text());
        self.text()
    }

    /// The kind of a problem: the end of its type.
    pub fn problem_code(&self) -> String {
        let body = self.json();
        let kind = body["type"].as_str().unwrap_or_default();
        kind.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// A problem as RFC 9457 wants it, of this status and kind, or the end of the test.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let told = format!("{}: {} {}", self.what, self.status, self.text());
        assert_eq!((self.status, self.problem_code().as_str()), (status, code), "{told}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{told}");
        let body = self.json();
        assert_eq!(body["status"].as_u64(), Some(u64::from(status)), "{told}");
        assert_eq!(body["success"], false, "{told}");
        assert!(body["message"].is_string() && body["title"].is_string(), "{told}");
        body
    }
}
