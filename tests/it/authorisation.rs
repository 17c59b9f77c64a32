//! Who may do what: every operation of the OpenAPI document against a table, and every thing that belongs to somebody
//! against a stranger. An operation that is missing here fails, so that its place is decided and not drifted into.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    World,
    actors::{Account, Buyer, Order, Parcel, Payment, Product, Seller},
};

/// The roles an account can have.
const ROLES: [&str; 4] = ["buyer", "seller", "operator", "auditor"];
/// Everybody without an account.
const PUBLIC: &[&str] = &[];
const ANYBODY: &[&str] = &ROLES;
const BUYERS: &[&str] = &["buyer"];
const SELLERS: &[&str] = &["seller"];
const TRADERS: &[&str] = &["buyer", "seller", "operator"];
const OPERATORS: &[&str] = &["operator"];
const REVIEWERS: &[&str] = &["operator", "auditor"];

/// Every operation, and the roles it lets in.
const OPERATIONS: &[(&str, &[&str])] = &[
    ("POST /auth/signup", PUBLIC),
    ("POST /auth/login", PUBLIC),
    ("GET /users/me", ANYBODY),
    ("PUT /users/me", ANYBODY),
    ("GET /products", PUBLIC),
    ("POST /products", SELLERS),
    ("GET /products/{product_id}", PUBLIC),
    ("PUT /products/{product_id}", SELLERS),
    ("GET /orders", ANYBODY),
    ("POST /orders", BUYERS),
    ("GET /orders/{order_id}", ANYBODY),
    ("GET /orders/{order_id}/timeline", ANYBODY),
    ("POST /orders/{order_id}/confirm", BUYERS),
    ("DELETE /orders/{order_id}/cancel", TRADERS),
    ("POST /orders/{order_id}/lines/cancel", TRADERS),
    ("POST /orders/{order_id}/holdback", BUYERS),
    ("POST /orders/{order_id}/shipments", SELLERS),
    ("POST /shipments/{shipment_id}/delivered", TRADERS),
    ("GET /claims", ANYBODY),
    ("POST /claims", BUYERS),
    ("GET /claims/{claim_id}", ANYBODY),
    ("POST /claims/{claim_id}/collect", TRADERS),
    ("POST /claims/{claim_id}/receive", TRADERS),
    ("POST /claims/{claim_id}/approve", TRADERS),
    ("POST /claims/{claim_id}/withhold", TRADERS),
    ("POST /claims/{claim_id}/accept-charge", TRADERS),
    ("POST /claims/{claim_id}/reject", TRADERS),
    ("POST /claims/{claim_id}/redispatch", TRADERS),
    ("POST /claims/{claim_id}/redelivered", TRADERS),
    ("POST /claims/{claim_id}/withdraw", TRADERS),
    ("POST /shipments/{shipment_id}/registration", OPERATORS),
    ("POST /payments/{payment_id}/refunds/{refund_id}/retry", TRADERS),
    ("GET /metrics", PUBLIC),
    ("POST /payments", BUYERS),
    ("GET /payments/return/{gateway}", PUBLIC),
    ("POST /payments/return/{gateway}", PUBLIC),
    ("GET /payments/{payment_id}/status", ANYBODY),
    ("POST /payments/{payment_id}/confirm", TRADERS),
    ("POST /payments/{payment_id}/refund", TRADERS),
    ("POST /payments/{payment_id}/bank-refund", OPERATORS),
    ("POST /payments/{payment_id}/cancel", TRADERS),
    ("POST /verifyIamport/{imp_uid}", TRADERS),
    ("POST /webhooks/{gateway}", PUBLIC),
    ("GET /webhooks/inbox", OPERATORS),
    ("POST /webhooks/inbox/{inbox_id}/replay", OPERATORS),
    ("GET /ledger/trial-balance", REVIEWERS),
    ("GET /ledger/journal", REVIEWERS),
    // A seller's own account is theirs to see; the one asked for below is not.
    ("GET /ledger/accounts/{account}", REVIEWERS),
    ("GET /audit/events", REVIEWERS),
    ("GET /audit/verification", REVIEWERS),
    ("GET /events/stream", ANYBODY),
    ("GET /audit/checkpoint", REVIEWERS),
    ("GET /audit/key", REVIEWERS),
    ("GET /audit/proof/inclusion", REVIEWERS),
    ("GET /audit/proof/consistency", REVIEWERS),
    ("GET /orders/{order_id}/export", REVIEWERS),
    ("GET /orders/{order_id}/causes", REVIEWERS),
    ("GET /audit/aggregates/{aggregate_type}/{aggregate_id}", REVIEWERS),
    ("GET /audit/diff", REVIEWERS),
    ("GET /audit/refusals", REVIEWERS),
    ("POST /customers/{customer_id}/forget", OPERATORS),
    ("GET /health", PUBLIC),
    ("GET /ready", PUBLIC),
];
/// An operation whose answer is not waited for.
const NEVER_ENDS: &str = "GET /events/stream";
/// Operations that only explain.
const EXPLANATIONS: [&str; 2] = ["GET /problems", "GET /problems/{code}"];

