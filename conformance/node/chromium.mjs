// A headless Chromium, spoken to over its debugging pipe: opens pages, clicks, reads.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The longest that a page is waited for. */
const PATIENCE = 15_000;
const BETWEEN_LOOKS = 20;
const PHONE =
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";

export async function chromium() {
  const profile = await mkdtemp(join(tmpdir(), "conformance-chromium-"));
  const flags = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
  ];
  const browser = spawn(
    process.env.CONFORMANCE_CHROMIUM,
    [...flags, "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const ask = pipe(browser.stdio[3], browser.stdio[4]);
  return {
    page: async (url, { phone = false } = {}) => {
      const { targetId } = await ask("Target.createTarget", { url: "about:blank" });
      const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
      const page = new Page((method, params) => ask(method, params, sessionId));
      if (phone) await page.ask("Emulation.setUserAgentOverride", { userAgent: PHONE });
      await page.ask("Page.navigate", { url });
      return page;
    },
    close: async () => {
      const ended = once(browser, "exit");
      browser.kill("SIGKILL");
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Questions and answers, each JSON, ended by a zero byte. */
function pipe(out, back) {
  const open = new Map();
  let last = 0;
  let text = "";
  back.setEncoding("utf8").on("data", (part) => {
    const messages = (text + part).split("\0");
    text = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      const waiting = open.get(id);
      open.delete(id);
      if (error) waiting?.reject(new Error(error.message));
      else waiting?.resolve(result);
    }
  });
  return (method, params, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1;
      open.set(last, { resolve, reject });
      out.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
}

class Page {
  constructor(ask, inFrame = false) {
    this.ask = ask;
    this.inFrame = inFrame;
  }

  /** The frame that stands in the page. */
  get frame() {
    return new Page(this.ask, true);
  }

  /** What an expression gives. */
  async read(expression) {
    const contextId = this.inFrame ? await this.#frame() : undefined;
    const { result, exceptionDetails } = await this.ask("Runtime.evaluate", {
      expression,
      contextId,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async #frame() {
    const { frameTree } = await this.ask("Page.getFrameTree");
    const frame = frameTree.childFrames?.at(0)?.frame;
    if (!frame) throw new Error("there is no frame in the page");
    const { executionContextId } = await this.ask("Page.createIsolatedWorld", { frameId: frame.id });
    return executionContextId;
  }

  /** Waits until an expression gives something; a page that is being left gives nothing. */
  async until(expression) {
    const end = Date.now() + PATIENCE;
    let seen;
    for (;;) {
      try {
        seen = await this.read(expression);
        if (seen) return seen;
      } catch (error) {
        seen = error.message;
      }
      if (Date.now() > end) throw new Error(`in vain waited for ${expression}; last: ${seen}`);
      await new Promise((look) => setTimeout(look, BETWEEN_LOOKS));
    }
  }

  /** Clicks the first element that a selector finds, as soon as it is there. */
  click(selector) {
    return this.until(
      `(() => { const it = document.querySelector(${JSON.stringify(selector)}); it?.click(); return !!it; })()`,
    );
  }
}
