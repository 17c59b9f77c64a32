// npm @portone/server-sdk 0.19.0 against the sandbox's PortOne V2: payments, their escrow and their cancellation.
import { act, control } from "./check.mjs";
import * as documents from "./portone_v2_documents.mjs";
import { NOW, STORE } from "./portone_v2_documents.mjs";
import {
  FOREIGN,
  NOT_PAID,
  NO_PAYMENT,
  NO_SECRET,
  PAID,
  ask,
  auth,
  checkout,
  pg,
  problem,
  refused,
  seen,
  stranger,
  suite,
} from "./portone_v2_stage.mjs";

const tokens = {
  accessToken: "8abd384d-0fe5-8b6a-9296-de868dd05e77",
  refreshToken: "804b842c-85c5-8e60-9a95-cd2719e57113",
};
await suite.answers(
  "auth.loginViaApiSecret",
  "the shop's secret",
  () => auth.loginViaApiSecret({ apiSecret: "sandbox-api-secret" }),
  tokens,
);
await suite.throws(
  "auth.loginViaApiSecret",
  "another secret",
  () => auth.loginViaApiSecret({ apiSecret: "another" }),
  seen,
  {
    name: "LoginViaApiSecretError",
    message: NO_SECRET.message,
    data: NO_SECRET,
  },
);

await ask(
  "preRegisterPayment",
  "an amount",
  { paymentId: "chair", totalAmount: 13000, taxFreeAmount: 0, currency: "KRW" },
  {},
);
await ask("preRegisterPayment", "again", { paymentId: "chair", totalAmount: 13000, currency: "KRW" }, {});
await refused(
  "preRegisterPayment",
  "nothing to pay",
  { paymentId: "none", totalAmount: 0 },
  problem("INVALID_REQUEST", "totalAmount must be more than nothing"),
);
await refused(
  "preRegisterPayment",
  "for a store that is not ours",
  { paymentId: "none", storeId: "store-2", totalAmount: 1 },
  FOREIGN,
);
await refused(
  "preRegisterPayment",
  "with another secret",
  { paymentId: "none", totalAmount: 1 },
  NO_SECRET,
  stranger,
);

await refused("getPayment", "unknown", { paymentId: "none" }, NO_PAYMENT);
await refused("getPayment", "registered, its window not opened", { paymentId: "chair" }, NO_PAYMENT);
await refused(
  "getPayment",
  "of a store that is not ours",
  { paymentId: "chair", storeId: "store-2" },
  FOREIGN,
);
await refused("getPayment", "with another secret", { paymentId: "chair" }, NO_SECRET, stranger);
await act("stool", "open", checkout());
await ask("getPayment", "ready", { paymentId: "stool" }, documents.ready);
await act("desk", "pending", checkout());
await ask("getPayment", "waiting for approval", { paymentId: "desk" }, documents.pending);
await act("lamp", "decline", checkout());
await ask("getPayment", "failed", { paymentId: "lamp" }, documents.failed);
await act("table", "issue", checkout({ payMethod: "VIRTUAL_ACCOUNT" }));
await ask("getPayment", "waiting for a deposit", { paymentId: "table" }, documents.waiting);
await act("sofa", "approve", checkout({ payMethod: "CARD" }));
await ask("getPayment", "paid by card", { paymentId: "sofa" }, documents.paid);
await act("chair", "approve", checkout({ payMethod: "TRANSFER", isEscrow: true, totalAmount: 13000 }));
await ask(
  "getPayment",
  "paid into escrow",
  { paymentId: "chair" },
  documents.escrowed({ status: "BEFORE_REGISTERED" }),
);
await refused("preRegisterPayment", "what is paid", { paymentId: "chair", totalAmount: 13000 }, PAID);

const address = { country: "KR", addressLine1: "서울특별시 중구 세종대로 110", addressLine2: "1층" };
const person = { phoneNumber: "010-1234-5678", zipcode: "04524", address };
const shipped = {
  paymentId: "chair",
  sender: { name: "가게", relationship: "본인", ...person },
  receiver: { name: "김구매", ...person },
  logistics: { company: "CJ", invoiceNumber: "1234567890", sentAt: "2040-01-02T10:00:00+09:00", address },
  products: [{ id: "chair-1", name: "의자", amount: 13000, quantity: 1 }],
};
const { sentAt, invoiceNumber } = documents.parcel;
await refused(
  "modifyEscrowLogistics",
  "before it is registered",
  shipped,
  pg("C004", "지금 상태에서는 처리할 수 없는 에스크로 거래입니다."),
);
await refused(
  "applyEscrowLogistics",
  "without its receiver",
  { ...shipped, receiver: undefined },
  pg("C001", "필수 항목 누락: receiver.name, receiver.phoneNumber, receiver.zipcode, receiver.address"),
);
await ask("applyEscrowLogistics", "a parcel", shipped, { invoiceNumber, sentAt, appliedAt: NOW });
await ask(
  "getPayment",
  "registered",
  { paymentId: "chair" },
  documents.escrowed({ status: "REGISTERED", ...documents.parcel }),
);
await refused("applyEscrowLogistics", "twice", shipped, pg("C003", "이미 배송등록된 거래입니다."));
await refused(
  "applyEscrowLogistics",
  "without escrow",
  { ...shipped, paymentId: "sofa" },
  pg("C002", "에스크로 결제가 아닙니다."),
);
await refused("applyEscrowLogistics", "not paid", { ...shipped, paymentId: "stool" }, NOT_PAID);
await refused("applyEscrowLogistics", "unknown", { ...shipped, paymentId: "none" }, NO_PAYMENT);
await ask(
  "modifyEscrowLogistics",
  "another parcel",
  { ...shipped, logistics: { ...shipped.logistics, invoiceNumber: "987" } },
  { invoiceNumber: "987", sentAt, modifiedAt: NOW },
);
await refused(
  "cancelPayment",
  "a part of an escrow payment",
  { paymentId: "chair", reason: "흠집", amount: 1000 },
  pg("2015", "에스크로 결제는 부분취소할 수 없습니다."),
);
await refused(
  "confirmEscrow",
  "without escrow",
  { paymentId: "sofa" },
  pg("C002", "에스크로 결제가 아닙니다."),
);
await refused("confirmEscrow", "not paid", { paymentId: "stool" }, NOT_PAID);
await ask("confirmEscrow", "the purchase", { paymentId: "chair" }, { completedAt: NOW });
const confirmed = {
  status: "CONFIRMED",
  ...documents.parcel,
  invoiceNumber: "987",
  isAutomaticallyConfirmed: false,
};
await ask("getPayment", "confirmed", { paymentId: "chair" }, documents.escrowed(confirmed));
await refused(
  "cancelPayment",
  "after the purchase is confirmed",
  { paymentId: "chair", reason: "늦은 변심" },
  pg("2013", "구매결정된 에스크로 결제는 취소할 수 없습니다."),
);

