//! Asking over HTTP, and what came back.

use std::{sync::Once, time::Duration};

use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
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

    /// Asks; the server may be gone.
    pub async fn try_send(self) -> Result<Reply, reqwest::Error> {
        let response = self.request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?.to_vec();
        Ok(Reply { what: self.what, status, headers, bytes })
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
