//! PortOne V1's rules, each over the wire, with answers compared against literals.

mod calls;
mod cancels;
mod escrows;
mod webhooks;
mod windows;

use ambient::Clock;
use chrono::{DateTime, Utc};
use sandbox::{Channel, SandboxConfig};
use serde_json::{Value, json};

use crate::stage::Stage;

/// PortOne V1's side of the stage.
pub struct V1 {
    pub stage: Stage,
    pub clock: Clock,
    token: String,
}

pub fn start_of_time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

impl V1 {
    pub async fn start() -> Self {
        Self::with(SandboxConfig::default()).await
    }

    pub async fn with(config: SandboxConfig) -> Self {
        let clock = Clock::virtual_at(start_of_time());
        let stage = Stage::with(SandboxConfig { clock: clock.clone(), ..config }).await;
        let nobody = Self { stage, clock, token: String::new() };
        let given = nobody.token().await;
        Self { token: given["access_token"].as_str().unwrap().to_owned(), ..nobody }
    }

    pub async fn of_pg(provider: &str) -> Self {
        let channels = vec![Channel { pg_provider: provider.into(), ..Channel::default() }];
        Self::with(SandboxConfig { channels, ..SandboxConfig::default() }).await
    }

    pub async fn token(&self) -> Value {
        let keys = json!({ "imp_key": "sandbox-imp-key", "imp_secret": "sandbox-imp-secret" });
        self.post("/users/getToken", keys).await.1["response"].clone()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.stage.sandbox.portone_v1_url())
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.stage.client.request(method.parse().unwrap(), self.url(path));
        request.header("authorization", &self.token)
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.stage.send(self.request("GET", path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call("POST", path, body).await
    }

    pub async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(method, path).header("content-type", "application/json");
        self.stage.send(request.body(body.to_string())).await
    }

    /// Plays the buyer, the bank or the console; answers the document.
    pub async fn act(&self, order: &str, action: &str, body: Value) -> Value {
        self.stage.control(&format!("/portone-v1/payments/{order}/{action}"), body).await
    }

    /// Pays; answers the `imp_uid`.
    pub async fn paid(&self, order: &str, checkout: Value) -> String {
        let paid = self.act(order, "approve", json!({ "checkout": checkout })).await;
        assert_eq!(paid["status"], "paid");
        paid["imp_uid"].as_str().unwrap().to_owned()
    }
}

pub fn card() -> Value {
    json!({ "totalAmount": 13_000 })
}

pub fn held() -> Value {
    json!({ "totalAmount": 13_000, "isEscrow": true, "payMethod": "TRANSFER" })
}

/// The status, the code and the message of a failure, whose `response` is null.
pub fn failure(answer: &(u16, Value)) -> (u16, i64, &str) {
    assert_eq!(answer.1["response"], Value::Null);
    (answer.0, answer.1["code"].as_i64().unwrap(), answer.1["message"].as_str().unwrap())
}
