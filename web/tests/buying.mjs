// What a buyer does, from signing up to confirming, and what markup in every field on the way does: nothing.
import assert from "node:assert/strict";
import { fillAddress, MARKUP } from "./pages.mjs";
import { api, logIn, tokenOf } from "./stage.mjs";
import { ship } from "./seed.mjs";

const orderId = (page) => new URL(page.url()).pathname.split("/").pop();

async function addToCart(page, name) {
  await page.goto("/shop");
  await page.getByRole("searchbox").fill(name);
  await page.waitForURL(/q=/);
  await page.locator(".good", { hasText: name }).click();
  await page.locator(".buttons button[type=button]").click();
  await page.getByRole("status").waitFor();
}

export async function signsUpBuysAndConfirms({ stage, open }) {
  const page = await open();
  const email = `buyer-${Date.now()}@example.com`;
  await addToCart(page, "감귤");
  await page.goto("/shop/cart");
  await page.locator("a[href='/shop/checkout']").click();
  await page.locator("a.button[href^='/signup']").click();
  await page.locator("input[autocomplete=name]").fill(MARKUP.slice(0, 90));
  await page.locator("input[type=tel]").fill("010-9999-0000");
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill("escrow-demo");
  await page.locator("form button.primary").click();
  await page.waitForURL((url) => url.pathname === "/shop/checkout");
  await fillAddress(page, { recipient: MARKUP.slice(0, 90) });
  // Twice, as impatient people do: it is one order.
  await page.locator("form button.primary").dblclick();
  await page.waitForURL("**/my/pay/ord_*");
  const id = orderId(page);
  await page.locator("form button.primary").click();
  await page.frameLocator("iframe").locator("button[value=approve]").click();
  await page.locator("[data-outcome=paid]").waitFor();

  await page.locator(`a[href='/my/orders/${id}']`).click();
  await page.locator("address").waitFor();
  assert.ok((await page.locator("address").innerText()).includes("<img src=x"), "what was typed is shown as it was typed");
  assert.ok(await page.getByText("에스크로", { exact: true }).isVisible(), "the gateway vouched for its escrow");
  const token = await tokenOf(stage, email);
  const { items } = await api(stage, "GET", "/orders", { token });
  assert.equal(items.length, 1, "one order");

  const seller = await tokenOf(stage, "seller@demo.escrow");
  const { shipment_id } = await ship(stage, seller, id, MARKUP.slice(0, 90));
  await page.locator(".parcel").waitFor();
  await api(stage, "POST", `/shipments/${shipment_id}/delivered`, { token: seller });
  await page.locator("header .badge", { hasText: "배송 완료" }).waitFor();
  await page.locator("button.primary", { hasText: "구매 확정" }).click();
  await page.getByRole("dialog").locator("button.primary").click();
  await page.locator("header .badge", { hasText: "구매 확정" }).waitFor();
}

export async function cancelsAnOrder({ stage, shop, open }) {
  const page = await open({ locale: "en", width: "phone" });
  await logIn(page, "buyer@demo.escrow");
  const token = await tokenOf(stage, "buyer@demo.escrow");
  const order = await api(stage, "POST", "/orders", { token, body: { lines: [{ product_id: shop.ids.product, quantity: 1 }], delivery_address: { recipient: "A", phone: "010-1234-5678", postcode: "1", line1: "x", country: "KR" } } });
  await page.goto(`/my/orders/${order.order_id}`);
  await page.getByRole("button", { name: "Cancel order" }).click();
  const dialog = page.getByRole("dialog");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Cancel order" }).press("Enter");
  await dialog.getByLabel("Reason").fill(MARKUP);
  await dialog.getByRole("button", { name: "Cancel order" }).click();
  await page.locator("header .badge", { hasText: "Cancelled" }).waitFor();
}

export async function orderingAgainAfterTheBackButtonIsTheSameOrder({ stage, shop, open }) {
  const page = await open();
  await logIn(page, "buyer@demo.escrow");
  const token = await tokenOf(stage, "buyer@demo.escrow");
  const before = (await api(stage, "GET", "/orders?limit=100", { token })).items.length;
  const cart = JSON.stringify({ key: `back-${Date.now()}`, lines: [{ productId: shop.ids.product, quantity: 1 }] });
  const order = async () => {
    // The browser's own back button may show the cart as it was.
    await page.evaluate((kept) => localStorage.setItem("escrow.cart", kept), cart);
    await page.goto("/shop/checkout");
    await fillAddress(page);
    await page.locator("form button.primary").click();
    await page.waitForURL("**/my/pay/ord_*");
    return orderId(page);
  };
  const [first, second] = [await order(), await order()];
  assert.equal(first, second);
  assert.equal((await api(stage, "GET", "/orders?limit=100", { token })).items.length, before + 1);
}
