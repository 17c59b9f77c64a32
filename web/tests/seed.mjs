// A shop in which something has happened: orders in every state, entries in the books, webhooks in the inbox.
import { api, clerk, tokenOf } from "./stage.mjs";

const ADDRESS = { recipient: "홍길동", phone: "010-1234-5678", postcode: "04524", line1: "서울특별시 중구 세종대로 110", line2: "3층", country: "KR" };
const GOODS = [
  ["청자 주병", "비색 유약을 입힌 주병입니다. 물레로 빚고 소나무 장작으로 구웠습니다.", 128_000, 6],
  ["리넨 앞치마", "워싱한 리넨으로 지은 앞치마입니다. 주머니가 두 개 있습니다.", 34_000, 60],
  ["유기 수저 한 벌", "방짜로 두드려 만든 수저입니다.", 56_000, 3],
  ["한지 조명", "닥종이로 감싼 작은 스탠드입니다.", 89_000, 12],
  ["Walnut bread board", "Solid walnut, oiled, with a rounded edge.", 42_000, 0],
  ["보성 우전 녹차 50g", "곡우 전에 딴 첫 잎을 덖었습니다.", 27_000, 80],
];

export async function people(stage) {
  const names = ["buyer", "seller", "operator", "auditor"];
  const tokens = await Promise.all(names.map((name) => tokenOf(stage, `${name}@demo.escrow`)));
  return Object.fromEntries(names.map((name, index) => [name, tokens[index]]));
}

export async function placeOrder(stage, token, lines) {
  const body = { lines: lines.map(([product_id, quantity]) => ({ product_id, quantity })), delivery_address: ADDRESS };
  return api(stage, "POST", "/orders", { token, body });
}

/** Starts a payment and opens its window, as a browser would. */
export async function begin(stage, token, order_id, more = {}) {
  const payment = await api(stage, "POST", "/payments", { token, body: { order_id, ...more } });
  await fetch(payment.pay_url);
  return payment;
}

export async function pay(stage, token, order_id, more = {}) {
  const payment = await begin(stage, token, order_id, more);
  await clerk(stage, payment.gateway_payment_id, "approve");
  await api(stage, "POST", `/payments/${payment.payment_id}/confirm`, { token });
  return payment;
}

export async function ship(stage, token, order_id, invoice_number) {
  return api(stage, "POST", `/orders/${order_id}/shipments`, { token, body: { carrier: "CJ", invoice_number } });
}

export async function furnish(stage) {
  const { buyer, seller, operator } = await people(stage);
  for (const [name, description, price, stock] of GOODS) {
    await api(stage, "POST", "/products", { token: seller, body: { name, description, price: { amount: price, currency: "KRW" }, stock } });
  }
  const { items } = await api(stage, "GET", "/products?limit=20");
  const [first, second, third] = items.filter((product) => product.stock > 10);
  const order = (...lines) => placeOrder(stage, buyer, lines).then((placed) => placed.order_id);
  for (const quantity of [1, 3, 2]) {
    const done = await order([first.product_id, quantity], [second.product_id, 1]);
    await pay(stage, buyer, done);
    const { shipment_id } = await ship(stage, seller, done, `6012-3456-78${quantity}0`);
    await api(stage, "POST", `/shipments/${shipment_id}/delivered`, { token: seller });
    await api(stage, "POST", `/orders/${done}/confirm`, { token: buyer });
  }
  const cancelled = await order([third.product_id, 2]);
  await pay(stage, buyer, cancelled);
  await api(stage, "DELETE", `/orders/${cancelled}/cancel`, { token: buyer, body: { reason: "색이 생각과 달라요" } });
  const delivered = await order([second.product_id, 1]);
  await pay(stage, buyer, delivered);
  const { shipment_id } = await ship(stage, seller, delivered, "6012-3456-7801");
  await api(stage, "POST", `/shipments/${shipment_id}/delivered`, { token: seller });
  const shipped = await order([first.product_id, 1], [third.product_id, 1]);
  await pay(stage, buyer, shipped);
  await ship(stage, seller, shipped, "6012-3456-7802");
  const paid = await order([first.product_id, 2]);
  const payment = await pay(stage, buyer, paid);
  const waiting = await order([third.product_id, 1]);
  const deposit = await begin(stage, buyer, waiting, { method: "virtual_account" });
  await clerk(stage, deposit.gateway_payment_id, "issue");
  await api(stage, "POST", `/payments/${deposit.payment_id}/confirm`, { token: operator }).catch(() => undefined);
  const failing = await order([third.product_id, 1]);
  const failed = await begin(stage, buyer, failing);
  await clerk(stage, failed.gateway_payment_id, "decline");
  await api(stage, "POST", `/payments/${failed.payment_id}/confirm`, { token: buyer }).catch(() => undefined);
  const unpaid = await order([second.product_id, 1]);
  const ids = { product: first.product_id, delivered, shipped, paid, unpaid, payment: payment.payment_id, deposit: deposit.payment_id, failed: failed.payment_id };
  return { ids, items };
}