/// The operations of the document, and whether they are declared to need a token.
async fn documented(world: &World) -> BTreeMap<String, bool> {
    let document = world.nobody().get("/openapi.json").send().await.ok();
    let mut operations = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if ["get", "put", "post", "delete", "patch"].contains(&method.as_str()) {
                let is_secured = operation["security"].as_array().is_some_and(|schemes| !schemes.is_empty());
                operations.insert(format!("{} {path}", method.to_uppercase()), is_secured);
            }
        }
    }
    operations
}

/// The path with ids that name nothing.
fn filled(path: &str) -> String {
    let nothing = "00000000-0000-7000-8000-000000000000";
    path.replace("{product_id}", &format!("prd_{nothing}"))
        .replace("{order_id}", &format!("ord_{nothing}"))
        .replace("{customer_id}", &format!("cus_{nothing}"))
        .replace("{payment_id}", &format!("pay_{nothing}"))
        .replace("{shipment_id}", &format!("shp_{nothing}"))
        .replace("{claim_id}", &format!("clm_{nothing}"))
        .replace("{imp_uid}", &"0".repeat(32))
        .replace("{gateway}", "portone-v2")
        .replace("{inbox_id}", nothing)
        .replace("{account}", "2100")
}

#[tokio::test]
async fn every_operation_of_the_document_is_in_the_table_and_the_table_in_the_document() {
    let world = World::open().await;
    let documented = documented(&world).await;
    let expected: BTreeMap<String, bool> = OPERATIONS
        .iter()
        .map(|(operation, roles)| ((*operation).to_owned(), !roles.is_empty()))
        .chain(EXPLANATIONS.iter().map(|operation| ((*operation).to_owned(), false)))
        .filter(|(operation, _)| {
            !EXPLANATIONS.contains(&operation.as_str()) || documented.contains_key(operation)
        })
        .collect();
    assert_eq!(documented, expected);
}

#[tokio::test]
async fn without_a_token_401_and_in_a_role_that_is_not_let_in_403() {
    let world = World::open().await;
    let head = world.head().await;
    for &(operation, allowed) in OPERATIONS {
        let (method, path) = operation.split_once(' ').unwrap();
        let (method, path) = (method.parse::<Method>().unwrap(), filled(path));
        let ask = |http: tests::http::Caller| http.ask(method.clone(), &path).json(&json!({})).send();
        let nobody = ask(world.nobody()).await;
        if allowed.is_empty() {
            assert_ne!(nobody.problem_code(), "token_missing", "{operation}");
            continue;
        }
        nobody.refused(401, "token_missing");
        assert!(
            nobody.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")),
            "{operation}"
        );
        for role in ROLES {
            if operation == NEVER_ENDS {
                let listening = somebody(&world, &[role]).http.get(&path).listen().await;
                assert_eq!(listening.status(), 200, "{operation} as {role}");
                continue;
            }
            let told = ask(somebody(&world, &[role]).http).await;
            if allowed.contains(&role) {
                assert_ne!(told.problem_code(), "role_missing", "{operation} as {role}");
                assert_ne!(told.status, 401, "{operation} as {role}: {}", told.text());
            } else {
                told.refused(403, "role_missing");
            }
        }
    }
    assert_eq!(world.head().await, head);
}

fn somebody(world: &World, roles: &[&str]) -> Account {
    let id = format!("cus_{}", ambient::fresh_id());
    let token = world.mint().token(&id, roles, world.clock.now());
    Account { http: world.nobody().with_token(token), id, email: String::new() }
}

