// A shop's address for webhooks: takes each and hands them out one by one.
import { once } from "node:events";
import { createServer } from "node:http";

/** The longest that a webhook is waited for. */
const PATIENCE = 10_000;

export async function receiver() {
  const arrived = [];
  const waiting = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    response.end("ok");
    const webhook = { headers: request.headers, body };
    const taker = waiting.shift();
    taker ? taker(webhook) : arrived.push(webhook);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}/webhooks`,
    /** The next webhook, as soon as it is there. */
    async next() {
      if (arrived.length > 0) return arrived.shift();
      let late;
      const webhook = await new Promise((taken, lost) => {
        late = setTimeout(() => lost(new Error("no webhook came")), PATIENCE);
        waiting.push(taken);
      });
      clearTimeout(late);
      return webhook;
    },
    /** Whoever sends may keep its connections open; they go too. */
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
