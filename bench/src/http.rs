//! An HTTP/1.1 client that costs next to nothing, because it shares two cores with the server it measures: one
//! connection that stays open, one request at a time, answers of a known length.

use std::fmt::Write;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::Failure;

/// The longest answer that is read.
const LONGEST: usize = 1 << 20;

/// One open connection.
pub struct Http {
    stream: TcpStream,
    host: String,
    sent: String,
    received: Vec<u8>,
}

/// What is asked.
#[derive(Default, Clone, Copy)]
pub struct Request<'a> {
    /// `GET`, `POST` …
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// A bearer token, or nothing.
    pub token: &'a str,
    /// Whether the request gets an idempotency key of its own.
    pub keyed: bool,
    /// The body's type; JSON where nothing is said.
    pub content_type: &'a str,
    /// The body.
    pub body: &'a str,
}

impl Http {
    /// Connects to `host:port`.
    pub async fn connect(host: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, host: host.to_owned(), sent: String::new(), received: Vec::with_capacity(4_096) })
    }

    /// Sends a request and gives the answer's body; any status but 2xx and 3xx is a failure.
    pub async fn send(&mut self, request: Request<'_>) -> Result<&[u8], Failure> {
        self.write(request)?;
        self.stream.write_all(self.sent.as_bytes()).await?;
        let (status, head, length) = self.head().await?;
        while self.received.len() < head + length {
            self.read_more().await?;
        }
        let body = self.received.get(head..head + length).unwrap_or_default();
        if (200..400).contains(&status) {
            return Ok(body);
        }
        let body = String::from_utf8_lossy(body);
        Err(format!("{} {} answered {status}: {body}", request.method, request.path).into())
    }

    /// The same, the body as JSON.
    pub async fn json(&mut self, request: Request<'_>) -> Result<Value, Failure> {
        Ok(serde_json::from_slice(self.send(request).await?)?)
    }

    fn write(&mut self, request: Request<'_>) -> Result<(), Failure> {
        let Request { method, path, token, keyed, content_type, body } = request;
        self.sent.clear();
        write!(
            self.sent,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n",
            self.host,
            body.len()
        )?;
        if !token.is_empty() {
            write!(self.sent, "Authorization: Bearer {token}\r\n")?;
        }
        if keyed {
            write!(self.sent, "Idempotency-Key: {}\r\n", ambient::fresh_id().simple())?;
        }
        if !body.is_empty() {
            let kind = if content_type.is_empty() { "application/json" } else { content_type };
            write!(self.sent, "Content-Type: {kind}\r\n")?;
        }
        write!(self.sent, "\r\n{body}")?;
        Ok(())
    }

    /// Reads the head: status, where the body begins, how long it is.
    async fn head(&mut self) -> Result<(u16, usize, usize), Failure> {
        self.received.clear();
        let end = loop {
            self.read_more().await?;
            if let Some(at) = self.received.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
        };
        let head = std::str::from_utf8(self.received.get(..end).unwrap_or_default())?;
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.get(9..12)).ok_or("no status")?.parse()?;
        let length = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length = length.map_or(Ok(0), |(_, value)| value.trim().parse())?;
        Ok((status, end + 4, length))
    }

    async fn read_more(&mut self) -> Result<(), Failure> {
        if self.received.len() > LONGEST {
            return Err("the answer is too long".into());
        }
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err("the server hung up".into()),
            _ => Ok(()),
        }
    }
}

/// A member of a body as text.
pub fn text(body: &Value, name: &str) -> Result<String, Failure> {
    body.get(name)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| format!("no {name} in {body}").into())
}
