// What PortOne V2 says of payments on the sandbox, whose clock stands still and whose ids follow from its seed.
export const NOW = "2040-01-02T03:04:05.000Z";
export const STORE = "store-00000000-0000-0000-0000-000000000001";

const CHANNEL = {
  type: "TEST",
  id: "channel-id-channel-key-sandbox",
  key: "channel-key-sandbox",
  name: "Sandbox PG (escrow)",
  pgProvider: "INICIS_V2",
  pgMerchantId: "SandboxTest",
};

const CARD = {
  type: "PaymentMethodCard",
  card: {
    publisher: "SHINHAN_CARD",
    issuer: "SHINHAN_CARD",
    brand: "LOCAL",
    type: "DEBIT",
    ownerType: "PERSONAL",
    name: "신한",
    number: "123456******1234",
  },
  approvalNumber: "30000000",
  installment: { month: 0, isInterestFree: false },
  pointUsed: false,
};

const ACCOUNT = {
  type: "PaymentMethodVirtualAccount",
  bank: "SHINHAN",
  accountNumber: "56239671567452",
  accountType: "NORMAL",
  remitteeName: "샌드박스",
  expiredAt: "2040-01-09T03:04:05.000Z",
  issuedAt: NOW,
};

const opened = (id, transactionId, amount) => ({
  id,
  transactionId,
  merchantId: "merchant-00000000-0000-0000-0000-000000000001",
  storeId: STORE,
  version: "V2",
  requestedAt: NOW,
  updatedAt: NOW,
  statusChangedAt: NOW,
  orderName: "의자 1개",
  amount: { taxFree: 0, discount: 0, paid: 0, cancelled: 0, cancelledTaxFree: 0, ...amount },
  currency: "KRW",
  customer: { id: "c1", name: "김구매" },
  origin: { platformType: "PC", ipAddress: "127.0.0.1", userAgent: "sandbox", url: "http://localhost/" },
  customData: "{}",
});

const THIRTEEN = { total: 13000, vat: 1182, supply: 11818 };
const FIVE = { total: 5000, vat: 455, supply: 4545 };

export const ready = { status: "READY", ...opened("stool", "8fd77d13-6362-8a80-8d21-949f7d7fc0ca", FIVE) };

export const pending = {
  status: "PAY_PENDING",
  ...opened("desk", "e11685e3-77f5-88e0-9204-baeb3b6f8f24", FIVE),
  channel: CHANNEL,
};

export const failed = {
  status: "FAILED",
  ...opened("lamp", "609c6557-2d29-877c-a2ee-dccbe901a964", FIVE),
  failedAt: NOW,
  failure: { reason: "카드사 승인 거절", pgCode: "3011", pgMessage: "카드사 승인 거절" },
};

export const waiting = {
  status: "VIRTUAL_ACCOUNT_ISSUED",
  ...opened("table", "353dd7af-97dd-834f-9bd8-7931c4d911b5", FIVE),
  channel: CHANNEL,
  method: ACCOUNT,
};

const captured = (id, transactionId, amount) => ({
  ...opened(id, transactionId, { ...amount, paid: amount.total }),
  channel: CHANNEL,
  paidAt: NOW,
  pgTxId: `sandbox-${transactionId}`,
  disputes: [],
});

/** An escrow payment, with its escrow as far as it is. */
export const escrowed = (escrow) => ({
  status: "PAID",
  ...captured("chair", "19505e6a-7e4f-8c5c-b21d-e0329f3c5f9d", THIRTEEN),
  method: { type: "PaymentMethodTransfer", bank: "SHINHAN" },
  escrow,
});

export const parcel = {
  company: "CJ",
  invoiceNumber: "1234567890",
  sentAt: "2040-01-02T01:00:00.000Z",
  appliedAt: NOW,
};

export const paid = {
  status: "PAID",
  ...captured("sofa", "49dc6a0d-58fe-8612-9f65-2f0da4c3970f", FIVE),
  method: CARD,
};

const cancellation = (id, totalAmount, vatAmount, reason) => ({
  status: "SUCCEEDED",
  id,
  pgCancellationId: `sandbox-${id}`,
  totalAmount,
  taxFreeAmount: 0,
  vatAmount,
  reason,
  cancelledAt: NOW,
  requestedAt: NOW,
  trigger: "API",
});

export const part = cancellation("1cc6c4fd-f7d0-8994-b597-fa574e99c6ad", 1000, 91, "흠집");
export const rest = cancellation("cf9236c9-cf8a-8f17-9ac7-2809eae17298", 4000, 364, "반품");

/** The card payment after its cancellations. */
export const cancelled = (status, sum, cancellations) => ({
  ...paid,
  status,
  amount: { ...paid.amount, cancelled: sum },
  cancellations,
  cancelledAt: NOW,
});

/** A cancellation that the PG took on, to carry it out later. */
export const requested = (({ pgCancellationId, cancelledAt, ...open }) => open)({
  ...cancellation("c836612a-bb6b-809c-a699-0f2c190fa358", 2000, 182, "단순 변심"),
  status: "REQUESTED",
});
