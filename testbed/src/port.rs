//! Free loopback ports.

use std::net::{Ipv4Addr, TcpListener};

use crate::error::TestbedError;

/// Below the range from which machines take the ports of outgoing connections (Linux: 32 768 and up), so that nobody
/// takes a server's port while it is down between a kill and its restart.
const LOWEST: u16 = 20_000;
const SPAN: u16 = 12_000;
const TRIES: usize = 200;

/// A port nobody listens on now. Another process may be as quick: who starts a server must be ready to try again.
pub fn free() -> Result<u16, TestbedError> {
    for _ in 0..TRIES {
        let random = ambient::random_bytes::<2>().map_err(TestbedError::machine("asking for randomness"))?;
        let port = LOWEST + u16::from_le_bytes(random) % SPAN;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(TestbedError::Failed { program: "finding a free port".into(), output: format!("{TRIES} were taken") })
}
