//! Input that is wrong: each a problem of its own kind, with the right status, and nothing changed.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    World,
    actors::{Buyer, Product, Seller, address, order_body, won},
    http::Ask,
};

struct Shop {
    world: World,
    carpenter: Seller,
    hong: Buyer,
    chair: Product,
}

async fn shop() -> Shop {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    world.settle().await;
    Shop { world, carpenter, hong, chair }
}

impl Shop {
    /// Asks, and sees that nothing has changed.
    async fn is_refused(&self, ask: Ask, status: u16, code: &str) -> Value {
        let head = self.world.head().await;
        let told = ask.send().await.refused(status, code);
        assert_eq!(self.world.head().await, head, "{told}");
        told
    }

    fn order(&self) -> Ask {
        self.hong.0.http.ask(Method::POST, "/orders").header("content-type", "application/json")
    }

    /// An order whose one line is altered.
    fn line(&self, change: &Value) -> Value {
        let mut body = order_body(&[(&self.chair, 1)]);
        for (name, value) in change.as_object().unwrap() {
            body["lines"][0][name] = value.clone();
        }
        body
    }
}

/// A product, altered.
fn product(change: &Value) -> Value {
    let mut body = json!({ "name": "lamp", "description": "", "price": won(1_000), "stock": 1 });
    for (name, value) in change.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn what_is_no_json_or_not_declared_as_json() {
    let shop = shop().await;
    for text in ["", "{", "{\"lines\": [}", "{'lines': []}", "nonsense", "\u{feff}{}"] {
        shop.is_refused(shop.order().raw(text), 400, "malformed_json").await;
    }
    shop.is_refused(shop.order().raw(b"{\"lines\":\"\xff\xfe\"}".to_vec()), 400, "malformed_json").await;
    let ask = || shop.hong.0.http.ask(Method::POST, "/orders").raw("{}");
    shop.is_refused(ask(), 415, "unsupported_media_type").await;
    shop.is_refused(ask().header("content-type", "text/plain"), 415, "unsupported_media_type").await;
}

#[tokio::test]
async fn unknown_fields_missing_ones_and_wrong_types() {
    let shop = shop().await;
    let mut unknown = order_body(&[(&shop.chair, 1)]);
    unknown["colour"] = "red".into();
    let table = [
        (unknown, "/colour"),
        (shop.line(&json!({ "discount": 5 })), "/lines/0/discount"),
        (json!({ "delivery_address": address() }), ""),
        (json!({ "lines": "all", "delivery_address": address() }), "/lines"),
        (json!({ "lines": [], "delivery_address": address() }), "/lines"),
        (shop.line(&json!({ "quantity": "two" })), "/lines/0/quantity"),
        (shop.line(&json!({ "quantity": 1.5 })), "/lines/0/quantity"),
        (shop.line(&json!({ "quantity": null })), "/lines/0/quantity"),
        (shop.line(&json!({ "quantity": true })), "/lines/0/quantity"),
        (shop.line(&json!({ "quantity": 0 })), "/lines/0/quantity"),
        (shop.line(&json!({ "quantity": -1 })), "/lines/0/quantity"),
        (shop.line(&json!({ "quantity": 9_999_999_999_i64 })), "/lines/0/quantity"),
        (shop.line(&json!({ "product_id": "chair" })), "/lines/0/product_id"),
        (shop.line(&json!({ "product_id": shop.hong.0.id })), "/lines/0/product_id"),
        (json!([]), ""),
        (json!(null), ""),
    ];
    for (body, pointer) in table {
        let told = shop.is_refused(shop.order().raw(body.to_string()), 422, "invalid_body").await;
        assert_eq!(told["pointer"], pointer, "{body}: {told}");
    }
}

#[tokio::test]
async fn money_that_cannot_be() {
    let shop = shop().await;
    let prices = [
        won(-1),
        won(0),
        json!({ "amount": 1.5, "currency": "KRW" }),
        json!({ "amount": "1000", "currency": "KRW" }),
        json!({ "amount": 1_000 }),
        json!({ "currency": "KRW" }),
        json!({ "amount": 1_000, "currency": "WON" }),
        json!({ "amount": 1_000, "currency": "krw" }),
        json!({ "amount": 1_000, "currency": "" }),
        json!({ "amount": 1_000, "currency": "KRW", "scale": 2 }),
        json!(1_000),
        serde_json::from_str(r#"{"amount": 99999999999999999999999, "currency": "KRW"}"#).unwrap(),
        serde_json::from_str(r#"{"amount": 9223372036854775808, "currency": "KRW"}"#).unwrap(),
        serde_json::from_str(r#"{"amount": -9223372036854775809, "currency": "KRW"}"#).unwrap(),
        serde_json::from_str(r#"{"amount": 1e300, "currency": "KRW"}"#).unwrap(),
    ];
    for price in prices {
        let body = product(&json!({ "price": price }));
        shop.is_refused(shop.carpenter.0.http.post("/products", &body), 422, "invalid_body").await;
    }
    // A price that can be kept, and an order whose sum cannot.
    let body = product(&json!({ "price": won(i64::MAX), "stock": 100 }));
    let dear = shop.carpenter.0.http.post("/products", &body).send().await;
    if dear.is_success() {
        let dear = Product { id: dear.ok()["product_id"].as_str().unwrap().to_owned(), price: i64::MAX };
        for lines in [vec![(&dear, 2)], vec![(&dear, 1), (&shop.chair, 1)]] {
            let ask = shop.order().raw(order_body(&lines).to_string());
            shop.is_refused(ask, 422, "amount_impossible").await;
        }
    } else {
        dear.refused(422, "invalid_body");
    }
    shop.world.audit().await;
}

#[tokio::test]
async fn lines_that_do_not_go_together_and_prices_that_are_not_the_price() {
    let shop = shop().await;
    let dollars = product(&json!({ "price": { "amount": 500, "currency": "USD" }, "stock": 9 }));
    let lamp = shop.carpenter.0.http.post("/products", &dollars).send().await.ok();
    let lamp = Product { id: lamp["product_id"].as_str().unwrap().to_owned(), price: 500 };
    let mixed = order_body(&[(&shop.chair, 1), (&lamp, 1)]);
    shop.is_refused(shop.order().raw(mixed.to_string()), 422, "mixed_currencies").await;
    let cheaper = shop.line(&json!({ "price": won(9_000) }));
    let told = shop.is_refused(shop.order().raw(cheaper.to_string()), 409, "price_changed").await;
    assert_eq!(told["actual"]["amount"], 10_000, "{told}");
    let many = order_body(&[(&shop.chair, 51)]);
    let told = shop.is_refused(shop.order().raw(many.to_string()), 409, "out_of_stock").await;
    assert_eq!(told["left"], 50, "{told}");
    // A product that is named twice is ordered once, with the sum; the stock counts both.
    let too_many = order_body(&[(&shop.chair, 25), (&shop.chair, 26)]);
    shop.is_refused(shop.order().raw(too_many.to_string()), 409, "out_of_stock").await;
    let twice = shop.hong.orders(&[(&shop.chair, 1), (&shop.chair, 2)]).await;
    assert_eq!((twice.total, shop.world.stock_of(&shop.chair).await), (30_000, 47));
    shop.world.audit().await;
}

#[tokio::test]
async fn a_list_is_not_an_object() {
    let shop = shop().await;
    let listed = json!(["lamp", "", [1_000, "KRW"], 1]);
    shop.is_refused(shop.carpenter.0.http.post("/products", &listed), 422, "invalid_body").await;
}

#[tokio::test]
async fn a_list_is_not_an_object_inside_a_body_either() {
    let shop = shop().await;
    let placed = shop.hong.orders(&[(&shop.chair, 1)]).await;
    shop.world.settle().await;
    let (seller, buyer) = (&shop.carpenter.0.http, &shop.hong.0.http);
    let won = json!([1_000, "KRW"]);
    let home = json!(["Hong", "010-1234-5678", "1 Road", null, "04524", null, "KR"]);
    let order = |member: &str, value: Value| {
        let mut body = order_body(&[(&shop.chair, 1)]);
        body[member] = value;
        body
    };
    let bought = json!({ "product_id": shop.chair.id, "quantity": 1, "delivery_address": home });
    let shipments = format!("/orders/{}/shipments", placed.id);
    let item = json!(["oli_00000000-0000-7000-8000-000000000000", 1]);
    let parcel = json!({ "carrier": "CJGLS", "invoice_number": "1", "items": [item] });
    let refund = "/payments/pay_00000000-0000-7000-8000-000000000000/refund";
    for (ask, pointer) in [
        (seller.post("/products", &product(&json!({ "price": won }))), "/price"),
        (buyer.post("/orders", &order("delivery_address", home)), "/delivery_address"),
        (buyer.post("/orders", &order("lines", json!([[shop.chair.id, 1, null]]))), "/lines/0"),
        (buyer.post("/orders", &shop.line(&json!({ "price": won }))), "/lines/0/price"),
        (buyer.post("/payments", &bought), "/delivery_address"),
        (buyer.post("/payments", &json!({ "order_id": placed.id, "price": won })), "/price"),
        (buyer.post(refund, &json!({ "reason": "x", "amount": won })), "/amount"),
        (seller.post(&shipments, &parcel), "/items/0"),
    ] {
        let told = shop.is_refused(ask, 422, "invalid_body").await;
        assert_eq!(told["pointer"], pointer, "{told}");
    }
}

#[tokio::test]
async fn ids_that_name_nothing_or_are_none() {
    let shop = shop().await;
    let (http, nothing) = (&shop.hong.0.http, "00000000-0000-7000-8000-000000000000");
    let unknown = Product { id: format!("prd_{nothing}"), price: 1 };
    let order = shop.order().raw(order_body(&[(&unknown, 1)]).to_string());
    shop.is_refused(order, 404, "unknown_product").await;
    let operator = &shop.world.operator.0.http;
    for (ask, code) in [
        (http.get(&format!("/products/prd_{nothing}")), "unknown_product"),
        (http.get(&format!("/orders/ord_{nothing}")), "unknown_order"),
        (http.get(&format!("/orders/ord_{nothing}/timeline")), "unknown_order"),
        (http.post(&format!("/orders/ord_{nothing}/confirm"), &json!({})), "unknown_order"),
        (http.delete(&format!("/orders/ord_{nothing}/cancel"), &json!({ "reason": "x" })), "unknown_order"),
        (http.post("/payments", &json!({ "order_id": format!("ord_{nothing}") })), "unknown_order"),
        (http.get(&format!("/payments/pay_{nothing}/status")), "unknown_payment"),
        (http.post(&format!("/payments/pay_{nothing}/refund"), &json!({ "reason": "x" })), "unknown_payment"),
        (http.post(&format!("/payments/pay_{nothing}/cancel"), &json!({})), "unknown_payment"),
        (http.post(&format!("/payments/pay_{nothing}/confirm"), &json!({})), "unknown_payment"),
        (http.post("/verifyIamport/imp_123456", &json!({})), "unknown_payment"),
        (http.post(&format!("/shipments/shp_{nothing}/delivered"), &json!({})), "unknown_shipment"),
        (operator.get("/ledger/accounts/9999"), "unknown_account"),
        (http.get("/nothing/here"), "unknown_path"),
    ] {
        shop.is_refused(ask, 404, code).await;
    }
    for path in [
        "/orders/1",
        "/orders/ord_",
        "/orders/prd_00000000-0000-7000-8000-000000000000",
        "/orders/ORD_00000000-0000-7000-8000-00000000000A",
        "/orders/%00",
    ] {
        shop.is_refused(http.get(path), 400, "invalid_path").await;
    }
    shop.is_refused(http.ask(Method::PATCH, "/orders"), 405, "method_not_allowed").await;
}

#[tokio::test]
async fn queries_and_headers_that_cannot_be_read() {
    let shop = shop().await;
    let http = &shop.hong.0.http;
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=ten",
        "cursor=nonsense",
        "min_position=-1",
        "min_position=x",
        "status=lost",
    ] {
        shop.is_refused(http.get(&format!("/orders?{query}")), 400, "invalid_query").await;
    }
    let behind = http.get("/orders?min_position=999999999").send().await;
    behind.refused(504, "view_behind");
    let revise = |tag: &str| {
        let path = format!("/products/{}", shop.chair.id);
        shop.carpenter.0.http.put(&path, &product(&json!({}))).header("if-match", tag)
    };
    shop.is_refused(revise("yesterday"), 400, "invalid_header").await;
    shop.is_refused(revise("\"99\""), 412, "version_changed").await;
    revise("\"1\"").send().await.ok();
    shop.is_refused(revise("\"1\""), 412, "version_changed").await;
    shop.world.audit().await;
}

#[tokio::test]
async fn a_body_over_the_limit() {
    let shop = shop().await;
    let body = product(&json!({ "description": "x".repeat(70_000) })).to_string();
    let ask = |body: String| {
        let ask = shop.carpenter.0.http.ask(Method::POST, "/products");
        ask.header("content-type", "application/json").raw(body)
    };
    shop.is_refused(ask(body), 413, "body_too_large").await;
    // Nesting that would take a reader's stack is refused before it does.
    shop.is_refused(ask(format!("{{\"name\":{}1", "[".repeat(60_000))), 422, "invalid_body").await;
    let long = product(&json!({ "description": "x".repeat(4_001) })).to_string();
    shop.is_refused(ask(long), 422, "invalid_body").await;
    let hook = shop.world.nobody().ask(Method::POST, "/webhooks/portone-v2").raw("x".repeat(70_000));
    shop.is_refused(hook, 413, "body_too_large").await;
    // The server is none the worse for it.
    shop.hong.orders(&[(&shop.chair, 1)]).await;
    shop.world.audit().await;
}

#[tokio::test]
async fn payments_that_do_not_say_what_they_are_for() {
    let shop = shop().await;
    let order = shop.hong.orders(&[(&shop.chair, 1)]).await;
    let http = &shop.hong.0.http;
    let pay = |body: Value| http.post("/payments", &body);
    shop.is_refused(pay(json!({})), 422, "invalid_body").await;
    let both = json!({ "order_id": order.id, "product_id": shop.chair.id });
    shop.is_refused(pay(both), 422, "invalid_body").await;
    shop.is_refused(pay(json!({ "product_id": shop.chair.id })), 422, "invalid_body").await;
    shop.is_refused(pay(json!({ "order_id": order.id, "escrow": "yes" })), 422, "invalid_body").await;
    shop.is_refused(pay(json!({ "order_id": order.id, "price": won(1) })), 409, "price_changed").await;
    let other = json!({ "order_id": order.id, "buyer": shop.carpenter.0.id });
    shop.is_refused(pay(other), 409, "party_mismatch").await;
    let stranger = json!({ "order_id": order.id, "seller": format!("sel_{}", ambient::fresh_id()) });
    shop.is_refused(pay(stranger), 409, "party_mismatch").await;
    let own = shop.world.mint().token(&shop.carpenter.0.id, &["buyer", "seller"], shop.world.clock.now());
    let both_roles = shop.world.nobody().with_token(own);
    let bought = both_roles.post("/orders", &order_body(&[(&shop.chair, 1)]));
    shop.is_refused(bought, 409, "buyer_is_seller").await;

    // A product can be ordered and paid in one.
    let body = json!({
        "product_id": shop.chair.id, "quantity": 2, "delivery_address": address(), "buyer": shop.hong.0.id,
        "seller": shop.carpenter.seller_id(), "price": won(20_000), "escrow": true,
    });
    let begun = pay(body).key("one-click").send().await;
    assert_eq!(begun.ok()["amount"]["amount"], 20_000);
    shop.world.audit().await;
}
