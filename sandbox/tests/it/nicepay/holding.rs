//! Escrow: parcels, the buyer's word, and what can be cancelled when.

use chrono::TimeDelta;
use sandbox::{Channel, SandboxConfig};
use serde_json::{Value, json};

use super::{CLIENT, ESCROW, Nice, SECRET, VBANK, refused, sha256};

/// Asks the older API: 01 the buyer confirms, 02 refuses, 03 the shop registers the parcel.
async fn escrow(nice: &Nice, tid: &str, request: &str) -> Value {
    let edi_date = "20260302102345";
    let signature = sha256(&[tid, CLIENT, request, edi_date, SECRET]);
    let form = format!(
        "MID={CLIENT}&TID={tid}&EdiDate={edi_date}&SignData={signature}&ReqType={request}&DeliveryCoNm=CJ&InvoiceNum=1234&\
         BuyerAddr=Seoul&RegisterName=shop&ConfirmMail=1&CharSet=utf-8"
    );
    let request = nice.stage.client.post(nice.url("/webapi/escrow_process.jsp"));
    nice.stage.send(request.header("content-type", "application/x-www-form-urlencoded").body(form)).await.1
}

#[tokio::test]
async fn a_parcel_is_registered_and_the_buyer_decides_once() {
    let nice = Nice::start().await;
    assert_eq!(escrow(&nice, "nobody", "03").await["ResultCode"], "C006");
    let plain = nice.paid("plain", super::CARD).await;
    assert_eq!(escrow(&nice, &plain, "03").await["ResultCode"], "C003");
    let tid = nice.paid("order-1", ESCROW).await;
    assert_eq!(escrow(&nice, &tid, "01").await["ResultCode"], "D005", "no parcel yet");
    let registered = json!({ "ResultCode": "C000", "ResultMsg": "정상 처리되었습니다.", "TID": tid });
    assert_eq!(escrow(&nice, &tid, "03").await, registered);
    assert_eq!(escrow(&nice, &tid, "03").await["ResultCode"], "C005");
    assert_eq!(escrow(&nice, &tid, "01").await["ResultCode"], "D000");
    assert_eq!(escrow(&nice, &tid, "01").await["ResultCode"], "D010");
    assert_eq!(escrow(&nice, &tid, "02").await["ResultCode"], "E005");
    let forged = nice.stage.client.post(nice.url("/webapi/escrow_process.jsp"));
    let form = format!("MID={CLIENT}&TID={tid}&EdiDate=1&SignData=00&ReqType=03");
    let forged = forged.header("content-type", "application/x-www-form-urlencoded").body(form);
    assert_eq!(nice.stage.send(forged).await.1["ResultCode"], "A101");
}

#[tokio::test]
async fn escrow_is_cancelled_as_a_whole_until_the_buyer_confirms() {
    let nice = Nice::start().await;
    let whole = json!({ "reason": "r", "orderId": "back-1" });
    let part = json!({ "reason": "r", "orderId": "back-2", "cancelAmt": 1_000 });
    let cancel =
        async |tid: &str, body: &Value| nice.code(&format!("/v1/payments/{tid}/cancel"), body.clone()).await;
    let before = nice.paid("before", ESCROW).await;
    assert_eq!(cancel(&before, &part).await, refused("2052"));
    assert_eq!(cancel(&before, &whole).await, refused("0000"));
    assert_eq!(escrow(&nice, &before, "03").await["ResultCode"], "C007");
    let registered = nice.paid("registered", ESCROW).await;
    escrow(&nice, &registered, "03").await;
    assert_eq!(cancel(&registered, &whole).await, refused("0000"));
    let confirmed = nice.paid("confirmed", ESCROW).await;
    escrow(&nice, &confirmed, "03").await;
    escrow(&nice, &confirmed, "01").await;
    assert_eq!(cancel(&confirmed, &whole).await, refused("2014"));
    assert_eq!(cancel(&confirmed, &part).await, refused("2014"));
    let rejected = nice.paid("rejected", ESCROW).await;
    escrow(&nice, &rejected, "03").await;
    assert_eq!(escrow(&nice, &rejected, "02").await["ResultCode"], "E000");
    assert_eq!(cancel(&rejected, &whole).await, refused("0000"));
}

#[tokio::test]
async fn escrow_is_lost_without_a_contract_and_the_buyer_may_take_an_account_instead() {
    let channels = vec![Channel { escrow: false, ..Channel::default() }];
    let nice = Nice::with(SandboxConfig { channels, ..SandboxConfig::default() }).await;
    let tid = nice.paid("order-1", ESCROW).await;
    let document = nice.get(&format!("/v1/payments/{tid}")).await.1;
    assert_eq!((&document["status"], &document["useEscrow"]), (&json!("paid"), &json!(false)));

    let nice = Nice::start().await;
    let tid = nice.paid("order-1", ESCROW).await;
    let document = nice.get(&format!("/v1/payments/{tid}")).await.1;
    assert_eq!((&document["useEscrow"], &document["card"]["canPartCancel"]), (&json!(true), &json!("false")));
    let tid = nice.buy("order-2", ESCROW, "issue").await["tid"].as_str().unwrap().to_owned();
    let (_, issued) = nice.post(&format!("/v1/payments/{tid}"), json!({ "amount": 13_000 })).await;
    assert_eq!((&issued["status"], &issued["payMethod"]), (&json!("ready"), &json!("vbank")));
}

#[tokio::test]
async fn what_was_paid_before_a_restart_can_be_given_back_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("sandbox.jsonl");
    let config = || SandboxConfig { journal: Some(journal.clone()), ..SandboxConfig::default() };
    let nice = Nice::with(config()).await;
    let card = nice.paid("card", super::CARD).await;
    let vbank = nice.paid("vbank", VBANK).await;
    let waiting = nice.authenticated("waiting", super::CARD).await;
    let look = async |nice: &Nice| {
        let mut documents = Vec::new();
        for tid in [&card, &vbank, &waiting] {
            documents.push(nice.get(&format!("/v1/payments/{tid}")).await.1);
        }
        documents
    };
    let before = look(&nice).await;
    nice.stage.sandbox.stop().await;
    let nice = Nice::with(config()).await;
    assert_eq!(look(&nice).await, before);
    assert_eq!(nice.get("/v1/payments/find/vbank").await.1["tid"], json!(vbank));
    nice.clock.advance(TimeDelta::minutes(5));
    assert_eq!(
        nice.code(&format!("/v1/payments/{waiting}"), json!({ "amount": 13_000 })).await,
        refused("0000")
    );
    let cancel = json!({ "reason": "r", "orderId": "back-1" });
    assert_eq!(nice.code(&format!("/v1/payments/{card}/cancel"), cancel).await, refused("0000"));
    assert_eq!(nice.act("vbank", "deposit", json!({})).await["status"], "paid");
}
