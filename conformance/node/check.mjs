// What every suite of Node does with its cases: run them, compare with literals, print one line per function.
import assert from "node:assert/strict";

/** The addresses of the sandbox this suite was started with. */
export const stage = JSON.parse(process.env.CONFORMANCE_STAGE ?? "{}");

/** Only what goes over a wire: no classes, no functions, nothing undefined. */
const plain = (value) => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

export class Suite {
  #functions = new Map();
  #name;

  constructor(name) {
    this.#name = name;
  }

  /** The function must answer exactly this. */
  async answers(name, what, call, expected) {
    await this.#run(name, what, async () => assert.deepEqual(plain(await call()), expected));
  }

  /** The function must throw something that `seen` turns into exactly this. */
  async throws(name, what, call, seen, expected) {
    await this.#run(name, what, async () => {
      let answer;
      try {
        answer = await call();
      } catch (error) {
        assert.deepEqual(plain(seen(error)), expected);
        return;
      }
      assert.fail(`it did not throw but answer ${JSON.stringify(answer)}`);
    });
  }

  async #run(name, what, check) {
    const cases = this.#functions.get(name) ?? { good: 0, bad: 0 };
    this.#functions.set(name, cases);
    try {
      await check();
      cases.good += 1;
    } catch (error) {
      cases.bad += 1;
      console.log(`     ${name}: ${what}:\n${String(error.stack).replace(/^/gm, "       ")}`);
    }
  }

  /** One line per function, and the process's end. */
  finish() {
    let failed = 0;
    for (const [name, { good, bad }] of this.#functions) {
      failed += bad > 0 ? 1 : 0;
      console.log(`${bad > 0 ? "FAIL" : "ok  "} ${name} (${good} of ${good + bad} cases)`);
    }
    console.log(
      `${this.#name}: ${this.#functions.size - failed} of ${this.#functions.size} functions conform`,
    );
    process.exitCode = failed > 0 || this.#functions.size === 0 ? 1 : 0;
  }
}

/** Asks the sandbox's control plane, where a test plays the buyer, the bank and the network. */
export async function control(method, path, body) {
  const answer = await fetch(stage.control + path, { method, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`the control plane answers ${method} ${path} with ${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** Plays one action to one payment, of PortOne V2 if no other protocol is named. */
export const act = (payment, action, body, protocol = "portone-v2") =>
  control("POST", `/${protocol}/payments/${payment}/${action}`, body);
