// What a seller does: goods, parcels, the balance.
import assert from "node:assert/strict";
import { api, logIn, tokenOf } from "./stage.mjs";
import { MARKUP } from "./pages.mjs";
import { pay, placeOrder } from "./seed.mjs";

export async function listsAndRevisesAProduct({ stage, open }) {
  const page = await open({ width: "phone" });
  await logIn(page, "seller@demo.escrow");
  await page.goto("/sell/products/new");
  const name = `${MARKUP} ${Date.now()}`;
  await page.getByLabel("상품 이름").fill(name);
  await page.getByLabel("설명").fill(`${MARKUP}\n둘째 줄`);
  await page.getByLabel("가격 (KRW)").fill("12500");
  await page.getByLabel("재고").fill("7");
  await page.locator("main form button.primary").dblclick();
  await page.waitForURL("**/sell/products");
  const listed = (await api(stage, "GET", "/products?limit=100")).items.filter((product) => product.name === name);
  assert.equal(listed.length, 1, "one product, though clicked twice");
  await page.getByRole("link", { name }).click();
  await page.getByLabel("가격 (KRW)").fill("9900");
  await page.getByLabel("재고").fill("3");
  await page.locator("main form button.primary").click();
  await page.waitForURL("**/sell/products");
  await page.locator("tr", { hasText: name }).getByText("9,900원").waitFor();
  const shop = await open();
  await shop.goto(`/shop/products/${listed[0].product_id}`);
  await shop.getByRole("heading", { name }).waitFor();
}

export async function aProductThatChangedMeanwhileIsNotOverwritten({ stage, shop, open }) {
  const page = await open({ locale: "en" });
  await logIn(page, "seller@demo.escrow");
  const { product_id, description, price, currency } = shop.items.find((product) => product.name === "한지 조명");
  await page.goto(`/sell/products/${product_id}`);
  await page.getByLabel("Description").fill("Mine.");
  const token = await tokenOf(stage, "seller@demo.escrow");
  await api(stage, "PUT", `/products/${product_id}`, { token, body: { name: "한지 조명", description: `${description} 새로.`, price: { amount: price, currency }, stock: 11 } });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("It changed meanwhile").waitFor();
  assert.equal(await page.getByLabel("Description").inputValue(), "Mine.");
}

export async function shipsAndSeesTheBalance({ stage, shop, open }) {
  const buyer = await tokenOf(stage, "buyer@demo.escrow");
  const page = await open();
  await logIn(page, "seller@demo.escrow");
  await page.goto("/sell/orders");
  await page.locator("table").waitFor();
  const { order_id } = await placeOrder(stage, buyer, [[shop.ids.product, 1]]);
  // A new order shows without being asked for.
  await page.locator(`a[href='/sell/orders/${order_id}']`).waitFor();
  await pay(stage, buyer, order_id);
  await page.locator(`a[href='/sell/orders/${order_id}']`).click();
  await page.getByLabel("송장 번호").fill("6012-0000-1111");
  await page.getByRole("button", { name: "발송 처리" }).dblclick();
  await page.locator(".parcel").waitFor();
  assert.equal(await page.locator(".parcel").count(), 1);
  await page.getByRole("button", { name: "도착 확인" }).click();
  await page.locator("header .badge", { hasText: "배송 완료" }).waitFor();
  await page.goto("/sell/overview");
  const owed = page.locator(".big").first();
  await owed.waitFor();
  const before = await owed.innerText();
  await api(stage, "POST", `/orders/${order_id}/confirm`, { token: buyer });
  await page.waitForFunction((old) => document.querySelector(".big")?.textContent?.trim() !== old, before);
}
