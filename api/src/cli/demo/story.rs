//! The story, step by step.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    client::{Client, text},
    tables,
};
use crate::{
    cli::{Failure, say},
    seed,
};

const STEPS: usize = 9;

/// Who is who, and how far the story is.
pub(super) struct Story {
    client: Client,
    buyer: String,
    seller: String,
    auditor: String,
    step: usize,
}

impl Story {
    /// Logs everybody in.
    pub(super) async fn begin(client: Client) -> Result<Self, Failure> {
        let buyer = token(&client, "buyer@demo.escrow").await?;
        let seller = token(&client, "seller@demo.escrow").await?;
        let auditor = token(&client, "auditor@demo.escrow").await?;
        Ok(Self { client, buyer, seller, auditor, step: 0 })
    }

    /// From the shelf to the seller's pocket.
    pub(super) async fn tell(mut self) -> Result<(), Failure> {
        let product = self.choose().await?;
        let order = self.order(&product).await?;
        self.pay(&order).await?;
        self.deliver(&order).await?;
        let position = self.confirm(&order).await?;
        self.audit(&order, &position).await
    }

    async fn choose(&mut self) -> Result<Value, Failure> {
        let products = self.client.get("/products", &self.buyer).await?;
        let in_stock =
            |product: &&Value| product.get("stock").and_then(Value::as_i64).unwrap_or_default() >= 2;
        let product = products.pointer("/items").and_then(Value::as_array);
        let product = product.and_then(|items| items.iter().find(in_stock)).cloned();
        let product = product.ok_or_else(|| Failure::of("the shop has nothing in stock"))?;
        let name = text(&product, "name");
        let price = text(&product, "price");
        self.says(&format!("the buyer chooses {name} at {price} {}", text(&product, "currency")))?;
        Ok(product)
    }

    async fn order(&mut self, product: &Value) -> Result<String, Failure> {
        let body = json!({
            "lines": [{"product_id": product.get("product_id"), "quantity": 2}],
            "delivery_address": {
                "recipient": "홍길동", "phone": "010-1234-5678", "line1": "서울특별시 중구 세종대로 110",
                "postcode": "04524", "country": "KR",
            },
        });
        let placed = self.client.send(Method::POST, "/orders", &self.buyer, Some(body)).await?;
        let order = text(&placed, "order_id");
        let total = text(&placed, "/total/amount");
        self.says(&format!("orders two: {order}, {total} in all; the stock is reserved"))?;
        Ok(order)
    }

    async fn pay(&mut self, order: &str) -> Result<(), Failure> {
        let body = json!({"order_id": order, "escrow": true});
        let payment = self.client.send(Method::POST, "/payments", &self.buyer, Some(body)).await?;
        let id = text(&payment, "payment_id");
        self.says(&format!("starts {id}, known at the gateway as {}", text(&payment, "gateway_payment_id")))?;
        let back = self.client.pay(&text(&payment, "pay_url")).await?;
        self.says("approves it in the gateway's pay window; the gateway also sends its signed webhook")?;
        self.client.visit(&back).await?;
        let path = format!("/payments/{id}/confirm");
        let paid = self.client.send(Method::POST, &path, &self.buyer, None).await?;
        let path = format!("/payments/{id}/status?min_position={}", text(&paid, "position"));
        let status = self.client.get(&path, &self.buyer).await?;
        let (payment, escrow) = (text(&status, "payment_status"), text(&status, "escrow_status"));
        let custody = text(&status, "custody");
        self.says(&format!(
            "comes back: the gateway was asked, the payment is {payment}, the money {escrow} ({custody})"
        ))
    }

    async fn deliver(&mut self, order: &str) -> Result<(), Failure> {
        let body = json!({"carrier": "CJGLS", "invoice_number": "639812345678"});
        let path = format!("/orders/{order}/shipments");
        let sent = self.client.send(Method::POST, &path, &self.seller, Some(body)).await?;
        let shipment = text(&sent, "shipment_id");
        self.says(&format!("the seller ships {shipment}"))?;
        let path = format!("/shipments/{shipment}/delivered");
        let arrived = self.client.send(Method::POST, &path, &self.seller, None).await?;
        let path = format!("/orders/{order}?min_position={}", text(&arrived, "position"));
        let shown = self.client.get(&path, &self.buyer).await?;
        let due = text(&shown, "confirm_due_at");
        self.says(&format!("it arrives; unless the buyer confirms before, the clock does on {due}"))
    }

    async fn confirm(&mut self, order: &str) -> Result<String, Failure> {
        let path = format!("/orders/{order}/confirm");
        let confirmed = self.client.send(Method::POST, &path, &self.buyer, None).await?;
        let (amount, net) =
            (text(&confirmed, "/released/0/amount/amount"), text(&confirmed, "/released/0/net/amount"));
        self.says(&format!("the buyer confirms: {amount} leave the hold, {net} of it are the seller's"))?;
        Ok(text(&confirmed, "position"))
    }

    async fn audit(&mut self, order: &str, position: &str) -> Result<(), Failure> {
        let auditor = self.auditor.clone();
        let path = format!("/orders/{order}/timeline?limit=100&min_position={position}");
        let timeline = self.client.get(&path, &auditor).await?;
        self.says("the auditor reads what happened")?;
        say::line(tables::timeline(&timeline))?;
        let path = format!("/ledger/journal?order_id={order}&limit=100&min_position={position}");
        say::line(format!("\nthe journal\n{}", tables::journal(&self.client.get(&path, &auditor).await?)))?;
        let path = format!("/ledger/trial-balance?min_position={position}");
        let balance = self.client.get(&path, &auditor).await?;
        say::line(format!("\nthe trial balance of the whole shop\n{}", tables::trial_balance(&balance)))?;
        let chain = self.client.get("/audit/verification", &auditor).await?;
        let (events, batches) = (text(&chain, "events"), text(&chain, "batches"));
        say::line(format!("\nthe chain is whole: {events} events in {batches} batches"))?;
        say::line(format!("head {events} {}", text(&chain, "head_hash")))
    }

    fn says(&mut self, what: &str) -> Result<(), Failure> {
        self.step += 1;
        say::line(format!("{}/{STEPS}  {what}", self.step))
    }
}

async fn token(client: &Client, email: &str) -> Result<String, Failure> {
    let body = json!({"email": email, "password": seed::PASSWORD});
    let answer = client.send(Method::POST, "/auth/login", "", Some(body)).await?;
    Ok(text(&answer, "token"))
}
