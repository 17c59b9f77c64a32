//! Our verifier for others to try: reads `{secrets, headers, body, now}` as lines of JSON, answers each with the
//! webhook's id or why it is not taken. Without `now`, the machine's time.
#![expect(clippy::print_stdout, reason = "the verdicts are read there")]

use std::{collections::BTreeMap, io};

use ambient::Clock;
use chrono::{DateTime, Utc};
use gateways::{HeaderMap, Secret, SigningKeys};
use serde::Deserialize;

#[derive(Deserialize)]
struct Asked {
    secrets: Vec<String>,
    headers: BTreeMap<String, String>,
    body: String,
    now: Option<DateTime<Utc>>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for line in io::stdin().lines() {
        println!("{}", verdict(serde_json::from_str(&line?)?)?);
    }
    Ok(())
}

fn verdict(asked: Asked) -> Result<String, Box<dyn std::error::Error>> {
    let secrets: Vec<Secret> = asked.secrets.into_iter().map(Secret::new).collect();
    let Some(keys) = SigningKeys::new(&secrets) else {
        return Ok("the secrets cannot be read".into());
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &asked.headers {
        headers.append(name.parse::<reqwest::header::HeaderName>()?, value.parse()?);
    }
    let now = asked.now.unwrap_or_else(|| Clock::system().now());
    Ok(match keys.verify(&headers, asked.body.as_bytes(), now) {
        Ok(id) => format!("taken: {id}"),
        Err(error) => format!("refused: {error}"),
    })
}
