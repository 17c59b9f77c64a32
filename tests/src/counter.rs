//! The gateway's side of the counter: a test plays the buyer in the pay window, the bank, the console and the
//! network through the sandbox's control plane.

use std::collections::BTreeMap;

use ambient::Clock;
use api::GatewayAccounts;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Duration, Utc};
use gateways::{
    Secret, TimeLimits, nicepay::NicepayConfig, portone_v1::PortoneV1Config, portone_v2::PortoneV2Config,
    toss::TossConfig,
};
use sandbox::{Channel, Running, Sandbox, SandboxConfig, Secrets, WebhookUrls};
use serde_json::{Value, json};

use crate::{
    actors::{Payment, text},
    http::{Caller, Reply, client},
};

/// What the shop's account at the sandbox is called.
pub const STORE: &str = "store-00000000-0000-0000-0000-000000000001";
/// The channel the shop takes payments through.
pub const CHANNEL: &str = "channel-key-sandbox";
/// A channel of the same store that the shop does not know.
pub const FOREIGN_CHANNEL: &str = "channel-key-of-another-shop";
/// What the shop calls the gateway with.
pub const API_SECRET: &str = "sandbox-api-secret";
/// What webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0zMi1ieXRlcyE=";

/// A route of the sandbox, as its fault script names it.
pub const PREPARE: &str = "POST /payments/{id}/pre-register";
/// The look-up.
pub const LOOKUP: &str = "GET /payments/{id}";
/// The cancellation.
pub const CANCEL: &str = "POST /payments/{id}/cancel";
/// Webhooks.
pub const WEBHOOK: &str = "webhook";

/// How long the program waits for a gateway: the scripted silences last that long in every test.
const GATEWAY_PATIENCE: std::time::Duration = std::time::Duration::from_millis(400);
/// How often one looks whether webhooks have arrived, and how long one waits in between.
const LOOKS: usize = 5_000;
const BETWEEN_LOOKS: Duration = Duration::milliseconds(4);

/// A sandbox gateway, and who stands at its counter. It outlives the program under test.
#[derive(Debug)]
pub struct Counter {
    running: Running,
    control: Caller,
}

impl Counter {
    /// Opens a sandbox on free ports, by this clock.
    pub async fn open(clock: Clock, shop_url: String) -> Self {
        let foreign = Channel { key: FOREIGN_CHANNEL.into(), ..Channel::default() };
        let config = SandboxConfig {
            webhook_urls: WebhookUrls::of_shop(&shop_url),
            portone_v1_webhooks_again: true,
            clock,
            store_id: STORE.into(),
            secrets: Secrets {
                api_secret: API_SECRET.into(),
                webhook: vec![WEBHOOK_SECRET.into()],
                ..Secrets::default()
            },
            channels: vec![Channel { key: CHANNEL.into(), ..Channel::default() }, foreign],
            request_log: 100_000,
            ..SandboxConfig::default()
        };
        let running = Sandbox::start(config).await.unwrap();
        let control = Caller::nobody(client(), &running.control_url());
        Self { running, control }
    }

    /// The shop's accounts at all four gateways.
    pub fn accounts(&self) -> GatewayAccounts {
        let keys = Secrets::default();
        let limits = TimeLimits { connect: GATEWAY_PATIENCE, read: GATEWAY_PATIENCE };
        let (v1, v2) = (self.running.portone_v1_url(), self.running.portone_v2_url());
        let (nicepay, toss) = (self.running.nicepay_url(), self.running.toss_url());
        GatewayAccounts {
            portone_v1: Some(PortoneV1Config {
                base_url: v1.clone(),
                code: keys.imp_code,
                key: Secret::new(keys.imp_key),
                secret: Secret::new(keys.imp_secret),
                tier: None,
                channels: vec!["html5_inicis.SandboxTest".into()],
                escrow_channel: None,
                live: false,
                sdk_url: format!("{v1}/v1/iamport.js"),
                pay_page: Some(v1),
                limits,
            }),
            portone_v2: Some(PortoneV2Config {
                base_url: v2.clone(),
                api_secret: Secret::new(API_SECRET),
                webhook_secrets: vec![Secret::new(WEBHOOK_SECRET)],
                store_id: STORE.into(),
                channels: vec![CHANNEL.into()],
                escrow_channel: None,
                live: false,
                sdk_url: format!("{v2}/v2/browser-sdk.js"),
                pay_page: Some(v2),
                limits,
            }),
            nicepay: Some(NicepayConfig {
                base_url: nicepay.clone(),
                client_key: keys.nicepay_client_key,
                secret_key: Secret::new(keys.nicepay_secret_key),
                live: false,
                sdk_url: format!("{nicepay}/v1/js/"),
                pay_page: Some(nicepay),
                limits,
            }),
            toss: Some(TossConfig {
                base_url: toss.clone(),
                client_key: keys.toss_client_key,
                secret_key: Secret::new(keys.toss_secret_key),
                merchant_ids: vec!["escrowsandbox".into()],
                live: false,
                sdk_url: format!("{toss}/v2/standard"),
                pay_page: Some(toss),
                limits,
            }),
        }
    }

