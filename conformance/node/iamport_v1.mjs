// npm iamport-rest-client-nodejs 0.9.12 against the sandbox's PortOne V1: tokens, payments, escrow, cancellation.
import { control } from "./check.mjs";
import * as documents from "./iamport_v1_documents.mjs";
import { NOW } from "./iamport_v1_documents.mjs";
import {
  HIDDEN,
  NO_PAYMENT,
  Authenticate,
  Escrows,
  Payments,
  Prepare,
  ask,
  connect,
  play,
  refused,
  suite,
  unknown,
} from "./iamport_v1_stage.mjs";

const key = { imp_key: "sandbox-imp-key", imp_secret: "sandbox-imp-secret" };
const token = {
  access_token: "36c8d3a0c0948fe28b831170c162e45b",
  now: NOW,
  expired_at: "2040-01-02T03:34:05.000Z",
};
await ask("Authenticate.getToken", "the shop's key", Authenticate.getToken(key), token);
await ask("Authenticate.getToken", "the same token for another server", Authenticate.getToken(key), token);
await refused(
  "Authenticate.getToken",
  "another secret",
  Authenticate.getToken({ ...key, imp_secret: "another" }),
  401,
  -1,
  "Unauthorized",
);
await refused(
  "Authenticate.getToken",
  "no secret",
  Authenticate.getToken({ imp_key: key.imp_key }),
  400,
  1,
  "imp_key, imp_secret 파라메터가 누락되었습니다.",
);

await ask("Prepare.postAmount", "an amount", Prepare.postAmount({ merchant_uid: "chair", amount: 13000 }), {
  merchant_uid: "chair",
  amount: 13000,
});
await refused(
  "Prepare.postAmount",
  "twice",
  Prepare.postAmount({ merchant_uid: "chair", amount: 13000 }),
  400,
  1,
  "이미 등록된 merchant_uid입니다.",
);
await refused(
  "Prepare.postAmount",
  "without an amount",
  Prepare.postAmount({ merchant_uid: "sofa" }),
  400,
  1,
  "파라미터 누락: amount",
);
await ask("Prepare.getAmount", "a registered one", Prepare.getAmount({ merchant_uid: "chair" }), {
  merchant_uid: "chair",
  amount: 13000,
});
await refused(
  "Prepare.getAmount",
  "unknown",
  Prepare.getAmount({ merchant_uid: "none" }),
  404,
  1,
  "사전등록된 결제정보가 존재하지 않습니다.",
);

await play("sofa", "approve", { payMethod: "CARD" });
await play("chair", "approve", { payMethod: "TRANSFER", isEscrow: true });
await play("lamp", "decline");
await play("lamp", "open");
const { sofa, chair, failed, ready } = documents;
await ask("Payments.getByImpUid", "paid by card", Payments.getByImpUid({ imp_uid: sofa.imp_uid }), sofa);
await ask(
  "Payments.getByImpUid",
  "paid into escrow",
  Payments.getByImpUid({ imp_uid: chair.imp_uid }),
  chair,
);
await refused("Payments.getByImpUid", "unknown", Payments.getByImpUid({ imp_uid: unknown }), ...NO_PAYMENT);
await refused(
  "Payments.getByImpUid",
  "with another secret",
  Payments.getByImpUid({ imp_uid: sofa.imp_uid }),
  401,
  -1,
  "Unauthorized",
  connect("another"),
);
await ask("Payments.getByImpUids", "two", Payments.getByImpUids({ imp_uid: [sofa.imp_uid, chair.imp_uid] }), [
  sofa,
  chair,
]);
await ask(
  "Payments.getByImpUids",
  "one of them unknown",
  Payments.getByImpUids({ imp_uid: [sofa.imp_uid, unknown] }),
  [sofa],
  { status: 207, failed: [unknown] },
);
await refused(
  "Payments.getByImpUids",
  "all unknown",
  Payments.getByImpUids({ imp_uid: [unknown] }),
  ...NO_PAYMENT,
);
await ask(
  "Payments.getByMerchantUid",
  "the last of an order",
  Payments.getByMerchantUid({ merchant_uid: "lamp" }),
  ready,
);
await ask(
  "Payments.getByMerchantUid",
  "of a status",
  Payments.getByMerchantUid({ merchant_uid: "lamp", status: "failed" }),
  failed,
);
await refused(
  "Payments.getByMerchantUid",
  "none of that status",
  Payments.getByMerchantUid({ merchant_uid: "lamp", status: "paid" }),
  ...NO_PAYMENT,
);
const list = (total, previous, next, ...list) => ({ total, previous, next, list });
await ask(
  "Payments.getByMerchantUids",
  "all of an order",
  Payments.getByMerchantUids({ merchant_uid: "lamp" }),
  list(2, 0, 0, ready, failed),
);
await ask(
  "Payments.getByMerchantUids",
  "of a status",
  Payments.getByMerchantUids({ merchant_uid: "lamp", status: "ready" }),
  list(1, 0, 0, ready),
);
await refused(
  "Payments.getByMerchantUids",
  "unknown",
  Payments.getByMerchantUids({ merchant_uid: "none" }),
  ...NO_PAYMENT,
);
await ask(
  "Payments.getByStatus",
  "paid",
  Payments.getByStatus({ status: "paid" }),
  list(2, 0, 0, chair, sofa),
);
await ask(
  "Payments.getByStatus",
  "all, the second page",
  Payments.getByStatus({ status: "all", page: 2, limit: 1 }),
  list(4, 1, 3, failed),
);
await refused(
  "Payments.getByStatus",
  "one that there is not",
  Payments.getByStatus({ status: "sold" }),
  400,
  1,
  "지원되지 않는 상태값입니다.",
);

