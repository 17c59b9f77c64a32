// What an auditor does, and may not do.
import assert from "node:assert/strict";
import { logIn } from "./stage.mjs";

export async function followsAnAmountFromTheTrialBalance({ open }) {
  const page = await open({ locale: "en" });
  await logIn(page, "auditor@demo.escrow");
  await page.getByText("The books balance").waitFor();
  await page.getByRole("link", { name: /2200 seller payable/ }).click();
  await page.waitForURL("**/books/accounts/2200");
  await page.getByText("The seller was paid").first().waitFor();
  await page.getByRole("link", { name: "See the journal" }).click();
  await page.waitForURL("**/books/journal?account=2200");
  await page.locator(".entry.credit").first().waitFor();
}

export async function readsAnEventAsStored({ open }) {
  const page = await open({ width: "phone", locale: "en" });
  await logIn(page, "auditor@demo.escrow");
  await page.goto("/books/events");
  const first = page.locator(".log > li").first();
  await first.locator("summary").press("Enter");
  const text = await first.locator("pre").innerText();
  assert.ok(text.includes("CustomerRegistered"), text);
  assert.ok(!text.includes("@demo.escrow") && !text.includes("010-"), "no personal data in the log");
  await page.getByRole("button", { name: "Newest" }).click();
  await page.waitForURL(/after=/);
}

export async function verifiesTheWholeLog({ open }) {
  const page = await open();
  await logIn(page, "auditor@demo.escrow");
  await page.goto("/books/chain");
  await page.getByRole("button", { name: "지금 검증하기" }).click();
  const hash = await page.locator(".hash").innerText();
  await page.getByLabel("전에 적어 둔 해시").fill(hash.trim());
  await page.getByText("같습니다. 그 뒤로 바뀐 것이 없습니다.").waitFor();
  // An auditor changes nothing, and is shown no way to.
  await page.goto("/operate/orders");
  await page.locator("table a").first().click();
  await page.waitForURL("**/operate/orders/ord_*");
  assert.equal(await page.getByRole("button", { name: "주문 취소" }).count(), 0);
  await page.goto("/sell/overview");
  await page.waitForURL("**/books/trial-balance");
}