await refused("cancelPayment", "unknown", { paymentId: "none", reason: "변심" }, NO_PAYMENT);
await refused("cancelPayment", "not paid", { paymentId: "stool", reason: "변심" }, NOT_PAID);
await refused(
  "cancelPayment",
  "with a wrong balance",
  { paymentId: "sofa", reason: "흠집", amount: 1000, currentCancellableAmount: 4000 },
  problem("CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN", "this is not what can be cancelled"),
);
await refused(
  "cancelPayment",
  "more than was paid",
  { paymentId: "sofa", reason: "흠집", amount: 5001 },
  problem("CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT", "more than what can be cancelled"),
);
await refused(
  "cancelPayment",
  "more tax-free than was paid",
  { paymentId: "sofa", reason: "흠집", amount: 1000, taxFreeAmount: 1 },
  problem(
    "CANCEL_TAX_FREE_AMOUNT_EXCEEDS_CANCELLABLE_TAX_FREE_AMOUNT",
    "more tax-free than what can be cancelled",
  ),
);
await ask(
  "cancelPayment",
  "a part",
  { paymentId: "sofa", reason: "흠집", amount: 1000, currentCancellableAmount: 5000 },
  { cancellation: documents.part },
);
await ask(
  "getPayment",
  "cancelled in part",
  { paymentId: "sofa" },
  documents.cancelled("PARTIAL_CANCELLED", 1000, [documents.part]),
);
await ask(
  "cancelPayment",
  "the rest",
  { paymentId: "sofa", reason: "반품", requester: "CUSTOMER" },
  { cancellation: documents.rest },
);
await ask(
  "getPayment",
  "cancelled",
  { paymentId: "sofa" },
  documents.cancelled("CANCELLED", 5000, [documents.part, documents.rest]),
);
await refused(
  "cancelPayment",
  "what is cancelled",
  { paymentId: "sofa", reason: "반품" },
  problem("PAYMENT_ALREADY_CANCELLED", "the payment is cancelled already"),
);
await act("shelf", "approve", checkout({ totalAmount: 2000 }));
await control("POST", "/faults", {
  route: "POST /payments/{id}/cancel",
  paymentId: "shelf",
  fault: "pg_refuses",
});
await refused(
  "cancelPayment",
  "when the PG refuses",
  { paymentId: "shelf", reason: "단순 변심" },
  pg("9999", "scripted refusal of the PG"),
);
await control("POST", "/faults", {
  route: "POST /payments/{id}/cancel",
  paymentId: "shelf",
  fault: "cancel_requested",
});
await ask(
  "cancelPayment",
  "to be carried out later",
  { paymentId: "shelf", reason: "단순 변심" },
  { cancellation: documents.requested },
);

const escrow = documents.escrowed(confirmed);
await ask(
  "getPayments",
  "by escrow",
  { filter: { storeId: STORE, isEscrow: true } },
  { items: [escrow], page: { number: 0, size: 10, totalCount: 1 } },
);
await ask(
  "getPayments",
  "by status, second page",
  { page: { number: 1, size: 1 }, filter: { status: ["FAILED", "PAY_PENDING"] } },
  { items: [documents.failed], page: { number: 1, size: 1, totalCount: 2 } },
);
await refused("getPayments", "of a store that is not ours", { filter: { storeId: "store-2" } }, FOREIGN);
await ask(
  "getAllPaymentsByCursor",
  "from the beginning",
  { size: 2 },
  {
    items: [
      { payment: documents.ready, cursor: "0" },
      { payment: documents.pending, cursor: "1" },
    ],
  },
);
await ask(
  "getAllPaymentsByCursor",
  "onwards",
  { size: 1, cursor: "1" },
  { items: [{ payment: documents.failed, cursor: "2" }] },
);
await refused(
  "getAllPaymentsByCursor",
  "with another's cursor",
  { cursor: "x" },
  problem("INVALID_REQUEST", "cursor is not one of ours"),
);

suite.finish();
