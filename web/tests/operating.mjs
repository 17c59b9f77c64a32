// What an operator does: find, look, ask the gateway, give money back, replay.
import { clerk, logIn, tokenOf } from "./stage.mjs";
import { begin, pay, placeOrder } from "./seed.mjs";

export async function findsAnOrderAndRefundsPartOfIt({ stage, shop, open }) {
  const page = await open({ locale: "en" });
  const buyer = await tokenOf(stage, "buyer@demo.escrow");
  const { order_id } = await placeOrder(stage, buyer, [[shop.ids.product, 1]]);
  // A PG takes no part of a payment out of its escrow.
  const { payment_id } = await pay(stage, buyer, order_id, { escrow: false });
  await logIn(page, "operator@demo.escrow");
  await page.getByRole("search").getByRole("textbox").fill(order_id);
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.waitForURL(`**/operate/orders/${order_id}`);
  await page.locator(".mono", { hasText: "PaymentAuthorized" }).waitFor();
  await page.locator(`a[href='/operate/payments/${payment_id}']`).click();
  await page.getByRole("button", { name: "Refund", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("<b>damaged</b>");
  await dialog.getByLabel("Amount (optional)").fill("1000000000");
  await dialog.getByRole("button", { name: "Refund" }).click();
  await dialog.getByText("More than can be refunded").waitFor();
  await dialog.getByLabel("Amount (optional)").fill("1000");
  await dialog.getByRole("button", { name: "Refund" }).dblclick();
  await dialog.waitFor({ state: "detached" });
  await page.locator("header .badge", { hasText: "Partly refunded" }).first().waitFor();
}

export async function asksTheGatewayForAStuckPayment({ stage, shop, open }) {
  const page = await open({ width: "phone" });
  const buyer = await tokenOf(stage, "buyer@demo.escrow");
  const { order_id } = await placeOrder(stage, buyer, [[shop.ids.product, 1]]);
  const payment = await begin(stage, buyer, order_id);
  await logIn(page, "operator@demo.escrow");
  await page.goto("/operate/stuck");
  const row = page.locator("tr", { has: page.locator(`a[href='/operate/payments/${payment.payment_id}']`) });
  await row.getByRole("button", { name: "결제사에 확인" }).click();
  await page.getByText("결제사가 아직 결제를 확인하지 않았습니다").waitFor();
  await clerk(stage, payment.gateway_payment_id, "approve");
  await row.waitFor({ state: "detached" });
}

export async function replaysAWebhook({ open }) {
  const page = await open();
  await logIn(page, "operator@demo.escrow");
  await page.goto("/operate/webhooks");
  const replayed = page.waitForResponse((response) => response.url().endsWith("/replay"));
  await page.getByRole("button", { name: "다시 처리" }).first().click();
  if (!(await replayed).ok()) throw new Error("the replay was refused");
}
