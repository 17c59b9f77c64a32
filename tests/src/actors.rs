//! Who takes part: each actor is a client with an account, and speaks the domain.
//!
//! What an actor does is expected to succeed; what may be refused is asked by `tries_to…`, which answers the reply.

use serde_json::{Value, json};

use crate::http::{Caller, Reply};

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Asks under the account's token.
    pub http: Caller,
    /// `cus_…`
    pub id: String,
    /// What one logs in with.
    pub email: String,
}

/// Who orders, pays and confirms.
#[derive(Debug, Clone)]
pub struct Buyer(pub Account);

/// Who sells and ships.
#[derive(Debug, Clone)]
pub struct Seller(pub Account);

/// Who helps.
#[derive(Debug, Clone)]
pub struct Operator(pub Account);

/// Who looks at everything and changes nothing.
#[derive(Debug, Clone)]
pub struct Auditor(pub Account);

/// Something on sale.
#[derive(Debug, Clone)]
pub struct Product {
    /// `prd_…`
    pub id: String,
    /// Price of one unit, in won.
    pub price: i64,
}

/// An order.
#[derive(Debug, Clone)]
pub struct Order {
    /// `ord_…`
    pub id: String,
    /// What it costs, in won.
    pub total: i64,
}

/// An attempt to pay.
#[derive(Debug, Clone)]
pub struct Payment {
    /// `pay_…`
    pub id: String,
    /// What the gateway calls it.
    pub gateway_id: String,
    /// How much, in won.
    pub amount: i64,
    /// Whether the gateway is asked to hold it.
    pub escrow: bool,
    /// Through which gateway.
    pub gateway: String,
    /// A page to pay on.
    pub pay_url: Option<String>,
}

/// A parcel.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// `shp_…`
    pub id: String,
}

/// Where parcels go.
pub fn address() -> Value {
    json!({
        "recipient": "홍길동", "phone": "010-1234-5678", "line1": "서울특별시 중구 세종대로 110",
        "postcode": "04524", "country": "KR",
    })
}

/// Where deposits go back to.
pub fn refund_account() -> Value {
    json!({ "bank": "004", "number": "110-234-567890", "holder": "홍길동" })
}

/// Won as money.
pub fn won(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "KRW" })
}

/// The body of an order.
pub fn order_body(lines: &[(&Product, i64)]) -> Value {
    let line =
        |(product, quantity): &(&Product, i64)| json!({ "product_id": product.id, "quantity": quantity });
    json!({ "lines": lines.iter().map(line).collect::<Vec<_>>(), "delivery_address": address() })
}

/// The body of a payment.
pub fn payment_body(order: &Order) -> Value {
    json!({ "order_id": order.id, "escrow": true })
}

/// The id under `name` in an answer.
pub fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned()
}

/// Amounts in answers.
pub trait Counted {
    /// The amount under a name.
    fn won(&self, name: &str) -> i64;
}

impl Counted for Value {
    #[track_caller]
    fn won(&self, name: &str) -> i64 {
        self[name].as_i64().unwrap_or_else(|| panic!("no {name} in {self}"))
    }
}

impl Buyer {
    /// Orders; the stock is reserved.
    pub async fn orders(&self, lines: &[(&Product, i64)]) -> Order {
        Order::placed(&self.tries_to_order(lines).await)
    }

    /// Asks for an order.
    pub async fn tries_to_order(&self, lines: &[(&Product, i64)]) -> Reply {
        self.0.http.post("/orders", &order_body(lines)).send().await
    }

    /// Begins to pay.
    pub async fn begins_to_pay(&self, order: &Order) -> Payment {
        Payment::begun(&self.tries_to_pay(order).await)
    }

    /// Begins to pay through a gateway, `card` or otherwise.
    pub async fn begins_to_pay_at(&self, order: &Order, gateway: &str, method: &str) -> Payment {
        let escrow = method != "card";
        let body = json!({ "order_id": order.id, "escrow": escrow, "gateway": gateway, "method": method });
        Payment::begun(&self.0.http.post("/payments", &body).send().await)
    }

    /// Asks for an attempt to pay.
    pub async fn tries_to_pay(&self, order: &Order) -> Reply {
        self.0.http.post("/payments", &payment_body(order)).send().await
    }

    /// Is back from the pay window: has the payment verified.
    pub async fn returns_from(&self, payment: &Payment) -> Reply {
        self.0.http.ask(reqwest::Method::POST, &format!("/verifyIamport/{}", payment.gateway_id)).send().await
    }

    /// Has received and accepted everything.
    pub async fn confirms(&self, order: &Order) -> Value {
        self.tries_to_confirm(order).await.ok()
    }

    /// Asks to confirm.
    pub async fn tries_to_confirm(&self, order: &Order) -> Reply {
        self.0.http.ask(reqwest::Method::POST, &format!("/orders/{}/confirm", order.id)).send().await
    }

    /// Gives the order up; answers `cancelled` or `cancelling`.
    pub async fn cancels(&self, order: &Order) -> String {
        text(&self.tries_to_cancel(order).await.ok(), "status")
    }

