// The console's journeys: the real program, a real Chromium. `ESCROW_BIN` and `CHROMIUM` say where they are, `ONLY`
// plays the journeys whose name holds it.
import { furnish } from "./seed.mjs";
import { openPage, startBrowser, startProgram } from "./stage.mjs";

const SUITES = ["buying", "paying", "selling", "operating", "keeping-books", "trouble", "everywhere"];
const only = process.env["ONLY"];
const began = Date.now();
const stage = process.env["ESCROW_URL"] ? { url: process.env["ESCROW_URL"], control: process.env["ESCROW_CONTROL"], stop: () => undefined } : await startProgram(process.env["ESCROW_BIN"]);
const browser = await startBrowser(process.env["CHROMIUM"]);
const failed = [];
let played = 0;
try {
  const shop = await furnish(stage);
  for (const suite of SUITES) {
    const journeys = await import(`./${suite}.mjs`);
    for (const [name, journey] of Object.entries(journeys)) {
      if (only && !`${suite} ${name}`.includes(only)) continue;
      const since = Date.now();
      const pages = [];
      const open = async (options) => {
        const page = await openPage(browser, stage, options);
        pages.push(page);
        return page;
      };
      try {
        await journey({ stage, shop, open });
        const complaints = pages.flatMap((page) => page.complaints);
        if (complaints.length) throw new Error(`the browser complains: ${complaints.join("\n")}`);
        console.log(`ok      ${suite}: ${name} (${Date.now() - since} ms)`);
      } catch (error) {
        failed.push(`${suite}: ${name}`);
        console.log(`FAILED  ${suite}: ${name}\n${error.stack}`);
        for (const page of pages) console.log(`  at ${page.url()}\n${(await page.locator("body").innerText().catch(() => "")).slice(0, Number(process.env["SAY"] ?? 1500))}\n  ${page.complaints}`);
      }
      played += 1;
      await Promise.all(pages.map((page) => page.context().close()));
    }
  }
} finally {
  await browser.close();
  await stage.stop();
}
console.log(`${played} journeys, ${failed.length} failed, ${Math.round((Date.now() - began) / 1000)} s`);
process.exitCode = failed.length || !played ? 1 : 0;
