//! A shop that takes webhooks and answers them as it is told to.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::post};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// A status, a content type and a body.
pub type Reply = (u16, &'static str, &'static str);

type Shared = Arc<(UnboundedSender<Value>, Mutex<VecDeque<Reply>>, Reply)>;

pub struct Shop {
    pub url: String,
    heard: UnboundedReceiver<Value>,
}

impl Shop {
    /// Answers with `replies` one after the other, and then always with `last`.
    pub async fn start(replies: &[Reply], last: Reply) -> Self {
        let (sender, heard) = unbounded_channel();
        let shared: Shared = Arc::new((sender, Mutex::new(replies.iter().copied().collect()), last));
        let router = Router::new().route("/hook", post(hear)).with_state(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, heard }
    }

    /// The next webhook.
    pub async fn hears(&mut self) -> Value {
        self.heard.recv().await.unwrap()
    }

    /// What came and was not listened to.
    pub fn rest(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }
}

async fn hear(State(shared): State<Shared>, body: String) -> impl IntoResponse {
    let (status, kind, text) = shared.1.lock().unwrap().pop_front().unwrap_or(shared.2);
    shared.0.send(serde_json::from_str(&body).unwrap()).unwrap();
    (StatusCode::from_u16(status).unwrap(), [("content-type", kind)], text)
}
