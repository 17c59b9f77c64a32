//! The console: a web application that is part of the program, so that it needs no Node and no other server.
//!
//! Its files are built from `web/` and committed; CI proves that they are what a fresh build makes. Everything under
//! `/assets/` has its content's hash in its name and may be kept for ever. Every other address that a browser asks for
//! a page at, and that is none of the API's, is the application: it looks at the address itself.

mod policy;

use std::{collections::HashMap, io::Write, sync::OnceLock};

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
pub use policy::content_security_policy;
use sha2::{Digest, Sha256};

use crate::hex::hex;

include!(concat!(env!("OUT_DIR"), "/console_files.rs"));

const INDEX: &str = "index.html";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// May be kept, but is asked for anew each time: it names the files of this version.
const ASK_AGAIN: &str = "no-cache";

/// One file of the console.
struct File {
    plain: &'static [u8],
    kind: &'static str,
    etag: OnceLock<String>,
    zipped: OnceLock<Bytes>,
}

/// All files of the console.
pub struct Console {
    files: HashMap<&'static str, File>,
    policy: HeaderValue,
}

impl Console {
    /// The console as it was built, with what browsers may load besides.
    pub fn new(policy: HeaderValue) -> Self {
        let file = |&(name, plain): &(&'static str, &'static [u8])| {
            (name, File { plain, kind: kind_of(name), etag: OnceLock::new(), zipped: OnceLock::new() })
        };
        Self { files: FILES.iter().map(file).collect(), policy }
    }

    /// The file at an address, or the application itself where a browser asks for a page.
    pub fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
        if ![Method::GET, Method::HEAD].contains(method) {
            return None;
        }
        let path = uri.path().trim_start_matches('/');
        let wants_page = || {
            let accepted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
            accepted.is_some_and(|accepted| accepted.contains("text/html"))
        };
        let name = match self.files.get(path) {
            Some(_) => path,
            None if path.is_empty() || (wants_page() && !path.starts_with("assets/")) => INDEX,
            None => return None,
        };
        self.files.get(name).map(|file| self.send(file, name, headers))
    }

    fn send(&self, file: &File, name: &str, headers: &HeaderMap) -> Response {
        let etag = file.etag();
        let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
        let mut response = if known.is_some_and(|known| known.contains(etag)) {
            StatusCode::NOT_MODIFIED.into_response()
        } else if takes_gzip(headers) && file.is_text() {
            ([(header::CONTENT_ENCODING, "gzip")], file.zipped()).into_response()
        } else {
            file.plain.into_response()
        };
        let caching = if name.starts_with("assets/") { FOR_EVER } else { ASK_AGAIN };
        let sent = response.headers_mut();
        sent.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
        sent.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        sent.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
        sent.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        sent.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        sent.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        sent.extend(HeaderValue::from_str(etag).map(|etag| (header::ETAG, etag)));
        response
    }
}

impl File {
    fn etag(&self) -> &str {
        self.etag.get_or_init(|| format!("W/\"{}\"", &hex(&Sha256::digest(self.plain))[..32]))
    }

    fn is_text(&self) -> bool {
        self.kind.starts_with("text/") || self.kind.starts_with("image/svg")
    }

    /// Packed once, when it is first asked for.
    fn zipped(&self) -> Bytes {
        // Packing into memory does not fail; an empty answer would be noticed at once.
        let pack = || {
            let mut packer = GzEncoder::new(Vec::new(), Compression::best());
            packer.write_all(self.plain).and_then(|()| packer.finish()).unwrap_or_default()
        };
        self.zipped.get_or_init(|| Bytes::from(pack())).clone()
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| {
        let mut all = accepted.split(',').map(|one| one.trim().split(';'));
        all.any(|mut one| one.next() == Some("gzip") && one.all(|quality| quality.trim() != "q=0"))
    })
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