    /// Asks to give an order up that was paid by virtual account.
    pub async fn tries_to_cancel_to_account(&self, order: &Order) -> Reply {
        let body = json!({ "reason": "changed my mind", "refund_account": refund_account() });
        self.0.http.delete(&format!("/orders/{}/cancel", order.id), &body).send().await
    }

    /// Asks to give the order up.
    pub async fn tries_to_cancel(&self, order: &Order) -> Reply {
        let body = json!({ "reason": "changed my mind" });
        self.0.http.delete(&format!("/orders/{}/cancel", order.id), &body).send().await
    }
}

impl Seller {
    /// Puts something on sale.
    pub async fn sells(&self, name: &str, price: i64, stock: i64) -> Product {
        let body = json!({ "name": name, "description": "", "price": won(price), "stock": stock });
        let saved = self.0.http.post("/products", &body).send().await.ok();
        Product { id: text(&saved, "product_id"), price }
    }

    /// Ships everything of theirs that is left.
    pub async fn ships(&self, order: &Order) -> Parcel {
        Parcel { id: text(&self.tries_to_ship(order).await.ok(), "shipment_id") }
    }

    /// Asks to ship.
    pub async fn tries_to_ship(&self, order: &Order) -> Reply {
        let body = json!({ "carrier": "CJGLS", "invoice_number": "601234567890" });
        self.0.http.post(&format!("/orders/{}/shipments", order.id), &body).send().await
    }

    /// Says that a parcel has arrived.
    pub async fn delivers(&self, parcel: &Parcel) {
        self.0
            .http
            .ask(reqwest::Method::POST, &format!("/shipments/{}/delivered", parcel.id))
            .send()
            .await
            .ok();
    }

    /// Refunds part of a payment.
    pub async fn refunds(&self, payment: &Payment, amount: i64) -> Reply {
        let body = json!({ "reason": "a scratch on it", "amount": won(amount) });
        self.0.http.post(&format!("/payments/{}/refund", payment.id), &body).send().await
    }

    /// `sel_…`
    pub fn seller_id(&self) -> String {
        self.0.id.replacen("cus_", "sel_", 1)
    }
}

impl Operator {
    /// One order with everything about it.
    pub async fn order(&self, order: &Order) -> Value {
        self.0.http.get(&format!("/orders/{}", order.id)).send().await.ok()
    }

    /// One payment with its holds.
    pub async fn payment(&self, payment: &Payment) -> Value {
        self.0.http.get(&format!("/payments/{}/status", payment.id)).send().await.ok()
    }

    /// All items of a list, page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.0.http.get(&format!("{path}?limit=100{cursor}")).send().await.ok();
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// Refunds a payment by virtual account in full.
    pub async fn refunds_to_account(&self, payment: &Payment) -> Reply {
        let body = json!({ "reason": "by an operator", "refund_account": refund_account() });
        self.0.http.post(&format!("/payments/{}/refund", payment.id), &body).send().await
    }

    /// Refunds a payment in full.
    pub async fn refunds(&self, payment: &Payment) -> Reply {
        let body = json!({ "reason": "by an operator" });
        self.0.http.post(&format!("/payments/{}/refund", payment.id), &body).send().await
    }
}

impl Auditor {
    /// Every event, in order, as stored.
    pub async fn events(&self) -> Vec<Value> {
        let mut events = Vec::new();
        let mut after = 0;
        loop {
            let page = self.0.http.get(&format!("/audit/events?limit=1000&after={after}")).send().await.ok();
            events.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_i64() {
                Some(next) => after = next,
                None => return events,
            }
        }
    }

    /// What stands in an account in won: debits less credits.
    pub async fn balance(&self, account: &str) -> i64 {
        let path = format!("/ledger/accounts/{}", account.replace('/', "%2F"));
        let told = self.0.http.get(&path).send().await;
        if told.status == 404 {
            return 0;
        }
        let balances = told.ok()["balances"].as_array().unwrap().clone();
        balances.iter().map(|balance| balance["balance"].as_i64().unwrap()).sum()
    }
}

impl Order {
    /// From the answer to an order.
    pub fn placed(reply: &Reply) -> Self {
        let body = reply.ok();
        Self { id: text(&body, "order_id"), total: body["total"]["amount"].as_i64().unwrap() }
    }
}

impl Payment {
    /// From the answer to the beginning of a payment.
    pub fn begun(reply: &Reply) -> Self {
        let body = reply.ok();
        let amount = &body["amount"];
        Self {
            id: text(&body, "payment_id"),
            gateway_id: text(&body, "gateway_payment_id"),
            amount: amount["amount"].as_i64().or_else(|| amount.as_i64()).unwrap(),
            escrow: body["escrow"]["requested"].as_bool().unwrap_or(true),
            gateway: body["checkout"]["gateway"].as_str().unwrap_or("portone_v2").to_owned(),
            pay_url: body["pay_url"].as_str().map(ToOwned::to_owned),
        }
    }

    /// The gateway's protocol, as the sandbox names it.
    pub fn protocol(&self) -> String {
        self.gateway.replace('_', "-")
    }
}