    /// The control plane, for what has no name of its own here.
    pub(crate) const fn control(&self) -> &Caller {
        &self.control
    }

    /// Where the gateway's API is.
    pub fn url(&self) -> String {
        self.running.portone_v2_url()
    }

    /// The page behind a gateway's window, for a program that does not know of any: what a browser would hand to the
    /// gateway's script, in an address.
    pub fn page_of(&self, begun: &Reply) -> String {
        let (begun, protocol) = (begun.ok(), Payment::begun(begun).protocol());
        let base = match protocol.as_str() {
            "portone-v1" => self.running.portone_v1_url(),
            "nicepay" => self.running.nicepay_url(),
            "toss" => self.running.toss_url(),
            _ => self.running.portone_v2_url(),
        };
        let mut page = reqwest::Url::parse(&base).unwrap();
        page.set_path(&format!("/pay/{}", text(&begun, "gateway_payment_id")));
        for (name, value) in begun["checkout"]["request"].as_object().unwrap() {
            let value = if value.is_object() { &value["value"] } else { value };
            let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            if value != "null" {
                page.query_pairs_mut().append_pair(name, &value);
            }
        }
        page.into()
    }

    /// Waits until every fault of the script has been played: the calls it is for have arrived.
    pub async fn script_is_played(&self) {
        for _ in 0..LOOKS {
            if self.script().await.is_empty() {
                return;
            }
            Clock::system().sleep(BETWEEN_LOOKS).await;
        }
        panic!("still to be played: {:?}", self.script().await)
    }

    /// Does one thing to one payment, as the control plane names it.
    pub async fn act(&self, payment: &Payment, action: &str, body: Value) -> Reply {
        let (protocol, id) = (payment.protocol(), &payment.gateway_id);
        self.control.post(&format!("/{protocol}/payments/{id}/{action}"), &body).send().await
    }

    /// The arguments the buyer's browser opens the window with.
    pub fn window(payment: &Payment) -> Value {
        json!({
            "storeId": STORE, "channelKey": CHANNEL, "orderName": "test", "totalAmount": payment.amount,
            "currency": "KRW", "payMethod": "CARD", "isEscrow": payment.escrow,
        })
    }

    /// The buyer pays in the window.
    pub async fn approves(&self, payment: &Payment) {
        self.act(payment, "approve", json!({ "checkout": Self::window(payment) })).await.ok();
    }

    /// The buyer pays, and what is captured is not what was asked for.
    pub async fn approves_otherwise(&self, payment: &Payment, deviate: Value) {
        let body = json!({ "checkout": Self::window(payment), "deviate": deviate });
        self.act(payment, "approve", body).await.ok();
    }

    /// The buyer pays, and the webhook that says so is lost.
    pub async fn approves_in_silence(&self, payment: &Payment) {
        self.fault(WEBHOOK, json!("drop"), 1).await;
        self.approves(payment).await;
    }

    /// The buyer is given an account to pay into until `due`.
    pub async fn issues_account(&self, payment: &Payment, due: DateTime<Utc>) {
        let mut window = Self::window(payment);
        window["payMethod"] = "VIRTUAL_ACCOUNT".into();
        window["dueDate"] = due.to_rfc3339().into();
        self.act(payment, "issue", json!({ "checkout": window })).await.ok();
    }

    /// The card's bank says no.
    pub async fn declines(&self, payment: &Payment) {
        self.act(payment, "decline", json!({ "checkout": Self::window(payment) })).await.ok();
    }

