// Webhooks, both ways: npm standardwebhooks and @portone/server-sdk verify what the sandbox signs; our verifier takes
// what npm standardwebhooks signs.
import { spawnSync } from "node:child_process";

import { Webhook as PortOne } from "@portone/server-sdk";
import { Webhook } from "standardwebhooks";

import { Suite, act, control } from "./check.mjs";
import { receiver } from "./receiver.mjs";

const suite = new Suite("standardwebhooks 1.1.1 and @portone/server-sdk 0.19.0");
const OLD = "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0zMi1ieXRlcyE=";
const NEW = "whsec_c2FuZGJveC1uZXh0LXdlYmhvb2stc2VjcmV0LTMyLWI=";
const OTHER = "whsec_bm90IG9uZSBvZiB0aGUgc2hvcCdzIHNlY3JldHM=";

const webhooks = await receiver();
await control("PUT", "/webhook-urls", { "portone-v2": webhooks.url });

/** What the sandbox sends when `payment` meets `action`, and what it is about. */
async function sent(payment, action, body) {
  await act(payment, action, body);
  const webhook = await webhooks.next();
  return {
    ...webhook,
    about: { storeId: "store-00000000-0000-0000-0000-000000000001", paymentId: payment },
  };
}

/** The time and the ids are the sandbox's own; all else is known. */
const known = ({ timestamp, data: { transactionId, cancellationId, ...data }, ...rest }) => ({
  ...rest,
  data,
});

const checkout = { checkout: { totalAmount: 5000 } };
const kinds = [
  ["a", "pending", checkout, "Transaction.PayPending"],
  ["a", "approve", {}, "Transaction.Paid"],
  ["a", "cancel", { amount: 1000 }, "Transaction.PartialCancelled"],
  ["a", "cancel", { requested: true }, "Transaction.CancelPending"],
  ["a", "settle", { succeeded: true }, "Transaction.Cancelled"],
  ["b", "issue", checkout, "Transaction.VirtualAccountIssued"],
  ["c", "decline", checkout, "Transaction.Failed"],
  ["d", "approve", checkout, "Transaction.Paid"],
  ["d", "dispute", {}, "Transaction.DisputeCreated"],
  ["d", "resolve", {}, "Transaction.DisputeResolved"],
];
const verified = async (what, { body, headers }, expected) => {
  for (const [name, secret] of [
    ["the old secret", OLD],
    ["the new secret", NEW],
  ]) {
    const ours = () => known(new Webhook(secret).verify(body, headers));
    const theirs = async () => known(await PortOne.verify(secret, body, headers));
    await suite.answers("standardwebhooks.Webhook.verify", `${what}, ${name}`, ours, expected);
    await suite.answers("portone.Webhook.verify", `${what}, ${name}`, theirs, expected);
  }
};
let paid;
for (const [payment, action, body, kind] of kinds) {
  const webhook = await sent(payment, action, body);
  paid = kind === "Transaction.Paid" ? webhook : paid;
  await verified(kind, webhook, { type: kind, data: webhook.about });
}

// The shop is asked before the money is taken, and told afterwards.
const asked = { checkout: { totalAmount: 5000, confirmUrl: webhooks.url } };
const [confirm, told] = [await sent("e", "approve", asked), await webhooks.next()];
await verified("Transaction.Confirm", confirm, {
  type: "Transaction.Confirm",
  data: { ...confirm.about, totalAmount: 5000 },
});
await verified("after it", told, { type: "Transaction.Paid", data: confirm.about });

const refusals = [
  ["another secret", OTHER, paid, "No matching signature found", "NO_MATCHING_SIGNATURE"],
  [
    "a changed body",
    NEW,
    { ...paid, body: paid.body.replace("Paid", "Pale") },
    "No matching signature found",
    "NO_MATCHING_SIGNATURE",
  ],
  [
    "no id",
    NEW,
    { ...paid, headers: { ...paid.headers, "webhook-id": undefined } },
    "Missing required headers",
    "MISSING_REQUIRED_HEADERS",
  ],
];
await control("POST", "/faults", { route: "webhook", fault: "forge" });
refusals.push([
  "a forged one",
  NEW,
  await sent("forged", "approve", checkout),
  "No matching signature found",
  "NO_MATCHING_SIGNATURE",
]);
await control("POST", "/faults", { route: "webhook", fault: "stale" });
refusals.push([
  "a stale one",
  NEW,
  await sent("stale", "approve", checkout),
  "Message timestamp too old",
  "TIMESTAMP_TOO_OLD",
]);
for (const [what, secret, { body, headers }, message, reason] of refusals) {
  await suite.throws(
    "standardwebhooks.Webhook.verify",
    what,
    () => new Webhook(secret).verify(body, headers),
    (error) => error.message,
    message,
  );
  await suite.throws(
    "portone.Webhook.verify",
    what,
    () => PortOne.verify(secret, body, headers),
    (error) => error.reason,
    reason,
  );
}
webhooks.close();

/** What our own verifier says of a webhook. */
function verdict(asked) {
  const { stdout, stderr, status } = spawnSync(process.env.CONFORMANCE_VERIFIER, {
    input: `${JSON.stringify(asked)}\n`,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the verifier ended with ${status}: ${stderr}`);
  return stdout.trim();
}

/** A webhook signed by the package, so many seconds ago. */
function signed(secret, body, age = 0) {
  const at = new Date(Date.now() - 1000 * age);
  const signature = new Webhook(secret).sign("msg_1", at, body);
  return {
    body,
    headers: {
      "webhook-id": "msg_1",
      "webhook-timestamp": String(Math.floor(at / 1000)),
      "webhook-signature": signature,
    },
  };
}

const body = '{"type":"Transaction.Paid","data":{"orderName":"의자 1개 \\u00e9"}}';
const takes = (what, secrets, webhook, expected) =>
  suite.answers("standardwebhooks.Webhook.sign", what, () => verdict({ secrets, ...webhook }), expected);
await takes("by the only secret", [OLD], signed(OLD, body), "taken: msg_1");
await takes("by the first of two", [OLD, NEW], signed(OLD, body), "taken: msg_1");
await takes("by the second of two", [OLD, NEW], signed(NEW, body), "taken: msg_1");
await takes("a secret without its prefix", [NEW.slice("whsec_".length)], signed(NEW, body), "taken: msg_1");
await takes("nearly five minutes old", [NEW], signed(NEW, body, 290), "taken: msg_1");
await takes("more than five minutes old", [NEW], signed(NEW, body, 310), "refused: the webhook is too old");
await takes(
  "more than five minutes ahead",
  [NEW],
  signed(NEW, body, -310),
  "refused: the webhook is from the future",
);
await takes("by another secret", [OLD, NEW], signed(OTHER, body), "refused: no signature matches");
await takes(
  "over another body",
  [NEW],
  { ...signed(NEW, body), body: body.replace("Paid", "Pale") },
  "refused: no signature matches",
);
const several = signed(NEW, body);
several.headers["webhook-signature"] =
  `v1a,bm90IG91cnM= ${signed(OTHER, body).headers["webhook-signature"]} ${several.headers["webhook-signature"]}`;
await takes("among other signatures", [NEW], several, "taken: msg_1");

suite.finish();
