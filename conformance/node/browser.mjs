// npm @portone/browser-sdk 0.1.11 with the sandbox's /v2/browser-sdk.js in a real browser, on a PC and on a phone.
import { PortOneClient } from "@portone/server-sdk";

import { Suite, stage } from "./check.mjs";
import { chromium } from "./chromium.mjs";
import { shop } from "./shop.mjs";

const STORE = "store-00000000-0000-0000-0000-000000000001";
const suite = new Suite("@portone/browser-sdk 0.1.11");
const { payment: server } = PortOneClient({
  secret: "sandbox-api-secret",
  baseUrl: stage.portoneV2,
  storeId: STORE,
});
const script = `${stage.portoneV2}/v2/browser-sdk.js`;

const site = await shop({
  "/by-address": `<script type="module">
    import * as PortOne from "/sdk.js";
    PortOne.__INTERNAL__setPortOneSdkUrl("${script}");
    window.sdk = PortOne;
  </script>`,
  "/preloaded": `<script src="${script}"></script>
    <script type="module">import * as PortOne from "/sdk.js"; window.sdk = PortOne;</script>`,
  "/paid": "<h1>Thank you</h1>",
});
const browser = await chromium();

const customer = { id: "c1", name: "김구매", email: "buyer@example.com", phoneNumber: "010-1234-5678" };
const order = (paymentId, more) => ({
  storeId: STORE,
  channelKey: "channel-key-sandbox",
  paymentId,
  orderName: "의자 1개",
  totalAmount: 13000,
  currency: "CURRENCY_KRW",
  payMethod: "TRANSFER",
  isEscrow: true,
  customer: {
    customerId: "c1",
    fullName: "김구매",
    email: "buyer@example.com",
    phoneNumber: "010-1234-5678",
  },
  redirectUrl: `${site.url}/paid`,
  ...more,
});

/** Opens the shop's page and asks for a payment in it; what comes of it stands in `window.outcome`. */
async function request(path, asked, options) {
  const page = await browser.page(site.url + path, options);
  await page.until("!!window.sdk");
  const call = `sdk.requestPayment(${JSON.stringify(asked)})`;
  await page.read(
    `void ${call}.then((answer) => { window.outcome = { answer }; }, (error) => { window.outcome = { error: error.message }; })`,
  );
  return page;
}

/** Where the browser is when it is back at the shop: the query, without the sandbox's own id. */
async function back(page) {
  const url = new URL(await page.until(`location.pathname === "/paid" && location.href`));
  const { txId, ...query } = Object.fromEntries(url.searchParams);
  return { hasTxId: !!txId, ...query };
}

const RETURNED = { hasTxId: true, transactionType: "PAYMENT" };
const DECLINED = { code: "FAILURE_TYPE_PG", message: "[3011] 카드사에서 승인을 거절했습니다." };
const ABANDONED = { code: "PAY_PROCESS_CANCELED", message: "사용자가 결제를 취소하셨습니다." };

const redirected = (what, path, paymentId, button, expected, options, more) =>
  suite.answers(
    "requestPayment, redirected",
    what,
    async () => {
      const page = await request(path, order(paymentId, more), options);
      await page.click(`button[value=${button}]`);
      return back(page);
    },
    { ...RETURNED, paymentId, ...expected },
  );
const phone = { phone: true };
await redirected("approved on a phone", "/by-address", "phone-1", "approve", {}, phone);
await redirected("declined on a phone", "/by-address", "phone-2", "decline", DECLINED, phone);
await redirected("abandoned on a phone", "/by-address", "phone-3", "abandon", ABANDONED, phone);
await redirected("approved, the script preloaded", "/preloaded", "phone-4", "approve", {}, phone);
await redirected(
  "approved on a PC that is forced to",
  "/by-address",
  "pc-1",
  "approve",
  {},
  {},
  { forceRedirect: true },
);
await redirected("an account issued", "/by-address", "phone-5", "issue", {}, phone, {
  payMethod: "VIRTUAL_ACCOUNT",
});

await server.preRegisterPayment({ paymentId: "other-amount", totalAmount: 12000, currency: "KRW" });
await suite.answers(
  "requestPayment, redirected",
  "another amount than was registered",
  async () => {
    const page = await request("/by-address", order("other-amount"), phone);
    return page.until("document.querySelector('[role=alert]')?.textContent");
  },
  "the amount is not the amount that was registered",
);

/** What the promise is kept with, the page staying where it is. */
const kept = (what, paymentId, button, expected, more, path = "/by-address") =>
  suite.answers(
    "requestPayment, over the shop's page",
    what,
    async () => {
      const page = await request(path, order(paymentId, more));
      if (button) await page.frame.click(`button[value=${button}]`);
      const { answer } = await page.until("window.outcome");
      const { txId, ...rest } = answer;
      const stays = await page.read("location.pathname + document.querySelectorAll('iframe').length");
      return { hasTxId: !!txId, stays, ...rest };
    },
    { ...RETURNED, paymentId, stays: `${path}0`, ...expected },
  );
await kept("approved", "pc-2", "approve", {});
await kept("approved, the script preloaded", "pc-3", "approve", {}, {}, "/preloaded");
await kept("declined", "pc-4", "decline", { ...DECLINED, pgCode: "3011", pgMessage: "카드사 승인 거절" });
await kept("abandoned", "pc-5", "abandon", ABANDONED);
await kept("an account issued", "pc-6", "issue", {}, { payMethod: "VIRTUAL_ACCOUNT" });
await kept("another amount than was registered", "other-amount", undefined, {
  hasTxId: false,
  code: "INVALID_REQUEST",
  message: "the amount is not the amount that was registered",
});
await suite.answers(
  "requestPayment, then confirmPayment",
  "where the shop has the last word",
  async () => {
    const page = await request("/by-address", order("pc-7", { isManualCapture: true }));
    await page.frame.click("button[value=approve]");
    const { paymentToken, txId } = (await page.until("window.outcome")).answer;
    const { pgTxId } = await server.confirmPayment({
      paymentId: "pc-7",
      paymentToken,
      txId,
      totalAmount: 13000,
    });
    return pgTxId === `sandbox-${txId}`;
  },
  true,
);
await suite.answers(
  "requestPayment, over the shop's page",
  "of nothing",
  async () => (await request("/by-address", {})).until("window.outcome"),
  { error: "paymentId is missing" },
);

const seen = async (paymentId) => {
  const { status, amount, escrow, customer, orderName } = await server.getPayment({ paymentId });
  return { status, total: amount.total, escrow: escrow?.status, customer, orderName };
};
const common = { total: 13000, customer, orderName: "의자 1개" };
const became = (paymentId, expected) =>
  suite.answers("getPayment, after the browser", paymentId, () => seen(paymentId), {
    ...common,
    ...expected,
  });
await became("phone-1", { status: "PAID", escrow: "BEFORE_REGISTERED" });
await became("phone-2", { status: "FAILED" });
await became("phone-3", { status: "READY" });
await became("phone-5", { status: "VIRTUAL_ACCOUNT_ISSUED", escrow: "BEFORE_REGISTERED" });

await became("pc-2", { status: "PAID", escrow: "BEFORE_REGISTERED" });
await became("pc-4", { status: "FAILED" });
await became("pc-5", { status: "READY" });
await became("pc-7", { status: "PAID", escrow: "BEFORE_REGISTERED" });
await became("pc-6", { status: "VIRTUAL_ACCOUNT_ISSUED", escrow: "BEFORE_REGISTERED" });

await browser.close();
site.close();
suite.finish();
