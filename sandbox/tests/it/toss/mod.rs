//! Toss Payments from outside: a shop's server, its buyer's browser and its console.

mod accounts;
mod confirming;
mod giving_back;
mod telling;

use ambient::Clock;
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Url;
use sandbox::SandboxConfig;
use serde_json::{Map, Value};

use crate::stage::Stage;

/// Monday, the second of March 2026, 10:23:45 in Seoul.
const START: &str = "2026-03-02T01:23:45Z";
const CARD: &str = "clientKey=test_ck_sandbox&method=CARD&amount=13000&orderName=chair&successUrl=http://shop.example/ok&failUrl=http://shop.example/no";
const ESCROW: &str = "clientKey=test_ck_sandbox&method=TRANSFER&useEscrow=true&amount=13000&orderName=chair&successUrl=http://shop.example/ok&failUrl=http://shop.example/no";

pub struct Shop {
    pub stage: Stage,
    pub clock: Clock,
}

impl Shop {
    pub async fn start() -> Self {
        Self::with(SandboxConfig::default()).await
    }

    pub async fn with(config: SandboxConfig) -> Self {
        let clock = Clock::virtual_at(START.parse().unwrap());
        let mut stage = Stage::with(SandboxConfig { clock: clock.clone(), ..config }).await;
        let stay = reqwest::redirect::Policy::none();
        stage.client = reqwest::Client::builder().no_proxy().redirect(stay).build().unwrap();
        Self { stage, clock }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.stage.sandbox.toss_url())
    }

    /// Opens the window of an order and clicks; answers where the browser is sent, and with what.
    pub async fn buy(&self, order: &str, arguments: &str, action: &str) -> (String, Value) {
        let window = self.url(&format!("/pay/{order}"));
        let opened = self.stage.client.get(format!("{window}?{arguments}")).send().await.unwrap();
        assert_eq!(opened.status(), 200, "{}", opened.text().await.unwrap());
        let clicked = self.stage.client.post(window).body(format!("action={action}")).send().await.unwrap();
        assert_eq!(clicked.status(), 303);
        let to = Url::parse(clicked.headers()["location"].to_str().unwrap()).unwrap();
        let query = to.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned().into()));
        (to.path().to_owned(), Value::Object(query.collect::<Map<_, _>>()))
    }

    /// A buyer was authenticated; what the shop then confirms.
    pub async fn authenticated(&self, order: &str, arguments: &str) -> Value {
        let (_, mut given) = self.buy(order, arguments, "approve").await;
        given.as_object_mut().unwrap().remove("paymentType");
        given
    }

    /// A confirmed payment's key.
    pub async fn paid(&self, order: &str, arguments: &str) -> String {
        let given = self.authenticated(order, arguments).await;
        let (status, document) = self.post("/v1/payments/confirm", given.clone()).await;
        assert_eq!(status, 200, "{document}");
        given["paymentKey"].as_str().unwrap().to_owned()
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let basic = STANDARD.encode("test_sk_sandbox:");
        let request = self.stage.client.request(method.parse().unwrap(), self.url(path));
        request.header("authorization", format!("Basic {basic}"))
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.stage.send(self.request("GET", path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.stage.send(self.request("POST", path).body(body.to_string())).await
    }

    pub async fn document(&self, key: &str) -> Value {
        self.get(&format!("/v1/payments/{key}")).await.1
    }

    pub async fn cancel(&self, key: &str, body: Value) -> (u16, Value) {
        self.post(&format!("/v1/payments/{key}/cancel"), body).await
    }

    pub async fn act(&self, id: &str, action: &str, body: Value) -> Value {
        self.stage.control(&format!("/toss/payments/{id}/{action}"), body).await
    }
}

/// A status and a code.
pub fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

/// Some fields of a document.
pub fn told<const N: usize>(document: &Value, names: [&str; N]) -> Value {
    Value::Array(names.map(|name| document[name].clone()).into())
}