#[tokio::test]
async fn an_expired_a_forged_and_an_altered_token_open_nothing() {
    let world = World::open().await;
    let (mint, now) = (world.mint(), world.clock.now());
    let id = format!("cus_{}", ambient::fresh_id());
    let good = mint.token(&id, &["auditor"], now);
    let ask = |token: String| world.nobody().with_token(token).get("/audit/events").send();
    ask(good.clone()).await.ok();
    let expired = mint.token(&id, &["auditor"], now - chrono::Duration::days(401));
    ask(expired).await.refused(401, "token_expired");
    ask(mint.forged().token(&id, &["auditor"], now)).await.refused(401, "token_invalid");
    let parts: Vec<&str> = good.split('.').collect();
    let richer = mint.token(&id, &["operator", "auditor", "buyer", "seller"], now);
    let claims = richer.split('.').nth(1).unwrap();
    ask(format!("{}.{claims}.{}", parts[0], parts[2])).await.refused(401, "token_invalid");
    let unsigned = "eyJhbGciOiJub25lIn0";
    ask(format!("{unsigned}.{claims}.")).await.refused(401, "token_invalid");
    ask("nonsense".to_owned()).await.refused(401, "token_invalid");
    let basic = world.nobody().get("/audit/events").header("authorization", "Basic YTpi").send().await;
    basic.refused(401, "token_missing");
}

#[tokio::test]
async fn one_signs_up_logs_in_and_does_what_the_role_allows() {
    let world = World::open().await;
    let hong = world.buyer("hong").await;
    let log_in = |email: &str, password: &str| {
        world.nobody().post("/auth/login", &json!({ "email": email, "password": password })).send()
    };
    let told = log_in(&hong.0.email.to_uppercase(), "correct horse battery").await.ok();
    assert_eq!(told["success"], true);
    assert_eq!(told["roles"], json!(["buyer"]));
    let http = world.nobody().with_token(told["token"].as_str().unwrap());
    http.get("/orders").send().await.ok();
    log_in(&hong.0.email, "wrong horse battery").await.refused(401, "wrong_credentials");
    log_in("nobody@example.com", "correct horse battery").await.refused(401, "wrong_credentials");
    world.passes(chrono::Duration::hours(12)).await;
    http.get("/orders").send().await.refused(401, "token_expired");

    let again = json!({ "email": "HONG@example.com", "password": "another horse", "name": "n", "phone": "010-1111-2222" });
    world.nobody().post("/auth/signup", &again).send().await.refused(409, "email_taken");
    let operator = json!({
        "email": "x@example.com", "password": "correct horse", "name": "n", "phone": "010-1111-2222", "role": "operator",
    });
    world.nobody().post("/auth/signup", &operator).send().await.refused(422, "invalid_body");
}

/// Things that belong to somebody.
struct Belongings {
    product: Product,
    order: Order,
    payment: Payment,
    parcel: Parcel,
}

async fn belongings(world: &World, seller: &Seller, buyer: &Buyer) -> Belongings {
    let product = seller.sells("chair", 10_000, 5).await;
    let order = buyer.orders(&[(&product, 1)]).await;
    let payment = world.pays(buyer, &order).await;
    let parcel = seller.ships(&order).await;
    world.settle().await;
    Belongings { product, order, payment, parcel }
}

#[tokio::test]
async fn what_belongs_to_somebody_is_not_a_strangers_to_see_or_to_change() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let own = belongings(&world, &carpenter, &hong).await;
    let (kim, smith) = (world.buyer("kim").await, world.seller("smith").await);
    let head = world.head().await;
    let (order, payment) = (&own.order.id, &own.payment.id);
    let product = json!({ "name": "mine", "description": "", "price": tests::actors::won(1), "stock": 1 });
    let parcel = json!({ "carrier": "CJGLS", "invoice_number": "1" });
    let reason = json!({ "reason": "because" });
    let by_a_buyer: Vec<(Method, String, Value)> = vec![
        (Method::GET, format!("/orders/{order}"), json!({})),
        (Method::GET, format!("/orders/{order}/timeline"), json!({})),
        (Method::POST, format!("/orders/{order}/confirm"), json!({})),
        (Method::DELETE, format!("/orders/{order}/cancel"), reason.clone()),
        (Method::POST, format!("/shipments/{}/delivered", own.parcel.id), json!({})),
        (Method::POST, "/payments".into(), json!({ "order_id": order })),
        (Method::GET, format!("/payments/{payment}/status"), json!({})),
        (Method::POST, format!("/payments/{payment}/confirm"), json!({})),
        (Method::POST, format!("/payments/{payment}/refund"), reason.clone()),
        (Method::POST, format!("/payments/{payment}/cancel"), json!({})),
        (Method::POST, format!("/verifyIamport/{}", own.payment.gateway_id), json!({})),
    ];
    for (method, path, body) in by_a_buyer {
        kim.0.http.ask(method, &path).json(&body).send().await.refused(403, "not_yours");
    }
    let by_a_seller: Vec<(Method, String, Value, &str)> = vec![
        (Method::GET, format!("/orders/{order}"), json!({}), "not_yours"),
        (Method::POST, format!("/orders/{order}/shipments"), parcel, "not_yours"),
        (Method::DELETE, format!("/orders/{order}/cancel"), reason.clone(), "not_yours"),
        (Method::POST, format!("/payments/{payment}/refund"), reason, "not_yours"),
        (Method::PUT, format!("/products/{}", own.product.id), product, "not_the_seller"),
        (
            Method::GET,
            format!("/ledger/accounts/2200%2F{}", carpenter.seller_id()),
            json!({}),
            "role_missing",
        ),
    ];
    for (method, path, body, code) in by_a_seller {
        smith.0.http.ask(method, &path).json(&body).send().await.refused(403, code);
    }
    for (stranger, list) in [(&kim.0, "/orders"), (&smith.0, "/orders")] {
        assert_eq!(stranger.http.get(list).send().await.ok()["items"], json!([]));
    }
    assert_eq!(world.head().await, head);
    hong.0.http.get(&format!("/orders/{order}")).send().await.ok();
    carpenter.0.http.get(&format!("/orders/{order}")).send().await.ok();
    hong.confirms(&own.order).await;
    let account = format!("/ledger/accounts/2200%2F{}", carpenter.seller_id());
    world.catches_up().await;
    carpenter.0.http.get(&account).send().await.ok();
    world.audit().await;
}

