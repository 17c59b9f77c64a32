//! stub
use std::sync::Arc;
use axum::{Router, response::Response};
use serde_json::{Value, json};
use crate::{app::App, call::{Answer, Call}, idempotency::Held, payment::{No, Payment}, protocol::{Dialect, Left, News}, window::Wanted};
#[derive(Debug, Default)]
pub struct Tokens;
pub fn router(app: Arc<App>) -> Router { Router::new().with_state(app) }
pub struct PortoneV1;
impl Dialect for PortoneV1 {
    fn admit(&self, _app: &App, _call: &Call) -> Result<Option<Held>, Answer> { Ok(None) }
    fn scripted(&self, _status: u16) -> Answer { Answer::json(axum::http::StatusCode::OK, String::new()) }
    fn pg_refuses(&self) -> Answer { self.scripted(400) }
    fn document(&self, _app: &App, _payment: &Payment) -> Value { json!({}) }
    fn tell(&self, _app: &App, _payment: &mut Payment, _news: &News) {}
    fn payment_id(&self, app: &App, order_id: &str, number: usize) -> String { app.ids.id("payment", order_id, number) }
    fn wanted(&self, _query: &str) -> Result<Wanted, No> { Ok(Wanted::default()) }
    fn leave(&self, _app: &App, _payment: &Payment, _left: Left) -> Option<Response> { None }
}
