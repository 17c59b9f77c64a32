//! The parcel's registration, PG by PG.

use serde_json::{Value, json};

use super::{V1, card, failure, held};

fn logis() -> Value {
    json!({ "company": "CJGLS", "invoice": "123", "sent_at": 1_799_999_000 })
}

fn person() -> Value {
    json!({ "name": "홍길동", "tel": "01012345678", "addr": "서울", "postcode": "04524" })
}

#[tokio::test]
async fn a_parcel_is_registered_once_shown_and_modified() {
    let v1 = V1::start().await;
    let id = v1.paid("order-1", held()).await;
    let path = format!("/escrows/logis/{id}");
    let none = (409, 1, "등록된 배송정보가 없습니다.");
    let body = json!({ "sender": person(), "receiver": person(), "logis": logis() });
    assert_eq!(failure(&v1.get(&path).await), none);
    assert_eq!(failure(&v1.call("PUT", &path, body.clone()).await), none);
    assert_eq!(v1.post("/escrows/logis/imp_1", body.clone()).await.0, 404);
    let registered = json!({
        "code": 0, "message": null,
        "response": {
            "company": "CJGLS", "invoice": "123", "sent_at": 1_799_999_000, "applied_at": 1_800_000_000,
        },
    });
    assert_eq!(v1.post(&path, body.clone()).await, (200, registered.clone()));
    assert_eq!(
        failure(&v1.post(&path, body.clone()).await),
        (409, 1, "이미 배송정보가 등록된 결제건입니다.")
    );
    let mut other = body.clone();
    other["logis"]["company"] = "NOBODY".into();
    assert_eq!(v1.call("PUT", &path, other).await.1["response"]["company"], "ETC");
    v1.act("order-1", "escrow", json!({ "status": "DELIVERED" })).await;
    assert_eq!(failure(&v1.call("PUT", &path, body.clone()).await).0, 409, "it has arrived");

    let free = v1.paid("order-2", card()).await;
    let path = format!("/escrows/logis/{free}");
    assert_eq!(failure(&v1.post(&path, body).await), (400, 1, "에스크로 결제가 아닙니다."));
}

#[tokio::test]
async fn each_pg_wants_to_be_told_its_own_things() {
    let all = "logis.company, logis.invoice, logis.sent_at";
    let people = |last: &str| {
        let of = |who: &str| ["name", "tel", "postcode", last].map(|name| format!("{who}.{name}")).join(", ");
        format!("파라미터 누락: {all}, {}, {}", of("sender"), of("receiver"))
    };
    let cases = [
        ("INICIS_V2", people("addr")),
        ("SMARTRO_V2", people("formed_address")),
        ("DAOU", format!("파라미터 누락: {all}, sender.relationship, logis.receiving_at, logis.address")),
        ("WELCOME", format!("파라미터 누락: {all}, products")),
        ("NICE_V2", format!("파라미터 누락: {all}")),
        ("TOSSPAYMENTS", "배송정보 등록/수정을 지원하지 않는 PG사입니다.".to_owned()),
    ];
    for (pg, wanted) in cases {
        let v1 = V1::of_pg(pg).await;
        let id = v1.paid("order-1", held()).await;
        let answer = v1.post(&format!("/escrows/logis/{id}"), json!({})).await;
        assert_eq!(failure(&answer), (400, 1, wanted.as_str()), "{pg}");
    }
}

#[tokio::test]
async fn some_pgs_do_not_let_a_registration_be_modified() {
    for (pg, status) in [("NICE_V2", 400), ("KCP_V2", 400), ("SMARTRO_V2", 200), ("DAOU", 200)] {
        let v1 = V1::of_pg(pg).await;
        let mut checkout = held();
        checkout["extra"] = json!({ "kcpProducts": "[]" });
        let id = v1.paid("order-1", checkout).await;
        let mut someone = person();
        someone["formed_address"] = json!({ "address_line_1": "서울", "address_line_2": "1" });
        someone["relationship"] = "본인".into();
        let mut parcel = logis();
        parcel["receiving_at"] = "20260302".into();
        parcel["address"] = "서울".into();
        let body = json!({ "sender": someone, "receiver": someone, "logis": parcel });
        let path = format!("/escrows/logis/{id}");
        assert_eq!(v1.post(&path, body.clone()).await.0, 200, "{pg}");
        assert_eq!(v1.call("PUT", &path, body).await.0, status, "{pg}");
    }
}
