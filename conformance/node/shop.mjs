// A shop's site for browsers: the pages it is given, the vendor's unchanged browser package, nothing else.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export async function shop(pages) {
  // The package's own module for browsers stands beside the one Node would be given.
  const sdk = await readFile(require.resolve("@portone/browser-sdk/v2").replace(/\.cjs$/, ".js"));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://shop");
    const [kind, body] =
      pathname === "/sdk.js" ? ["text/javascript", sdk] : ["text/html", pages[pathname] ?? ""];
    response.setHeader("Content-Type", `${kind}; charset=utf-8`);
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
