// The sandbox's /v1/iamport.js in a real browser, on a PC and on a phone: IMP.init and IMP.request_pay.
import sdk from "iamport-rest-client-nodejs";

import { Suite, stage } from "./check.mjs";
import { chromium } from "./chromium.mjs";
import { shop } from "./shop.mjs";

const { Payments, Prepare } = sdk.Request;
const suite = new Suite("/v1/iamport.js");
const server = new sdk.Iamport({
  apiKey: "sandbox-imp-key",
  apiSecret: "sandbox-imp-secret",
  baseUrl: stage.portoneV1,
});
const site = await shop({
  "/": `<body><script src="${stage.portoneV1}/v1/iamport.js"></script><script>IMP.init("imp00000000");</script>`,
  "/uninitialised": `<body><script src="${stage.portoneV1}/v1/iamport.js"></script>`,
  "/paid": "<h1>Thank you</h1>",
});
const browser = await chromium();

const order = (merchant_uid, more) => ({
  channelKey: "channel-key-sandbox",
  pay_method: "trans",
  escrow: true,
  merchant_uid,
  name: "의자 1개",
  amount: 13000,
  currency: "KRW",
  buyer_name: "김구매",
  buyer_tel: "010-1234-5678",
  buyer_email: "buyer@example.com",
  buyer_addr: "서울특별시 중구 세종대로 110",
  buyer_postcode: "04524",
  custom_data: { cart: 7 },
  m_redirect_url: `${site.url}/paid`,
  ...more,
});

/** Opens the shop's page and asks for a payment in it; what the callback is told stands in `window.told`. */
async function request(asked, options, path = "/") {
  const page = await browser.page(site.url + path, options);
  await page.until("!!window.IMP");
  await page.read(`IMP.request_pay(${JSON.stringify(asked)}, (told) => { window.told = told; })`);
  return page;
}

/** The gateway's own id is twelve digits; all else is known. */
const known = ({ imp_uid, ...rest }) => ({ imp_uid: imp_uid?.replace(/\d{12}$/, "…") ?? null, ...rest });

const called = (what, merchant_uid, button, expected, more) =>
  suite.answers(
    "IMP.request_pay, called back",
    what,
    async () => {
      const page = await request(order(merchant_uid, more));
      if (button) await page.frame.click(`button[value=${button}]`);
      const told = await page.until("window.told");
      return { iframes: await page.read("document.querySelectorAll('iframe').length"), ...known(told) };
    },
    { iframes: 0, imp_uid: "imp_…", merchant_uid, ...expected },
  );
const PAID = {
  success: true,
  imp_success: true,
  paid_amount: 13000,
  status: "paid",
  error_code: null,
  error_msg: null,
};
const FAILED = { success: false, imp_success: false, paid_amount: 0 };
const DECLINED = { error_code: "F400", error_msg: "[결제승인오류] 카드사에서 승인을 거절했습니다." };
const ABANDONED = { error_code: "F1001", error_msg: "사용자가 결제를 취소하셨습니다." };
await called("approved", "pc-1", "approve", PAID);
await called("declined", "pc-2", "decline", { ...FAILED, ...DECLINED, status: "failed" });
await called("abandoned", "pc-3", "abandon", { ...FAILED, ...ABANDONED, status: "ready" });
await called(
  "an account issued",
  "pc-4",
  "issue",
  { ...PAID, paid_amount: 0, status: "ready" },
  { pay_method: "vbank" },
);
await Prepare.postAmount({ merchant_uid: "pc-5", amount: 12000 }).request(server);
await called("another amount than was registered", "pc-5", undefined, {
  success: false,
  imp_success: false,
  imp_uid: null,
  error_code: "F0004",
  error_msg: "the amount is not the amount that was registered",
});
await suite.answers(
  "IMP.init",
  "not called",
  async () => (await request(order("pc-6"), {}, "/uninitialised")).until("window.told"),
  {
    success: false,
    imp_success: false,
    imp_uid: null,
    merchant_uid: "pc-6",
    error_code: "F0000",
    error_msg: "IMP.init이 호출되지 않았습니다.",
  },
);

const redirected = (what, merchant_uid, button, expected) =>
  suite.answers(
    "IMP.request_pay, redirected",
    what,
    async () => {
      const page = await request(order(merchant_uid), { phone: true });
      await page.click(`button[value=${button}]`);
      const url = new URL(await page.until(`location.pathname === "/paid" && location.href`));
      return known(Object.fromEntries(url.searchParams));
    },
    { imp_uid: "imp_…", merchant_uid, ...expected },
  );
await redirected("approved on a phone", "phone-1", "approve", {});
await redirected("declined on a phone", "phone-2", "decline", DECLINED);
await redirected("abandoned on a phone", "phone-3", "abandon", ABANDONED);

const became = (merchant_uid, expected) =>
  suite.answers(
    "Payments.getByMerchantUid, after the browser",
    merchant_uid,
    async () => {
      const { data } = await Payments.getByMerchantUid({ merchant_uid }).request(server);
      const { status, channel, amount, escrow, pay_method, buyer_name, buyer_addr, custom_data } =
        data.response;
      return { status, channel, amount, escrow, pay_method, buyer_name, buyer_addr, custom_data };
    },
    {
      amount: 13000,
      escrow: true,
      pay_method: "trans",
      buyer_name: "김구매",
      buyer_addr: "서울특별시 중구 세종대로 110",
      custom_data: '{"cart":7}',
      ...expected,
    },
  );
await became("pc-1", { status: "paid", channel: "pc" });
await became("pc-2", { status: "failed", channel: "pc" });
await became("pc-4", { status: "ready", channel: "pc", pay_method: "vbank" });
await became("phone-1", { status: "paid", channel: "mobile" });

await browser.close();
site.close();
suite.finish();
