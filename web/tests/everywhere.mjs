// What holds for every page, at both widths and in both languages: nothing is hard to use for people who see, hear or
// move otherwise, no text lacks its words, nothing is wider than a phone, nobody else is asked for anything.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fillCart, PAGES, visit } from "./pages.mjs";
import { logIn } from "./stage.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FIRST_LOAD_MAX = 250_000;
const UNTRANSLATED = /\b(nav|common|order|payment|books|sell|operate|status|product|cart|outcome)\.[a-zA-Z]{3,}/;

async function check(page, name) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join("\n")}`);
  });
  assert.deepEqual(violations, [], `axe on ${name}`);
  const text = await page.locator("body").innerText();
  assert.doesNotMatch(text, UNTRANSLATED, `words are missing on ${name}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
}

async function everyPage({ stage, shop, open }, options) {
  const foreign = [];
  for (const { who, pages } of PAGES(shop)) {
    const page = await open(options);
    page.on("request", (request) => request.url().startsWith(stage.url) || request.url().startsWith("data:") || foreign.push(request.url()));
    if (who) await logIn(page, `${who}@demo.escrow`);
    if (who === "buyer") await fillCart(page, shop.ids.product);
    for (const [name, path] of pages) {
      await visit(page, path);
      await check(page, `${name} (${JSON.stringify(options)})`);
    }
  }
  assert.deepEqual(foreign, [], "requests to others");
}

export const isUsableOnADeskInKorean = (given) => everyPage(given, { width: "desk", locale: "ko" });
export const isUsableOnAPhoneInEnglishAtNight = (given) => everyPage(given, { width: "phone", locale: "en", dark: true });

export async function theFirstLoadIsSmall({ open }) {
  const page = await open();
  let bytes = 0;
  page.on("response", async (response) => {
    const { responseBodySize } = await response.request().sizes();
    bytes += responseBodySize;
  });
  await page.goto("/shop", { waitUntil: "networkidle" });
  assert.ok(bytes > 10_000 && bytes <= FIRST_LOAD_MAX, `${bytes} bytes`);
  console.log(`        the first load is ${Math.round(bytes / 1000)} kB`);
}

export async function theKeyboardIsEnough({ shop, open }) {
  const page = await open({ locale: "en" });
  await visit(page, `/shop/products/${shop.ids.product}`);
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the page");
  await page.keyboard.press("Enter");
  const buy = page.getByRole("button", { name: "Buy now" });
  for (let tabs = 0; tabs < 30 && !(await buy.evaluate((button) => button === document.activeElement)); tabs += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/shop/checkout");
  // A new page is announced: focus goes to its heading.
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
}

export async function theAddressOfTheApiIsTheApis({ stage }) {
  const page = await fetch(`${stage.url}/shop/anything`, { headers: { accept: "text/html" } });
  assert.match(page.headers.get("content-security-policy"), /script-src 'self'/);
  assert.doesNotMatch(page.headers.get("content-security-policy"), /unsafe/);
  assert.equal(page.headers.get("cache-control"), "no-cache");
  const asset = (await page.text()).match(/assets\/[^"]+\.js/)[0];
  const script = await fetch(`${stage.url}/${asset}`);
  assert.equal(script.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.equal(script.headers.get("content-encoding"), "gzip");
  assert.equal((await fetch(`${stage.url}/assets/nothing.js`, { headers: { accept: "text/html" } })).status, 404);
  for (const path of ["/health", "/openapi.json", "/products"]) {
    assert.match((await fetch(stage.url + path, { headers: { accept: "text/html,*/*" } })).headers.get("content-type"), /json/);
  }
}
