// Every outcome of a pay window, over the page and instead of it.
import assert from "node:assert/strict";
import { clerk, logIn, tokenOf } from "./stage.mjs";
import { placeOrder } from "./seed.mjs";

async function order(stage, shop) {
  const token = await tokenOf(stage, "buyer@demo.escrow");
  return (await placeOrder(stage, token, [[shop.ids.product, 1]])).order_id;
}

const paysBy = (page, method) => page.locator(`input[name=method][value=${method}]`).check();
const payNow = (page) => page.locator("main form button.primary").click();

export async function onAPhoneDeclinedThenByDeposit({ stage, shop, open }) {
  const page = await open({ width: "phone", locale: "en" });
  await logIn(page, "buyer@demo.escrow");
  await page.goto(`/my/pay/${await order(stage, shop)}`);
  await payNow(page);
  await page.locator("button[value=decline]").click();
  await page.locator("[data-outcome=failed]").waitFor();
  await page.getByRole("link", { name: "Pay again" }).click();
  await paysBy(page, "virtual_account");
  await payNow(page);
  await page.waitForURL("**/pay/*?*");
  const gatewayPaymentId = new URL(page.url()).pathname.split("/").pop();
  await page.locator("button[value=issue]").click();
  await page.locator("[data-outcome=deposit]").waitFor();
  assert.ok(await page.getByText("Deposit by", { exact: true }).isVisible());
  // The bank tells the gateway, the gateway the shop, the shop the page.
  await clerk(stage, gatewayPaymentId, "deposit");
  await page.locator("[data-outcome=paid]").waitFor();
}

export async function abandonedThenPaid({ stage, shop, open }) {
  const page = await open();
  await logIn(page, "buyer@demo.escrow");
  await page.goto(`/my/pay/${await order(stage, shop)}`);
  await payNow(page);
  await page.frameLocator("iframe").locator("button[value=abandon]").click();
  await page.locator("[data-outcome=pending]").waitFor();
  await page.goBack();
  await payNow(page);
  await page.frameLocator("iframe").locator("button[value=approve]").click();
  await page.locator("[data-outcome=paid]").waitFor();
}

export async function twoTabsPayOneOrder({ stage, shop, open }) {
  const [first, second] = [await open(), await open({ locale: "en" })];
  const id = await order(stage, shop);
  for (const page of [first, second]) {
    await logIn(page, "buyer@demo.escrow");
    await page.goto(`/my/pay/${id}`);
    await page.locator("main form button.primary").waitFor();
  }
  await payNow(first);
  await first.frameLocator("iframe").locator("button[value=approve]").click();
  await first.locator("[data-outcome=paid]").waitFor();
  // The other tab was told, and offers no second payment.
  await second.getByText("This order cannot be paid now.").waitFor();
}
