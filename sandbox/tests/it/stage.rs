//! A sandbox, and a client that speaks plain HTTP to it.

use sandbox::{Running, Sandbox, SandboxConfig};
use serde_json::{Value, json};

pub struct Stage {
    pub sandbox: Running,
    pub client: reqwest::Client,
}

impl Stage {
    pub async fn start() -> Self {
        Self::with(SandboxConfig::default()).await
    }

    pub async fn with(config: SandboxConfig) -> Self {
        let sandbox = Sandbox::start(config).await.unwrap();
        Self { sandbox, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// Plays the buyer, the bank or the console.
    pub async fn act(&self, id: &str, action: &str, body: Value) -> Value {
        self.control(&format!("/payments/{id}/{action}"), body).await
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.sandbox.control_url());
        let answer = self.client.post(url).body(body.to_string()).send().await.unwrap();
        let ok = answer.status().is_success();
        let text = answer.text().await.unwrap();
        assert!(ok, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn document(&self, id: &str) -> Value {
        self.get(&format!("/payments/{id}")).await.1
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.send(self.request("GET", path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(self.request("POST", path).body(body.to_string())).await
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.sandbox.portone_v2_url());
        let method = method.parse().unwrap();
        self.client.request(method, url).header("authorization", "PortOne sandbox-api-secret")
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null))
    }
}

/// A card payment of 13 000 won.
pub fn card() -> Value {
    json!({ "checkout": { "totalAmount": 13_000 } })
}

/// The same, held in escrow.
pub fn escrow() -> Value {
    json!({ "checkout": { "totalAmount": 13_000, "isEscrow": true } })
}
