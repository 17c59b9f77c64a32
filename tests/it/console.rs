//! The console's files as the program serves them: found at their addresses, kept as long as they may be, and never in
//! the API's way. What they do is played in a browser: `cargo xtask web`.

use reqwest::Method;
use tests::{
    World,
    http::{Caller, Reply},
};

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

async fn browsed(caller: &Caller, path: &str) -> Reply {
    caller.get(path).header("accept", BROWSER).send().await
}

/// The first script that a page names.
fn script(page: &str) -> String {
    let from = page.find("/assets/").unwrap();
    page[from..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_page_is_the_application_and_its_files_are_kept_for_ever() {
    let world = World::open().await;
    let nobody = world.nobody();
    let index = browsed(&nobody, "/").await.ok_page();
    for deep in ["/shop", "/my/orders/ord_x", "/books/accounts/2200%2Fsel_x", "/nowhere/at/all"] {
        assert_eq!(browsed(&nobody, deep).await.ok_page(), index, "{deep}");
    }
    let page = browsed(&nobody, "/").await;
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let known = nobody.get("/").header("if-none-match", page.header("etag").unwrap()).send().await;
    assert_eq!((known.status, known.bytes.len()), (304, 0));

    // The client unpacks by itself; that it was packed is seen in the browser's journeys.
    let ask = |encoding: &str| nobody.get(&script(&index)).header("accept-encoding", encoding).send();
    let (packed, plain) = (ask("br, gzip;q=0.8").await, ask("gzip;q=0, identity").await);
    assert_eq!(packed.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(packed.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(packed.ok_page(), plain.ok_page());
    assert_eq!(plain.header("content-length"), Some(plain.bytes.len().to_string().as_str()));
}

#[tokio::test]
async fn scripts_come_from_here_and_the_gateways_only() {
    let world = World::open().await;
    let page = browsed(&world.nobody(), "/").await;
    let policy = page.header("content-security-policy").unwrap();
    let directive = |name: &str| {
        let mut all = policy.split("; ").filter_map(|directive| directive.split_once(' '));
        all.find(|(found, _)| *found == name).unwrap().1.to_owned()
    };
    assert_eq!(directive("default-src"), "'none'");
    assert_eq!(directive("style-src"), "'self'");
    assert_eq!(directive("connect-src"), "'self'");
    let mut sources = directive("script-src");
    assert!(sources.starts_with("'self' "), "{sources}");
    sources.drain(.."'self' ".len());
    assert!(sources.split(' ').all(|source| source.starts_with("http://127.0.0.1:")), "{sources}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn the_api_keeps_its_addresses() {
    let world = World::open().await;
    let nobody = world.nobody();
    assert!(browsed(&nobody, "/products").await.ok()["items"].is_array());
    browsed(&nobody, "/orders").await.refused(401, "token_missing");
    assert!(browsed(&nobody, "/docs/").await.ok_page().contains("swagger"));
    // Only who wants a page gets one, and only where there is no file that should be there.
    nobody.get("/shop").send().await.refused(404, "unknown_path");
    browsed(&nobody, "/assets/nothing.js").await.refused(404, "unknown_path");
    let posted = nobody.ask(Method::POST, "/shop").header("accept", BROWSER).send().await;
    posted.refused(404, "unknown_path");
}
