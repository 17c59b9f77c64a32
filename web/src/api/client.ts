// The one way to the server: typed by its OpenAPI document, with the session's token, waiting for what was just done.
//
// A request that fails because the session has expired waits for the log-in and is then sent again as it was, under
// the same idempotency key, so that nothing typed is lost and nothing happens twice.
import createClient from "openapi-fetch";
import { ownProblem, problemOf } from "./problem";
import type { components, paths } from "./schema";
import { renew, session } from "@/session";

export type Schemas = components["schemas"];

const raw = createClient<paths>({ baseUrl: "" });
let seen = 0;

/** Everything read from now on shows at least this position of the log. */
export function sawPosition(position: number | undefined): void {
  if (position !== undefined) seen = Math.max(seen, position);
}

raw.use({
  onRequest({ request }) {
    if (session.value) request.headers.set("Authorization", `Bearer ${session.value.token}`);
    if (request.method === "GET" && seen > 0) request.headers.set("X-Min-Position", String(seen));
    return request;
  },
});

const EXPIRED = ["token_expired", "token_invalid", "token_missing"];

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Asks, and gives what was answered, or throws a `ProblemError`. */
export async function ask<T>(request: (api: typeof raw) => Promise<Answer<T>>): Promise<T> {
  const answer = await request(raw).catch(() => {
    throw ownProblem("offline");
  });
  if (answer.response.ok) {
    const body = answer.data as T & { position?: number; success?: boolean };
    if (body?.success) sawPosition(body.position);
    return body;
  }
  const problem = problemOf(answer.error, answer.response.status);
  if (EXPIRED.includes(problem.code) && (await renew())) return ask(request);
  throw problem;
}

/** The header under which a command happens once. */
export const under = (key: string) => ({ "Idempotency-Key": key });

/** A key that nobody else has. `crypto.randomUUID` is missing where the console is not served over TLS. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `web-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
