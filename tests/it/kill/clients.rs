//! Who shops while the server is killed, and what they were told.

use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    actors::{Buyer, Order, Payment, Product, Seller, order_body, payment_body},
    counter::Counter,
    http::{Caller, Reply},
    random::Chance,
};

/// A command under its key.
#[derive(Debug, Clone)]
pub struct Asked {
    pub http: Caller,
    pub method: Method,
    pub path: String,
    pub body: Value,
    pub key: String,
}

impl Asked {
    pub async fn send(&self) -> Result<Reply, reqwest::Error> {
        self.http.ask(self.method.clone(), &self.path).json(&self.body).key(&self.key).try_send().await
    }
}

/// What was asked and what was answered, outside of the server.
#[derive(Debug, Default)]
pub struct Record {
    pub acknowledged: Mutex<Vec<(Asked, Reply)>>,
    pub unanswered: Mutex<Vec<Asked>>,
    pub payments: Mutex<Vec<Payment>>,
}

/// Nobody answers any more.
#[derive(Debug)]
pub struct Gone;

/// One who shops.
pub struct Client {
    pub buyer: Buyer,
    pub seller: Seller,
    pub product: Product,
    pub counter: Arc<Counter>,
    pub record: Arc<Record>,
    pub chance: Chance,
    pub name: String,
}

impl Client {
    pub async fn shops_until_nobody_answers(mut self) {
        let mut number = 0;
        while self.shops(number).await.is_ok() {
            number += 1;
        }
    }

    /// An order from its beginning to some end.
    async fn shops(&mut self, number: usize) -> Result<(), Gone> {
        let (buyer, seller) = (self.buyer.0.http.clone(), self.seller.0.http.clone());
        let name = format!("{}.{number}", self.name);
        let quantity = i64::try_from(1 + self.chance.below(3)).unwrap();
        let body = order_body(&[(&self.product, quantity)]);
        let order =
            Order::placed(&self.asks(&buyer, Method::POST, "/orders", body, format!("{name}.order")).await?);
        if self.chance.below(8) == 0 {
            return Ok(());
        }
        let body = payment_body(&order);
        let begun = self.asks(&buyer, Method::POST, "/payments", body, format!("{name}.pay")).await?;
        let payment = Payment::begun(&begun);
        self.record.payments.lock().unwrap().push(payment.clone());
        self.counter.approves(&payment).await;
        if self.chance.below(3) > 0 {
            let path = format!("/payments/{}/confirm", payment.id);
            let told = buyer.post(&path, &json!({})).try_send().await.map_err(|_| Gone)?;
            if !told.is_success() {
                return Ok(());
            }
        }
        match self.chance.below(3) {
            0 => {
                let (path, body) =
                    (format!("/orders/{}/cancel", order.id), json!({ "reason": "changed my mind" }));
                self.asks(&buyer, Method::DELETE, &path, body, format!("{name}.cancel")).await?;
            }
            1 => {
                let path = format!("/orders/{}/shipments", order.id);
                let body = json!({ "carrier": "CJGLS", "invoice_number": name });
                if self.asks(&seller, Method::POST, &path, body, format!("{name}.ship")).await?.is_success() {
                    let path = format!("/orders/{}/confirm", order.id);
                    self.asks(&buyer, Method::POST, &path, json!({}), format!("{name}.confirm")).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn asks(
        &self,
        http: &Caller,
        method: Method,
        path: &str,
        body: Value,
        key: String,
    ) -> Result<Reply, Gone> {
        let asked = Asked { http: http.clone(), method, path: path.to_owned(), body, key };
        let told = asked.send().await;
        if let Ok(reply) = told
            && reply.status != 503
        {
            assert_ne!(reply.status, 500, "{}: {}", reply.what, reply.text());
            self.record.acknowledged.lock().unwrap().push((asked, reply.clone()));
            return Ok(reply);
        }
        self.record.unanswered.lock().unwrap().push(asked);
        Err(Gone)
    }
}
