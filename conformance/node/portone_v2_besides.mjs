// npm @portone/server-sdk 0.19.0 against the sandbox's PortOne V2: paying without a window and with the shop's
// approval, virtual accounts, disputes, webhooks sent again, the feed of events.
import { act, control } from "./check.mjs";
import * as documents from "./portone_v2_documents.mjs";
import { NOW } from "./portone_v2_documents.mjs";
import { NO_PAYMENT, PAID, ask, checkout, payment, problem, refused, suite } from "./portone_v2_stage.mjs";

const WRONG_TOKEN = problem("INVALID_PAYMENT_TOKEN", "this is not the token of the payment");
const paymentToken = "7e5d56f2-1034-87a9-8c43-45461c6d9ebc";
await act("sofa", "approve", checkout({ approvalByShop: true }));
await refused("confirmPayment", "unknown", { paymentId: "none", paymentToken }, NO_PAYMENT);
await refused(
  "confirmPayment",
  "with another token",
  { paymentId: "sofa", paymentToken: "another" },
  WRONG_TOKEN,
);
await refused(
  "confirmPayment",
  "of another amount",
  { paymentId: "sofa", paymentToken, totalAmount: 4999 },
  problem("INFORMATION_MISMATCH", "the amount is not the amount that was registered"),
);
const agreed = {
  paymentToken,
  txId: documents.paid.transactionId,
  currency: "KRW",
  totalAmount: 5000,
  isTest: true,
};
await ask(
  "confirmPayment",
  "what the buyer agreed to",
  { paymentId: "sofa", ...agreed },
  { pgTxId: documents.paid.pgTxId, paidAt: NOW },
);
await refused("confirmPayment", "twice", { paymentId: "sofa", ...agreed }, PAID);
await ask("getPayment", "approved by the shop", { paymentId: "sofa" }, documents.paid);

const common = {
  orderName: "의자 1개",
  amount: { total: 5000 },
  currency: "KRW",
  customer: { id: "c1", name: { full: "김구매" } },
};
const card = { card: { credential: { number: "1234123412341234", expiryYear: "41", expiryMonth: "12" } } };
const account = {
  virtualAccount: {
    bank: "SHINHAN",
    expiry: { validHours: 168 },
    option: { type: "NORMAL" },
    cashReceipt: { type: "NO_RECEIPT" },
    remitteeName: "가게",
  },
};
await ask(
  "payInstantly",
  "by card",
  { paymentId: "rug", method: card, ...common },
  { payment: { pgTxId: "sandbox-8cb3d611-563c-81d7-a419-f0a6bf4d5f46", paidAt: NOW } },
);
await refused("payInstantly", "twice", { paymentId: "rug", method: card, ...common }, PAID);
await ask(
  "payInstantly",
  "into an account",
  { paymentId: "table", method: account, ...common },
  { payment: { pgTxId: "sandbox-353dd7af-97dd-834f-9bd8-7931c4d911b5", paidAt: NOW } },
);
await ask("getPayment", "waiting for a deposit", { paymentId: "table" }, documents.waiting);
await refused(
  "payInstantly",
  "by nothing",
  { paymentId: "none", method: {}, ...common },
  problem("INVALID_REQUEST", "method must be a card with its number, or a virtual account"),
);

const NOT_WAITING = problem("PAYMENT_NOT_WAITING_FOR_DEPOSIT", "no deposit is waited for");
await refused("closeVirtualAccount", "unknown", { paymentId: "none" }, NO_PAYMENT);
await refused("closeVirtualAccount", "of a card payment", { paymentId: "rug" }, NOT_WAITING);
await ask("closeVirtualAccount", "an open one", { paymentId: "table" }, { closedAt: NOW });
await refused("closeVirtualAccount", "twice", { paymentId: "table" }, NOT_WAITING);

await act("sofa", "dispute", { reason: "FRAUDULENT" });
const dispute = { status: "UNRESOLVED", reason: "FRAUDULENT", createdAt: NOW };
await ask("getPayment", "disputed", { paymentId: "sofa" }, { ...documents.paid, disputes: [dispute] });
await act("sofa", "resolve", {});
const resolved = { ...documents.paid, disputes: [{ ...dispute, status: "RESOLVED", resolvedAt: NOW }] };
await ask("getPayment", "its dispute resolved", { paymentId: "sofa" }, resolved);

// Nobody listens there: the first attempt comes to nothing.
const url = "http://127.0.0.1:9/webhooks";
await control("PUT", "/webhook-urls", { "portone-v2": url });
await act("desk", "decline", checkout());
while ((await control("GET", "/portone-v2/payments/desk/webhooks"))[0].outcome === "waiting");
const webhook = {
  paymentStatus: "FAILED",
  id: "3819aabe-fb54-8217-8a88-f85faeadad1a",
  status: "FAILED_UNEXPECTED_ERROR",
  url,
  isAsync: false,
  currentExecutionCount: 2,
  maxExecutionCount: 6,
  trigger: "MANUAL",
  request: {
    body: '{"data":{"paymentId":"desk","storeId":"store-00000000-0000-0000-0000-000000000001","transactionId":"e11685e3-77f5-88e0-9204-baeb3b6f8f24"},"timestamp":"2040-01-02T03:04:05.000Z","type":"Transaction.Failed"}',
    requestedAt: NOW,
  },
  triggeredAt: NOW,
};
await ask("resendWebhook", "the last one", { paymentId: "desk" }, { webhook });
await refused(
  "resendWebhook",
  "one that is not there",
  { paymentId: "desk", webhookId: "none" },
  problem("WEBHOOK_NOT_FOUND", "there is no such webhook"),
);
await refused("resendWebhook", "of an unknown payment", { paymentId: "none" }, NO_PAYMENT);

/** An event without what the payment's own document says too. */
async function events(options) {
  const { items } = await payment.getAllPaymentEventsByCursor(options);
  return items.map(({ paymentEvent: { type, paymentId, eventAmount, createdAt } }) => ({
    type,
    paymentId,
    eventAmount,
    createdAt,
  }));
}
await control("POST", "/clock/advance", { seconds: 60 });
await payment.cancelPayment({ paymentId: "sofa", reason: "흠집", amount: 1000 });
await control("POST", "/clock/advance", { seconds: 60 });
await payment.cancelPayment({ paymentId: "sofa", reason: "반품" });
const at = (seconds) => `2040-01-02T03:0${4 + seconds / 60}:05.000Z`;
const part = { type: "PARTIAL_CANCELLED", paymentId: "sofa", eventAmount: -1000, createdAt: at(60) };
const rest = { type: "CANCELLED", paymentId: "sofa", eventAmount: -4000, createdAt: at(120) };
const feed = (what, options, expected) =>
  suite.answers("payment.getAllPaymentEventsByCursor", what, () => events(options), expected);
await feed("since a time", { from: at(60) }, [part, rest]);
await feed("in a span of time", { from: at(60), until: at(60) }, [part]);
// At the same moment, in the order of their ids.
const paid = { type: "PAID", paymentId: "sofa", eventAmount: 5000, createdAt: at(0) };
await feed("one at a time", { size: 1 }, [paid]);
await refused(
  "getAllPaymentEventsByCursor",
  "with another's cursor",
  { cursor: "x" },
  problem("INVALID_REQUEST", "cursor is not one of ours"),
);

suite.finish();
