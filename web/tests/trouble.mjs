// Sessions that end, connections that are lost, things that are not there.
import assert from "node:assert/strict";
import { api, logIn, PASSWORD, tokenOf } from "./stage.mjs";
import { fillAddress, fillCart } from "./pages.mjs";
import { placeOrder } from "./seed.mjs";

export async function aSessionThatEndsInMidFormLosesNothing({ shop, open }) {
  const page = await open({ locale: "en" });
  await logIn(page, "buyer@demo.escrow");
  await fillCart(page, shop.ids.product);
  // The token is no longer taken from the next load on.
  await page.evaluate(() => {
    const session = JSON.parse(localStorage.getItem("escrow.session"));
    localStorage.setItem("escrow.session", JSON.stringify({ ...session, token: `${session.token}x` }));
  });
  await page.goto("/shop/checkout");
  await fillAddress(page, { recipient: "In the middle" });
  await page.locator("form button.primary").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Please log in again").waitFor();
  assert.equal(await dialog.getByLabel("E-mail").inputValue(), "buyer@demo.escrow");
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Log in" }).click();
  // The order goes on by itself, with what was typed.
  await page.waitForURL("**/my/pay/ord_*");
  await page.goto(page.url().replace("/my/pay/", "/my/orders/"));
  await page.getByText("In the middle").waitFor();
}

export async function aLostConnectionIsToldAndResumed({ stage, shop, open }) {
  const page = await open({ locale: "en" });
  await logIn(page, "buyer@demo.escrow");
  await page.goto("/my/orders");
  await page.locator("table").waitFor();
  await page.locator(".live.on").waitFor();
  await page.context().setOffline(true);
  await page.getByText("You are offline.").waitFor();
  const token = await tokenOf(stage, "buyer@demo.escrow");
  const { order_id } = await placeOrder(stage, token, [[shop.ids.product, 1]]);
  await page.context().setOffline(false);
  await page.getByText("You are offline.").waitFor({ state: "detached" });
  await page.locator(`a[href='/my/orders/${order_id}']`).waitFor();
}

export async function whatIsRefusedIsHelp({ open }) {
  const page = await open({ locale: "en" });
  await page.goto("/login");
  await page.locator("input[type=email]").fill("nobody@example.com");
  await page.locator("input[type=password]").fill("wrong password");
  await page.locator("form button.primary").click();
  await page.getByRole("alert").getByText("E-mail or password are wrong", { exact: true }).waitFor();
  await logIn(page, "buyer@demo.escrow");
  await page.goto("/my/orders/ord_00000000-0000-7000-8000-000000000000");
  await page.getByRole("alert").first().getByText("There is no such order", { exact: true }).waitFor();
  await page.goto("/shop?q=%3Cscript%3Ealert(1)%3C/script%3E");
  await page.getByText("Nothing matches “<script>alert(1)</script>”.").waitFor();
}

export async function whatIsGoneFromTheShopIsSaid({ stage, shop, open }) {
  const page = await open({ locale: "en", width: "phone" });
  await logIn(page, "buyer@demo.escrow");
  const few = shop.items.find((product) => product.name === "유기 수저 한 벌");
  await fillCart(page, few.product_id, 50);
  await page.goto("/shop/cart");
  await page.getByText("Only 3 can be bought now.").waitFor();
  // And the server has the last word on a price that changed while the form was open.
  const cheap = shop.items.find((product) => product.name === "리넨 앞치마");
  await fillCart(page, cheap.product_id, 1);
  await page.goto("/shop/checkout");
  await fillAddress(page);
  await page.route("**/products/prd_*", (route) => route.abort());
  const token = await tokenOf(stage, "seller@demo.escrow");
  await api(stage, "PUT", `/products/${cheap.product_id}`, { token, body: { name: cheap.name, description: cheap.description, price: { amount: cheap.price + 1000, currency: "KRW" }, stock: cheap.stock } });
  await page.locator("form button.primary").click();
  await page.getByText("The price has changed").waitFor();
}
