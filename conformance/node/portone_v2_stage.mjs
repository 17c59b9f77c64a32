// What the suites of @portone/server-sdk share: the clients, and how its answers and errors are looked at.
import { PortOneClient } from "@portone/server-sdk";

import { Suite, stage } from "./check.mjs";
import { STORE } from "./portone_v2_documents.mjs";

const connect = (secret) => PortOneClient({ secret, baseUrl: stage.portoneV2, storeId: STORE });
export const { payment, auth } = connect("sandbox-api-secret");
export const stranger = connect("another secret").payment;
export const suite = new Suite("@portone/server-sdk 0.19.0");

export const ask = (name, what, options, expected) =>
  suite.answers(`payment.${name}`, what, () => payment[name](options), expected);

/** What a shop sees of an error: its class, its text and the document it carries. */
export const seen = ({ name, message, data }) => ({ name, message, data });
export const refused = (name, what, options, expected, client = payment) =>
  suite.throws(`payment.${name}`, what, () => client[name](options), seen, {
    // By cursor or not, the class is the same.
    name: `${name[0].toUpperCase()}${name.slice(1).replace("ByCursor", "")}Error`,
    message: expected.message,
    data: expected,
  });

export const problem = (type, message) => ({ type, message });
export const pg = (pgCode, pgMessage) => ({
  type: "PG_PROVIDER",
  message: "the PG answered with an error",
  pgCode,
  pgMessage,
});
export const NO_PAYMENT = problem("PAYMENT_NOT_FOUND", "there is no such payment");
export const NO_SECRET = problem("UNAUTHORIZED", "the API secret or token is not valid");
export const FOREIGN = problem("FORBIDDEN", "the store is not yours");
export const NOT_PAID = problem("PAYMENT_NOT_PAID", "the payment is not paid");
export const PAID = problem("ALREADY_PAID", "the payment is paid already");

export const checkout = (more) => ({
  checkout: { orderName: "의자 1개", customerId: "c1", fullName: "김구매", totalAmount: 5000, ...more },
});
