//! A person is forgotten: nowhere in the data folder is anything of them left, and every proof still holds.

use std::path::Path;

use chrono::Duration;
use serde_json::json;
use store::audit::{Export, SealVerifier};
use tests::{Databases, World, actors::Buyer, program::Settings};

/// What the folder must not say once the person is forgotten.
const NAME: &str = "Kim Unforgettable";
const PHONE: &str = "01098765432";
const STREET: &str = "Nowhere Lane 77";

/// Somebody with a name that nobody else has, and an order to an address that nobody else has.
async fn somebody(world: &World) -> (Buyer, String) {
    let body = json!({
        "email": "kim.unforgettable@example.com", "password": tests::world::PASSWORD, "name": NAME,
        "phone": PHONE, "role": "buyer",
    });
    let told = world.nobody().post("/auth/signup", &body).send().await.ok();
    let id = told["customer_id"].as_str().unwrap().to_owned();
    let token = world.mint().token(&id, &["buyer"], world.clock.now());
    let http = world.nobody().with_token(token);
    let email = "kim.unforgettable@example.com".to_owned();
    let kim = Buyer(tests::actors::Account { http, id, email });
    let chair = world.seller("carpenter").await.sells("chair", 10_000, 5).await;
    let order = json!({
        "lines": [{ "product_id": chair.id, "quantity": 1 }],
        "delivery_address": { "recipient": NAME, "phone": PHONE, "line1": STREET, "postcode": "04524", "country": "KR" },
    });
    let placed = kim.0.http.post("/orders", &order).send().await;
    let order = tests::actors::Order::placed(&placed);
    world.pays(&kim, &order).await;
    world.passes(Duration::hours(1)).await;
    (kim, order.id)
}

/// The files that hold a text, in any folder below.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if std::fs::read(&path).unwrap().windows(text.len()).any(|part| part == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn nothing_of_a_forgotten_person_is_left_in_any_file_and_every_proof_holds() {
    let world = World::open().await;
    let (kim, order) = somebody(&world).await;
    let others = world.buyer("hong").await;
    let texts = [NAME, PHONE, "kim.unforgettable", STREET];
    assert!(!holding(world.folder(), NAME).is_empty(), "the search itself finds nothing");
    let http = &world.auditor.0.http;
    let key: SealVerifier = http.get("/audit/key").send().await.text().parse().unwrap();
    let exported = async || http.get(&format!("/orders/{order}/export")).send().await.ok().to_string();
    let before = exported().await;

    let path = format!("/customers/{}/forget", kim.0.id);
    let told = world.operator.0.http.ask(reqwest::Method::POST, &path).send().await.ok();
    let receipt = told["receipt"].as_str().unwrap();
    assert!(key.open_text(receipt).unwrap().contains(&format!("customer {}\n", kim.0.id)), "{receipt}");
    for text in texts {
        assert_eq!(holding(world.folder(), text), Vec::<String>::new(), "{text}");
    }
    let again = world.operator.0.http.ask(reqwest::Method::POST, &path).send().await.ok();
    assert_eq!(again, told);

    let log_in = json!({ "email": kim.0.email, "password": tests::world::PASSWORD });
    world.nobody().post("/auth/login", &log_in).send().await.refused(401, "wrong_credentials");
    let users = world.users(&[kim.0.id.clone(), others.0.id.clone()]).await;
    assert_eq!((&users[0]["name"], &users[0]["email"]), (&json!(null), &json!(null)));
    assert_eq!(users[1]["name"], "hong");
    let shown = world.operator.0.http.get(&format!("/orders/{order}")).send().await.ok();
    assert_eq!(shown["delivery_address"], json!(null));

    assert_eq!(Export::read(&before).unwrap().check(&key).unwrap().order_id.to_string(), order);
    assert_eq!(Export::read(&exported().await).unwrap().check(&key).unwrap().order_id.to_string(), order);
    world.chain_is_whole().await;
    world.rebuilds().await;
    assert_eq!(world.users(std::slice::from_ref(&kim.0.id)).await[0]["name"], json!(null));
    for text in texts {
        assert_eq!(holding(world.folder(), text), Vec::<String>::new(), "{text} after a rebuild");
    }
    let nobody = "/customers/cus_00000000-0000-7000-8000-000000000000/forget";
    let unknown = world.operator.0.http.ask(reqwest::Method::POST, nobody).send().await;
    unknown.refused(404, "unknown_customer");
}

#[tokio::test]
async fn a_person_is_forgotten_in_servers_databases_too() {
    let world = World::open_on(Databases::postgres_and_mariadb().await).await;
    let (kim, _) = somebody(&world).await;
    let path = format!("/customers/{}/forget", kim.0.id);
    world.operator.0.http.ask(reqwest::Method::POST, &path).send().await.ok();
    let users = world.users(std::slice::from_ref(&kim.0.id)).await;
    assert_eq!((&users[0]["name"], &users[0]["phone"]), (&json!(null), &json!(null)));
    world.audit().await;
}

#[tokio::test]
async fn the_command_line_forgets_with_a_receipt() {
    let mut world = World::open().await;
    let (kim, _) = somebody(&world).await;
    world.stop().await;
    let settings = Settings::in_folder(world.folder());
    let forgotten = settings.run(&["forget", &kim.0.id]);
    let receipt = String::from_utf8(forgotten.stdout).unwrap();
    assert!(receipt.starts_with("escrow/erasure/v1\n") && receipt.contains(&kim.0.id), "{receipt}");
    assert_eq!(holding(world.folder(), NAME), Vec::<String>::new());
    assert_eq!(String::from_utf8(settings.run(&["forget", &kim.0.id]).stdout).unwrap(), receipt);
    assert!(!settings.run(&["forget", "cus_00000000-0000-7000-8000-000000000000"]).status.success());
}
