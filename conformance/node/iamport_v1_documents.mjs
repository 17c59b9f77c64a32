// What the client makes of PortOne V1's payments on the sandbox, whose clock stands still and whose ids follow from its
// seed. Times are dates, or nought for what has not happened; all else is as it came.
export const NOW = "2040-01-02T03:04:05.000Z";
const SECONDS = 2209086245;

const receipt = (id) => `https://sandbox.invalid/receipts/${id}`;
const NOTHING = Object.fromEntries(
  (
    "pg_tid apply_num bank_code bank_name card_code card_name card_number card_type vbank_code vbank_name vbank_num " +
    "vbank_holder buyer_name buyer_email buyer_tel buyer_addr buyer_postcode custom_data fail_reason cancel_reason " +
    "receipt_url customer_uid customer_uid_usage"
  )
    .split(" ")
    .map((name) => [name, null]),
);

/** A payment whose window was opened; what is not given is nothing. */
const payment = (imp_uid, merchant_uid, more) => ({
  ...NOTHING,
  imp_uid,
  merchant_uid,
  pay_method: "card",
  channel: "pc",
  pg_provider: "html5_inicis",
  pg_id: "SandboxTest",
  escrow: false,
  card_quota: 0,
  vbank_date: 0,
  vbank_issued_at: 0,
  name: "의자 1개",
  amount: 13000,
  cancel_amount: 0,
  currency: "KRW",
  user_agent: "sandbox",
  status: "ready",
  started_at: NOW,
  paid_at: 0,
  failed_at: 0,
  cancelled_at: 0,
  cancel_history: [],
  cancel_receipt_urls: [],
  cash_receipt_issued: false,
  ...more,
});

const BUYER = { buyer_name: "김구매", buyer_email: "buyer@example.com", buyer_tel: "010-1234-5678" };
const captured = (imp_uid, pg_tid) => ({
  status: "paid",
  paid_at: NOW,
  apply_num: "30000000",
  pg_tid,
  receipt_url: receipt(imp_uid),
});

export const ready = payment("imp_966234912904", "lamp", BUYER);
export const failed = payment("imp_818015254782", "lamp", {
  ...BUYER,
  status: "failed",
  failed_at: NOW,
  fail_reason: "카드사 승인 거절",
});
export const sofa = payment("imp_478382975098", "sofa", {
  ...BUYER,
  ...captured("imp_478382975098", "e483062c-e714-8555-8a8b-91e8c03c21fa"),
  card_code: "366",
  card_name: "신한카드",
  card_number: "123456******1234",
  card_type: 0,
});
export const chair = payment("imp_386686953530", "chair", {
  ...BUYER,
  ...captured("imp_386686953530", "8cc98dca-f508-881a-84a7-8a7da9b199a0"),
  pay_method: "trans",
  escrow: true,
  bank_code: "088",
  bank_name: "신한은행",
});

const cancellation = (cancellation_id, amount, reason) => ({
  pg_tid: `sandbox-${cancellation_id}`,
  amount,
  cancelled_at: SECONDS,
  reason,
  cancellation_id,
  receipt_url: receipt(cancellation_id),
});

/** A payment after its cancellations: `cancelled`, however small they are. */
const after = (paid, ...history) => ({
  ...paid,
  status: "cancelled",
  cancelled_at: NOW,
  cancel_amount: history.reduce((sum, { amount }) => sum + amount, 0),
  cancel_reason: history.at(-1).reason,
  cancel_history: history,
  cancel_receipt_urls: history.map(({ receipt_url }) => receipt_url),
});
const part = cancellation("80b565c0-7ed2-8b9c-82dc-5e189f3e91ef", 1000, "흠집");
export const inPart = after(sofa, part);
export const cancelled = after(
  sofa,
  part,
  cancellation("b9ced6d1-2c3a-8a9a-bb9b-fde6121c451b", 12000, "반품"),
);

const account = (vbank_num, vbank_date) => ({
  pay_method: "vbank",
  amount: 5000,
  vbank_code: "088",
  vbank_name: "신한은행",
  vbank_num,
  vbank_holder: "샌드박스",
  vbank_date,
  vbank_issued_at: NOW,
});
export const waiting = payment("imp_272491808944", "table", {
  ...account("56267295196375", "2040-01-03T03:04:05.000Z"),
  vbank_holder: "가게",
  name: "탁자",
});
const deposited = {
  ...waiting,
  ...captured("imp_272491808944", "81438d43-5343-859b-afd5-b78289dcc21d"),
  amount: 6000,
  vbank_date: "2040-01-04T03:04:05.000Z",
};
export const refunded = after(deposited, cancellation("f64273d1-1161-8d27-b912-e0e39c8f25a9", 6000, "반품"));
export const revoked = payment("imp_689803397354", "rug", {
  ...BUYER,
  ...account("56283823722750", "2040-01-09T03:04:05.000Z"),
  status: "failed",
  failed_at: NOW,
  fail_reason: "결제 가능 시간이 지났습니다.",
});
