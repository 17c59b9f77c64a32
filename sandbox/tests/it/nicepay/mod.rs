//! NicePay from outside: a shop's server, its buyer's browser and its console.

mod approving;
mod giving_back;
mod holding;
mod telling;

use ambient::Clock;
use base64::{Engine, engine::general_purpose::STANDARD};
use sandbox::SandboxConfig;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::stage::Stage;

/// Monday, the second of March 2026, 10:23:45 in Seoul.
const START: &str = "2026-03-02T01:23:45Z";
const SECRET: &str = "sandbox-nicepay-secret-key";
const CLIENT: &str = "S2_sandboxclientkey";
const CARD: &str = "clientId=S2_sandboxclientkey&method=card&amount=13000&goodsName=chair&returnUrl=http://shop.example/back";
const ESCROW: &str = "clientId=S2_sandboxclientkey&method=card&amount=13000&goodsName=chair&returnUrl=http://shop.example/back&useEscrow=true";
const VBANK: &str = "clientId=S2_sandboxclientkey&method=vbank&amount=13000&goodsName=chair&returnUrl=http://shop.example/back&vbankHolder=shop&vbankValidHours=48";

pub fn sha256(parts: &[&str]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap();
    Sha256::digest(parts.concat()).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

pub struct Nice {
    pub stage: Stage,
    pub clock: Clock,
}

impl Nice {
    pub async fn start() -> Self {
        Self::with(SandboxConfig::default()).await
    }

    pub async fn with(config: SandboxConfig) -> Self {
        let clock = Clock::virtual_at(START.parse().unwrap());
        let stage = Stage::with(SandboxConfig { clock: clock.clone(), ..config }).await;
        Self { stage, clock }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.stage.sandbox.nicepay_url())
    }

    /// Opens the window of an order and clicks; answers the form that the browser then posts to the shop.
    pub async fn buy(&self, order: &str, arguments: &str, action: &str) -> Map<String, Value> {
        let window = self.url(&format!("/pay/{order}"));
        let opened = self.stage.client.get(format!("{window}?{arguments}")).send().await.unwrap();
        assert_eq!(opened.status(), 200, "{}", opened.text().await.unwrap());
        let clicked = self.stage.client.post(window).body(format!("action={action}")).send().await.unwrap();
        let page = clicked.text().await.unwrap();
        let mut form = Map::new();
        for input in page.split("<input type=\"hidden\" name=\"").skip(1) {
            let mut parts = input.split('"');
            let name = parts.next().unwrap().to_owned();
            form.insert(name, parts.nth(1).unwrap().into());
        }
        assert!(page.contains("<form method=\"post\" action=\"http://shop.example/back\""), "{page}");
        form
    }

    /// A buyer was authenticated; the key that the shop has now.
    pub async fn authenticated(&self, order: &str, arguments: &str) -> String {
        self.buy(order, arguments, "approve").await["tid"].as_str().unwrap().to_owned()
    }

    /// An approved payment's key.
    pub async fn paid(&self, order: &str, arguments: &str) -> String {
        let tid = self.authenticated(order, arguments).await;
        let approved = self.post(&format!("/v1/payments/{tid}"), json!({ "amount": 13_000 })).await;
        assert_eq!(approved.1["resultCode"], "0000", "{approved:?}");
        tid
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let basic = STANDARD.encode(format!("{CLIENT}:{SECRET}"));
        let request = self.stage.client.request(method.parse().unwrap(), self.url(path));
        request.header("authorization", format!("Basic {basic}")).header("content-type", "application/json")
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.stage.send(self.request("GET", path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.stage.send(self.request("POST", path).body(body.to_string())).await
    }

    pub async fn act(&self, id: &str, action: &str, body: Value) -> Value {
        self.stage.control(&format!("/nicepay/payments/{id}/{action}"), body).await
    }

    /// A status and a result code.
    pub async fn code(&self, path: &str, body: Value) -> (u16, String) {
        let (status, answer) = self.post(path, body).await;
        (status, answer["resultCode"].as_str().unwrap_or_default().to_owned())
    }
}

/// A refusal as NicePay answers it.
pub fn refused(code: &str) -> (u16, String) {
    (200, code.to_owned())
}