    /// Somebody pays into the shop's account without the shop: the window, and the approval where the gateway waits for
    /// one, are another program's. Whether money was taken.
    pub async fn captures_elsewhere(&self, payment: &Payment) -> bool {
        let window = json!({ "orderName": "elsewhere", "totalAmount": payment.amount, "currency": "KRW" });
        let agreed = self.act(payment, "approve", json!({ "checkout": window })).await;
        if !agreed.is_success() {
            return false;
        }
        let (agreed, keys, id) = (agreed.json(), Secrets::default(), &payment.gateway_id);
        let elsewhere =
            |base: String, path: String, body: &Value| Caller::nobody(client(), &base).post(&path, body);
        let (asking, user) = match payment.gateway.as_str() {
            "nicepay" => {
                let path = format!("/v1/payments/{}", text(&agreed, "tid"));
                let asking =
                    elsewhere(self.running.nicepay_url(), path, &json!({ "amount": payment.amount }));
                (asking, format!("{}:{}", keys.nicepay_client_key, keys.nicepay_secret_key))
            }
            "toss" => {
                let body = json!({
                    "paymentKey": text(&agreed, "paymentKey"), "orderId": id, "amount": payment.amount,
                });
                let asking = elsewhere(self.running.toss_url(), "/v1/payments/confirm".to_owned(), &body);
                (asking, format!("{}:", keys.toss_secret_key))
            }
            _ => return true,
        };
        asking.header("authorization", format!("Basic {}", STANDARD.encode(user))).send().await.is_success()
    }

    /// Something shall go wrong: `fault` as the sandbox names it, so many `times`.
    pub async fn fault(&self, route: &str, fault: Value, times: u32) {
        let rule = json!({ "route": route, "fault": fault, "times": times });
        self.control.post("/faults", &rule).send().await.ok();
    }

    /// The same for one gateway's calls alone.
    pub async fn fault_at(&self, protocol: &str, (route, fault): (&str, Value), times: Option<u32>) {
        let rule = json!({ "protocol": protocol, "route": route, "fault": fault, "times": times });
        self.control.post("/faults", &rule).send().await.ok();
    }

    /// How often a gateway was asked `route`.
    pub async fn asked(&self, protocol: &str, route: &str) -> usize {
        let fits = |asked: &&Value| asked["protocol"] == protocol && asked["route"] == route;
        self.requests().await.iter().filter(fits).count()
    }

    /// Something shall go wrong until [`Self::heals`].
    pub async fn breaks(&self, route: &str, fault: Value) {
        let rule = json!({ "route": route, "fault": fault, "times": null });
        self.control.post("/faults", &rule).send().await.ok();
    }

    /// What of the script is still to be played.
    pub async fn script(&self) -> Vec<Value> {
        self.control.get("/faults").send().await.ok().as_array().unwrap().clone()
    }

    /// Nothing goes wrong any more.
    pub async fn heals(&self) {
        self.control.delete("/faults", &json!({})).send().await.ok();
    }

    /// The webhooks about a payment and what came of them.
    pub async fn webhooks(&self, payment: &Payment) -> Vec<Value> {
        let path = format!("/{}/payments/{}/webhooks", payment.protocol(), payment.gateway_id);
        let told = self.control.get(&path).send().await;
        if told.status == 404 { vec![] } else { told.ok().as_array().unwrap().clone() }
    }

    /// Waits until no webhook about the payment is under way any more.
    pub async fn webhooks_are_out(&self, payment: &Payment) -> Vec<Value> {
        for _ in 0..LOOKS {
            let webhooks = self.webhooks(payment).await;
            if webhooks.iter().all(|webhook| webhook["outcome"] != "waiting") {
                return webhooks;
            }
            Clock::system().sleep(BETWEEN_LOOKS).await;
        }
        panic!("webhooks are still under way: {:?}", self.webhooks(payment).await)
    }

    /// Every request the gateway was asked, oldest first.
    pub async fn requests(&self) -> Vec<Value> {
        self.control.get("/requests").send().await.ok().as_array().unwrap().clone()
    }

    /// How often the gateway was asked `route` about a payment.
    pub async fn count(&self, route: &str, payment: &Payment) -> usize {
        let about =
            |asked: &&Value| asked["route"] == route && asked["paymentId"] == payment.gateway_id.as_str();
        self.requests().await.iter().filter(about).count()
    }

    /// The gateway's own document of a payment.
    pub async fn document(&self, gateway_id: &str) -> Value {
        let gateway = Caller::nobody(client(), &self.url());
        let ask = gateway.get(&format!("/payments/{gateway_id}"));
        ask.header("authorization", format!("PortOne {API_SECRET}")).send().await.json()
    }

    /// What the gateway has given back of a payment, by its own book.
    pub async fn given_back(&self, payment: &Payment) -> i64 {
        self.document(&payment.gateway_id).await["amount"]["cancelled"].as_i64().unwrap_or_default()
    }

    /// How often each payment was given back something, by the gateway's own book.
    pub async fn cancellations(&self, gateway_ids: &[String]) -> BTreeMap<String, usize> {
        let mut all = BTreeMap::new();
        for id in gateway_ids {
            let document = self.document(id).await;
            let cancellations = document["cancellations"].as_array().map_or(0, Vec::len);
            all.insert(id.clone(), cancellations);
        }
        all
    }
}
