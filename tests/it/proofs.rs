//! What an auditor takes along: checkpoints, proofs, and one order as a file that is verified without us.

use ambient::Clock;
use chrono::TimeDelta;
use serde_json::{Value, json};
use store::audit::{
    Against, BadEvent, BadExport, Checkpoint, Export, SealVerifier, hex, is_continued, is_included,
    verify_against,
};
use tests::{Databases, World, actors::Order, program::Settings, witness::TestWitness};

/// A confirmed order among others.
async fn confirmed(world: &World) -> Order {
    let (seller, buyer) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = seller.sells("chair", 10_000, 5).await;
    let (order, other) = (buyer.orders(&[(&chair, 2)]).await, buyer.orders(&[(&chair, 1)]).await);
    for order in [&other, &order] {
        world.pays(&buyer, order).await;
        seller.delivers(&seller.ships(order).await).await;
        buyer.confirms(order).await;
    }
    world.settle().await;
    order
}

async fn key(world: &World) -> SealVerifier {
    world.auditor.0.http.get("/audit/key").send().await.text().parse().unwrap()
}

/// The latest checkpoint once it covers everything.
async fn latest(world: &World, path: &str) -> String {
    let head = world.head().await;
    for _ in 0..600 {
        let told = world.auditor.0.http.get(path).send().await;
        if told.status == 200 && Checkpoint::unchecked(&told.text()).unwrap().size == head {
            return told.text();
        }
        Clock::system().sleep(TimeDelta::milliseconds(20)).await;
    }
    panic!("{path} never came to {head}");
}

fn hashes(path: &Value) -> Vec<store::audit::Hash> {
    path.as_array().unwrap().iter().map(|text| hex::hash(text.as_str().unwrap()).unwrap()).collect()
}

async fn exported(world: &World, order: &Order) -> Value {
    latest(world, "/audit/checkpoint").await;
    world.auditor.0.http.get(&format!("/orders/{}/export", order.id)).send().await.ok()
}

#[tokio::test]
async fn whoever_has_the_key_checks_every_proof_the_server_gives() {
    let world = World::open_on(Databases::postgres().await).await;
    let http = &world.auditor.0.http;
    http.get("/audit/proof/inclusion?position=1").send().await.refused(404, "not_sealed");
    http.get("/audit/checkpoint").send().await.refused(404, "not_sealed");
    confirmed(&world).await;
    let key = key(&world).await;
    let checkpoint = key.open(&latest(&world, "/audit/checkpoint").await).unwrap();
    for position in 1..=checkpoint.size {
        let proof = http.get(&format!("/audit/proof/inclusion?position={position}")).send().await.ok();
        assert_eq!(
            (&proof["event"]["position"], &proof["leaf_index"]),
            (&json!(position), &json!(position - 1))
        );
        assert_eq!(proof["tree"]["checkpoint"], checkpoint.note.as_str());
        let leaf = hex::hash(proof["event"]["leaf"].as_str().unwrap()).unwrap();
        assert!(is_included(&hashes(&proof["path"]), &checkpoint, position, &leaf));
    }
    let path = format!("/audit/proof/consistency?from=3&to={}", checkpoint.size);
    let proof = http.get(&path).send().await.ok();
    let root = hex::hash(proof["from"]["root"].as_str().unwrap()).unwrap();
    let early = Checkpoint { size: 3, root, ..checkpoint.clone() };
    assert!(is_continued(&hashes(&proof["path"]), &early, &checkpoint));
    let size = checkpoint.size;
    for (path, status, code) in [
        (format!("/audit/proof/inclusion?position={}", size + 1), 404, "not_sealed"),
        (format!("/audit/proof/inclusion?position=1&size={}", size + 1), 404, "not_sealed"),
        ("/audit/proof/inclusion?position=0".to_owned(), 400, "invalid_query"),
        ("/audit/proof/inclusion?position=9223372036854775808".to_owned(), 400, "invalid_query"),
        ("/audit/proof/inclusion".to_owned(), 400, "invalid_query"),
        ("/audit/proof/consistency?from=4&to=3".to_owned(), 400, "invalid_query"),
        ("/audit/proof/consistency?from=0&to=3".to_owned(), 400, "invalid_query"),
    ] {
        http.get(&path).send().await.refused(status, code);
    }
}

