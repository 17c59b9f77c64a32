//! The committed OpenAPI document is the one the handlers make.

#[test]
fn the_committed_document_is_the_handlers_own() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let committed: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(
        committed == api::document(),
        "docs/openapi.json is stale: cargo run -- openapi > docs/openapi.json"
    );
}

#[test]
fn every_reference_leads_to_a_schema_and_every_operation_declares_its_problems() {
    let document = api::document();
    let schemas = document.pointer("/components/schemas").unwrap().as_object().unwrap();
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            let secured = operation.get("security").is_some();
            assert_eq!(secured, responses.contains_key("403"), "{method} {path}");
        }
    }
}

#[test]
fn every_operation_has_an_id_of_its_own() {
    let document = api::document();
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let mut ids: Vec<&str> = operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{ids:?}");
}
