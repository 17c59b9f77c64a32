// What the suites of iamport-rest-client-nodejs share: the client, the buyer, and how answers and errors are looked at.
import sdk from "iamport-rest-client-nodejs";

import { Suite, act, stage } from "./check.mjs";

export const { Authenticate, Escrows, Payments, Prepare, Vbanks } = sdk.Request;
export const suite = new Suite("iamport-rest-client-nodejs 0.9.12");
export const connect = (apiSecret) =>
  new sdk.Iamport({ apiKey: "sandbox-imp-key", apiSecret, baseUrl: stage.portoneV1 });
const shop = connect("sandbox-imp-secret");

/** A success is a status and `{code: 0, message: null, response}`, and more where the client adds something. */
export const ask = (name, what, request, response, { status = 200, client = shop, ...more } = {}) =>
  suite.answers(
    name,
    what,
    async () => {
      const { status, data } = await request.request(client);
      return { status, data };
    },
    { status, data: { code: 0, message: null, response, ...more } },
  );

/** A failure; the client hides the status of one that HTTP calls a success. */
export const HIDDEN = null;
export const refused = (name, what, request, status, code, message, client = shop) =>
  suite.throws(
    name,
    what,
    () => request.request(client),
    ({ response }) => ({ status: response.status ?? HIDDEN, data: response.data }),
    { status, data: { code, message, response: null } },
  );

export const NO_PAYMENT = [404, 1, "존재하지 않는 결제정보입니다."];
export const unknown = "imp_000000000000";

const buyer = { fullName: "김구매", email: "buyer@example.com", phoneNumber: "010-1234-5678" };
/** Plays one action of the buyer. */
export const play = (order, action, more) =>
  act(
    order,
    action,
    { checkout: { orderName: "의자 1개", totalAmount: 13000, ...buyer, ...more } },
    "portone-v1",
  );
