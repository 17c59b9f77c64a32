// Renders every page at both widths into docs/console. `ESCROW_BIN`, `CHROMIUM` say what to run, `SHOTS` where to put
// them, `ONLY` which. The pictures are packed into 128 colours: enough for these pages, and small.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import UPNG from "upng-js";
import { fillCart, PAGES, visit } from "./pages.mjs";
import { furnish } from "./seed.mjs";
import { logIn, openPage, startBrowser, startProgram, WIDTHS } from "./stage.mjs";

const COLOURS = 128;
const TALLEST = 1500;
const folder = process.env["SHOTS"] ?? new URL("../../docs/console", import.meta.url).pathname;
const only = process.env["ONLY"];

async function shoot(page, name, path) {
  await visit(page, path);
  if (name.startsWith("books-chain")) await page.locator("main button.primary").click().then(() => page.locator(".hash").waitFor());
  if (name.startsWith("books-events")) await page.locator("summary").nth(3).click();
  await page.evaluate(() => document.activeElement?.blur());
  const full = await page.screenshot({ fullPage: true, animations: "disabled" });
  const { width, height, depth, ctype } = UPNG.decode(full);
  const rows = Math.min(height, TALLEST);
  const pixels = UPNG.toRGBA8({ ...UPNG.decode(full), width, height, depth, ctype })[0].slice(0, width * rows * 4);
  await writeFile(`${folder}/${name}.png`, Buffer.from(UPNG.encode([pixels], width, rows, COLOURS)));
}

const stage = process.env["ESCROW_URL"] ? { url: process.env["ESCROW_URL"], control: process.env["ESCROW_CONTROL"], stop: () => undefined } : await startProgram(process.env["ESCROW_BIN"]);
const browser = await startBrowser(process.env["CHROMIUM"]);
try {
  const shop = await furnish(stage);
  await mkdir(folder, { recursive: true });
  if (!only) for (const file of await readdir(folder)) if (file.endsWith(".png")) await rm(`${folder}/${file}`);
  for (const { who, pages } of PAGES(shop)) {
    for (const width of Object.keys(WIDTHS)) {
      // The desk in light, the phone in dark: both are looked at.
      const page = await openPage(browser, stage, { width, dark: width === "phone" && who !== undefined });
      if (who) await logIn(page, `${who}@demo.escrow`);
      if (who === "buyer") await fillCart(page, shop.ids.product);
      for (const [name, path] of pages) if (!only || name.includes(only)) await shoot(page, `${name}-${width}`, path);
      if (page.complaints.length) console.log(who, width, page.complaints);
      await page.context().close();
    }
  }
} finally {
  await browser.close();
  await stage.stop();
}
