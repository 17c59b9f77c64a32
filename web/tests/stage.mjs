// What the journeys are played on: the real program on a new folder and free ports, and a real Chromium.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const PASSWORD = "escrow-demo";
export const WIDTHS = { desk: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } };
const PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts the program; `stop` ends it and removes its folder. */
export async function startProgram(binary) {
  const folder = await mkdtemp(join(tmpdir(), "escrow-console-"));
  const names = ["PORTONE_V1", "PORTONE_V2", "NICEPAY", "TOSS", "CONTROL"];
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [`ESCROW_SANDBOX_${name}`, `127.0.0.1:${await freePort()}`])));
  const listen = `127.0.0.1:${await freePort()}`;
  const environment = { ...process.env, ...ports, ESCROW_DATA: join(folder, "data"), ESCROW_LISTEN: listen, RUST_LOG: "error" };
  const program = spawn(binary, [], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve, reject) => {
    let said = "";
    program.stdout.on("data", (text) => {
      said += text;
      if (said.includes("auditor@demo.escrow")) resolve();
    });
    program.on("exit", (code) => reject(new Error(`the program ended with ${code}: ${said}`)));
  });
  return {
    url: `http://${listen}`,
    control: `http://${ports.ESCROW_SANDBOX_CONTROL}`,
    stop: async () => {
      const gone = new Promise((resolve) => program.on("exit", resolve));
      program.kill("SIGTERM");
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startBrowser(executablePath) {
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
}

/** A page of somebody's own, at a width and in a language; what it complains of is kept in `page.complaints`. */
export async function openPage(browser, stage, { width = "desk", locale = "ko", dark = false } = {}) {
  const context = await browser.newContext({
    viewport: WIDTHS[width],
    baseURL: stage.url,
    locale: locale === "ko" ? "ko-KR" : "en-GB",
    timezoneId: "Asia/Seoul",
    colorScheme: dark ? "dark" : "light",
    ...(width === "phone" ? { userAgent: PHONE, hasTouch: true } : {}),
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("console", (message) => {
    // A refused request is an answer; that the browser prints it is its own custom.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) page.complaints.push(message.text());
  });
  page.on("dialog", (dialog) => {
    page.complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return page;
}

/** Asks the API itself, as somebody's token says. */
export async function api(stage, method, path, { token, body } = {}) {
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const response = await fetch(stage.url + path, { method, headers, body: body && JSON.stringify(body) });
  const told = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(told)}`);
  return told;
}

export async function tokenOf(stage, email) {
  return (await api(stage, "POST", "/auth/login", { body: { email, password: PASSWORD } })).token;
}

/** The sandbox's clerk: `approve`, `deposit` and so on, of a payment of ours. */
export async function clerk(stage, gatewayPaymentId, deed) {
  const response = await fetch(`${stage.control}/payments/${gatewayPaymentId}/${deed}`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  if (!response.ok) throw new Error(`${deed}: ${response.status} ${await response.text()}`);
}

export async function logIn(page, email) {
  await page.goto("/login");
  await page.locator("input[type=email]").fill(email);
  await page.locator("input[type=password]").fill(PASSWORD);
  await page.locator("form button.primary").click();
  await page.waitForURL((url) => url.pathname !== "/login");
}