const person = {
  name: "김구매",
  tel: "010-1234-5678",
  addr: "서울특별시 중구 세종대로 110",
  postcode: "04524",
};
const logis = { company: "CJGLS", invoice: "1234567890", sent_at: 2209086000 };
const parcel = { imp_uid: chair.imp_uid, sender: person, receiver: person, logis };
const registered = {
  company: "CJGLS",
  invoice: "1234567890",
  sent_at: "2040-01-02T03:00:00.000Z",
  applied_at: NOW,
};
await refused(
  "Escrows.putEscrow",
  "before it is registered",
  Escrows.putEscrow(parcel),
  409,
  1,
  "등록된 배송정보가 없습니다.",
);
await refused(
  "Escrows.postEscrow",
  "without its sender",
  Escrows.postEscrow({ ...parcel, sender: {} }),
  400,
  1,
  "파라미터 누락: sender.name, sender.tel, sender.postcode, sender.addr",
);
await ask("Escrows.postEscrow", "a parcel", Escrows.postEscrow(parcel), registered);
await refused(
  "Escrows.postEscrow",
  "twice",
  Escrows.postEscrow(parcel),
  409,
  1,
  "이미 배송정보가 등록된 결제건입니다.",
);
await refused(
  "Escrows.postEscrow",
  "without escrow",
  Escrows.postEscrow({ ...parcel, imp_uid: sofa.imp_uid }),
  400,
  1,
  "에스크로 결제가 아닙니다.",
);
await refused(
  "Escrows.postEscrow",
  "unknown",
  Escrows.postEscrow({ ...parcel, imp_uid: unknown }),
  ...NO_PAYMENT,
);
await ask(
  "Escrows.putEscrow",
  "another parcel, of a courier nobody knows",
  Escrows.putEscrow({ ...parcel, logis: { ...logis, company: "SNAIL", invoice: "987" } }),
  { ...registered, company: "ETC", invoice: "987" },
);

const cancel = (what) => Payments.cancel({ imp_uid: sofa.imp_uid, ...what });
await refused(
  "Payments.cancel",
  "unknown",
  cancel({ imp_uid: unknown }),
  HIDDEN,
  1,
  "취소할 결제건이 존재하지 않습니다.",
);
await refused(
  "Payments.cancel",
  "an unknown uid beside a known order",
  cancel({ imp_uid: unknown, merchant_uid: "sofa" }),
  HIDDEN,
  1,
  "취소할 결제건이 존재하지 않습니다.",
);
await refused(
  "Payments.cancel",
  "with a wrong checksum",
  cancel({ amount: 1000, checksum: 12000 }),
  HIDDEN,
  1,
  "취소 가능 잔액(checksum)이 일치하지 않습니다.",
);
await refused(
  "Payments.cancel",
  "more than was paid",
  cancel({ amount: 13001 }),
  HIDDEN,
  1,
  "취소 요청 금액이 취소 가능 금액을 초과합니다.",
);
await refused(
  "Payments.cancel",
  "a part of an escrow payment",
  Payments.cancel({ imp_uid: chair.imp_uid, amount: 1000 }),
  HIDDEN,
  -1,
  "에스크로 결제는 부분취소할 수 없습니다.",
);
await ask(
  "Payments.cancel",
  "a part",
  cancel({ amount: 1000, checksum: 13000, reason: "흠집" }),
  documents.inPart,
);
await ask(
  "Payments.getByImpUid",
  "cancelled in part",
  Payments.getByImpUid({ imp_uid: sofa.imp_uid }),
  documents.inPart,
);
await ask(
  "Payments.cancel",
  "nought is all that is left",
  cancel({ amount: 0, reason: "반품" }),
  documents.cancelled,
);
await refused(
  "Payments.cancel",
  "what is cancelled",
  cancel({ reason: "반품" }),
  HIDDEN,
  1,
  "이미 전액취소된 주문입니다.",
);

await control("POST", "/clock/advance", { seconds: 29 * 60 + 10 });
await ask(
  "Authenticate.getToken",
  "the same for five minutes more, in its last minute",
  Authenticate.getToken(key),
  { ...token, now: "2040-01-02T03:33:15.000Z", expired_at: "2040-01-02T03:39:05.000Z" },
);
await control("POST", "/clock/advance", { seconds: 6 * 60 });
await refused(
  "Payments.getByImpUid",
  "with a token that is over",
  Payments.getByImpUid({ imp_uid: sofa.imp_uid }),
  401,
  -1,
  "Unauthorized",
);

suite.finish();