#[tokio::test]
async fn an_order_is_exported_whole_and_nothing_in_the_file_can_be_changed() {
    let world = World::open().await;
    let order = confirmed(&world).await;
    let (key, file) = (key(&world).await, exported(&world, &order).await);
    let check = |file: &Value| Export::read(&file.to_string()).and_then(|export| export.check(&key));
    let checked = check(&file).unwrap();
    assert_eq!((checked.order_id.to_string(), checked.postings), (order.id.clone(), 2));
    let names: Vec<&str> = file["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["event_type"].as_str().unwrap())
        .collect();
    for name in [
        "StockReserved",
        "OrderCreated",
        "PaymentAuthorized",
        "EscrowFunded",
        "EscrowConfirmed",
        "EscrowReleased",
        "SellerCredited",
        "EscrowClosed",
    ] {
        assert_eq!(names.iter().filter(|other| **other == name).count(), 1, "{name} in {names:?}");
    }
    assert!(!names.contains(&"ProductListed") && !names.contains(&"CustomerRegistered"), "{names:?}");
    let text = file.to_string();
    assert!(!text.contains("홍길동") && !text.contains("hong@example.com"));

    let changed = |change: &dyn Fn(&mut Value)| {
        let mut other = file.clone();
        change(&mut other);
        check(&other).unwrap_err()
    };
    let position = file["events"][2]["position"].as_i64().unwrap();
    let bad = |why| BadExport::Event { position, why };
    for field in ["payload", "metadata", "event_type", "aggregate_id", "event_version"] {
        let found = changed(&|file| {
            let text = file["events"][2][field].as_str().unwrap();
            file["events"][2][field] = format!("{text} ").into();
        });
        assert_eq!(found, bad(BadEvent::Altered), "{field}");
    }
    let rehashed = changed(&|file| {
        let mut other = file["events"][3].clone();
        other["position"] = position.into();
        file["events"][2]["leaf"] = other["leaf"].clone();
    });
    assert_eq!(rehashed, bad(BadEvent::Altered));
    let proof = changed(&|file| file["events"][2]["proof"][0] = file["events"][2]["leaf"].clone());
    assert_eq!(proof, bad(BadEvent::NotIncluded));
    let swapped = changed(&|file| file["events"].as_array_mut().unwrap().swap(2, 3));
    assert!(matches!(swapped, BadExport::Event { why: BadEvent::OutOfOrder, .. }), "{swapped}");
    let second = file["events"]
        .as_array()
        .unwrap()
        .iter()
        .position(|event| event["aggregate_type"] == "order" && event["sequence"] == 2);
    let cut = changed(&|file| drop(file["events"].as_array_mut().unwrap().remove(second.unwrap())));
    assert!(matches!(cut, BadExport::Event { why: BadEvent::Gap, .. }), "{cut}");
    let amount = changed(&|file| file["postings"][0]["entries"][0]["amount"] = json!(1));
    assert!(matches!(amount, BadExport::Event { why: BadEvent::Posting, .. }), "{amount}");
    let fewer = changed(&|file| drop(file["postings"].as_array_mut().unwrap().pop()));
    assert!(matches!(fewer, BadExport::Event { why: BadEvent::Posting, .. }), "{fewer}");
    assert!(matches!(changed(&|file| file["format"] = json!("x")), BadExport::Form(_)));
    assert!(matches!(changed(&|file| file["surplus"] = json!(1)), BadExport::Form(_)));
    let note = changed(&|file| {
        let text = file["checkpoint"].as_str().unwrap().replacen('\n', "\n1", 1);
        file["checkpoint"] = text.into();
    });
    assert!(matches!(note, BadExport::Checkpoint(_)), "{note}");
}

#[tokio::test]
async fn what_is_no_order_is_not_exported() {
    let world = World::open().await;
    let nothing = "ord_00000000-0000-7000-8000-000000000000";
    world.auditor.0.http.get(&format!("/orders/{nothing}/export")).send().await.refused(404, "unknown_order");
    world.auditor.0.http.get("/orders/pay_x/export").send().await.refused(400, "invalid_path");
}

#[tokio::test]
async fn checkpoints_are_kept_in_a_file_and_signed_by_a_witness() {
    let mut world = World::open().await;
    let witness = TestWitness::open().await;
    witness.watches(&key(&world).await);
    let anchors = world.folder().join("elsewhere");
    world
        .restart_with(|config| {
            config.sealing.anchor_file = Some(anchors.clone());
            config.sealing.anchor_every = TimeDelta::milliseconds(10);
            let key = witness.key().parse().unwrap();
            config.sealing.witness = Some(api::WitnessSettings { url: witness.url().to_owned(), key });
        })
        .await;
    let seller = world.seller("carpenter").await;
    seller.sells("chair", 10_000, 5).await;
    latest(&world, "/audit/checkpoint?cosigned=true").await;
    seller.sells("table", 20_000, 5).await;
    let cosigned = latest(&world, "/audit/checkpoint?cosigned=true").await;
    assert!(cosigned.contains("\n— witness.example "), "{cosigned}");
    let key = key(&world).await;
    assert_eq!(witness.last().map(|last| last.size), Some(key.open(&cosigned).unwrap().size));

    let kept = std::fs::read_to_string(&anchors).unwrap();
    let notes: Vec<Checkpoint> = kept
        .split("\n\nescrow/")
        .map(|note| if note.starts_with("escrow/") { note.to_owned() } else { format!("escrow/{note}") })
        .map(|note| key.open(&format!("{}\n", note.trim_end())).unwrap())
        .collect();
    assert!(notes.len() >= 2, "{kept}");
    let held = i64::try_from(notes.len()).unwrap();
    let against = Against { key: Some(key), anchors: notes };
    let services_log = store::Log::open(&world.config().log_url).await.unwrap();
    assert_eq!(verify_against(&services_log, against, |_| {}).await.unwrap().anchors, held);
}

#[tokio::test]
async fn the_command_line_verifies_a_file_with_the_public_key_only() {
    let mut world = World::open().await;
    let order = confirmed(&world).await;
    let settings = Settings::in_folder(world.folder());
    let said = |arguments: &[&str]| {
        let output = settings.run(arguments);
        let (out, complaint) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        (output.status.success(), out, complaint)
    };
    world.stop().await;
    let (_, key, _) = said(&["key"]);
    let file = world.folder().join("order.json");
    let path = file.to_str().unwrap();
    assert!(said(&["export", "--order", &order.id, "--out", path]).0);
    let (ok, out, complaint) = said(&["verify", "--export", path, "--key", &key]);
    assert!(ok && out.starts_with("the export is whole: "), "{out}{complaint}");

    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("\\\"quantity\\\":2", "\\\"quantity\\\":1")).unwrap();
    let (ok, out, complaint) = said(&["verify", "--export", path, "--key", &key]);
    assert!(!ok && out.is_empty() && complaint.contains("position "), "{out}{complaint}");
    let other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    std::fs::write(&file, &text[..text.len() / 2]).unwrap();
    for (file, key) in [(path, key.as_str()), (path, other), ("/nowhere", key.as_str()), (path, "no key")] {
        let (ok, out, complaint) = said(&["verify", "--export", file, "--key", key]);
        assert!(!ok && out.is_empty() && complaint.starts_with("escrow: "), "{out}{complaint}");
    }
    std::fs::write(&file, text).unwrap();
    let (ok, _, complaint) = said(&["verify", "--export", path, "--key", other]);
    assert!(!ok && complaint.contains("is signed by"), "{complaint}");

    let (_, checkpoint, _) = said(&["checkpoint"]);
    let anchors = world.folder().join("anchors");
    std::fs::write(&anchors, format!("{checkpoint}\n{checkpoint}\n")).unwrap();
    let (ok, out, complaint) = said(&["verify", "--anchors", anchors.to_str().unwrap()]);
    assert!(ok && out.contains(" and 2 anchored ones hold"), "{out}{complaint}");
    std::fs::write(&anchors, checkpoint.replace("escrow/", "escrow/0")).unwrap();
    let (ok, _, complaint) = said(&["verify", "--anchors", anchors.to_str().unwrap()]);
    assert!(!ok && complaint.contains("anchored checkpoint 1"), "{complaint}");
    assert!(said(&["prove", "inclusion", "--position", "1"]).1.contains("leaf "));
    assert!(said(&["prove", "consistency", "--from", "1", "--to", "2"]).0);
    assert!(said(&["prove", "inclusion", "--position", "99999"]).2.contains("lies beyond"));
}