#[tokio::test]
async fn a_seller_sees_their_own_part_and_an_auditor_no_address() {
    let world = World::open().await;
    let (carpenter, smith, hong) =
        (world.seller("carpenter").await, world.seller("smith").await, world.buyer("hong").await);
    let (chair, lamp) = (carpenter.sells("chair", 10_000, 5).await, smith.sells("lamp", 5_000, 5).await);
    let order = hong.orders(&[(&chair, 1), (&lamp, 1)]).await;
    world.pays(&hong, &order).await;
    let path = format!("/orders/{}", order.id);
    let seen = |account: &Account| account.http.get(&path).send();
    let whole = seen(&hong.0).await.ok();
    assert_eq!(
        (whole["items"].as_array().unwrap().len(), &whole["delivery_address"]["postcode"]),
        (2, &"04524".into())
    );
    let part = seen(&smith.0).await.ok();
    assert_eq!(part["items"].as_array().unwrap().len(), 1);
    assert_eq!(part["items"][0]["product_id"], lamp.id.as_str());
    assert_eq!(part["payments"], json!([]));
    let audited = seen(&world.auditor.0).await.ok();
    assert_eq!((audited["items"].as_array().unwrap().len(), &audited["delivery_address"]), (2, &Value::Null));
    let told = world.auditor.events().await;
    let text = serde_json::to_string(&told).unwrap();
    assert!(!text.contains("홍길동") && !text.contains("hong@example.com") && !text.contains("세종대로"));
}

#[tokio::test]
async fn people_say_anew_who_they_are_and_nobody_else_reads_it() {
    let mut world = World::open().await;
    let (hong, gildong) = (world.buyer("hong").await, world.buyer("gildong").await);
    let body = json!({ "name": "홍길순", "phone": "010-9999-0000" });
    let changed = hong.0.http.put("/users/me", &body).key("profile").send().await;
    changed.ok();
    let again = hong.0.http.put("/users/me", &body).key("profile").send().await;
    assert_eq!((again.status, &again.bytes), (200, &changed.bytes));
    hong.0
        .http
        .put("/users/me", &json!({ "name": "", "phone": "1" }))
        .send()
        .await
        .refused(422, "invalid_body");

    world.restart().await;
    let position = changed.position();
    let me = |account: &Account| account.http.get(&format!("/users/me?min_position={position}")).send();
    let mine = me(&hong.0).await.ok();
    assert_eq!((&mine["name"], &mine["phone"]), (&json!("홍길순"), &json!("010-9999-0000")), "{mine}");
    assert_eq!((&mine["email"], mine.get("password")), (&json!("hong@example.com"), None));
    assert_eq!(me(&gildong.0).await.ok()["name"], "gildong");
    let events = world.auditor.0.http.get("/audit/events?limit=100").send().await.text();
    assert!(
        events.contains("ProfileChanged") && !events.contains("홍길순") && !events.contains("010-9999"),
        "{events}"
    );
}
