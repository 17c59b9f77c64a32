//! A small client: JSON in, JSON out, and a problem is a failure.

use std::time::Duration;

use reqwest::{Method, Response, redirect::Policy};
use serde_json::Value;

use super::Failure;

const PATIENCE: Duration = Duration::from_secs(30);

/// Speaks to one server.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    pub(super) fn new(base: &str) -> Result<Self, Failure> {
        // Somebody else may have chosen the provider already; that one will do.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(Failure::of)?;
        Ok(Self { http, base: base.to_owned() })
    }

    pub(super) async fn get(&self, path: &str, token: &str) -> Result<Value, Failure> {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(token);
        read(request.send().await.map_err(Failure::of)?).await
    }

    /// Each request has a key of its own: sent again, it would happen once.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .header("Idempotency-Key", ambient::fresh_id().to_string());
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        read(request.send().await.map_err(Failure::of)?).await
    }

    /// Opens the gateway's pay window and clicks "approve", as a person would.
    pub(super) async fn pay(&self, pay_url: &str) -> Result<String, Failure> {
        let window = self.http.get(pay_url).send().await.map_err(Failure::of)?;
        window.error_for_status().map_err(Failure::of)?;
        let form = "application/x-www-form-urlencoded";
        let click = self.http.post(pay_url).header("Content-Type", form).body("action=approve");
        let answer = click.send().await.map_err(Failure::of)?.error_for_status().map_err(Failure::of)?;
        let back = answer.headers().get("Location").and_then(|value| value.to_str().ok());
        back.map(ToOwned::to_owned).ok_or_else(|| Failure::of("the pay window did not send the browser back"))
    }

    /// Follows the browser's way back.
    pub(super) async fn visit(&self, url: &str) -> Result<(), Failure> {
        let page = self.http.get(url).header("Accept-Language", "en").send().await.map_err(Failure::of)?;
        page.error_for_status().map(drop).map_err(Failure::of)
    }
}

async fn read(response: Response) -> Result<Value, Failure> {
    let status = response.status();
    let path = response.url().path().to_owned();
    let body: Value = response.json().await.map_err(Failure::of)?;
    if status.is_success() {
        return Ok(body);
    }
    let detail = text(&body, "detail");
    Err(Failure::Said(format!("{path} answered {status}: {detail}")))
}

/// A member of a body as text, without quotes.
pub(super) fn text(body: &Value, pointer: &str) -> String {
    let found = if pointer.starts_with('/') { body.pointer(pointer) } else { body.get(pointer) };
    match found {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_))) => {
            other.to_string()
        }
    }
}
