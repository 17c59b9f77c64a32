// npm iamport-rest-client-nodejs 0.9.12 against the sandbox's PortOne V1: virtual accounts and their refunds.
import { act } from "./check.mjs";
import * as documents from "./iamport_v1_documents.mjs";
import {
  HIDDEN,
  NO_PAYMENT,
  Payments,
  Vbanks,
  ask,
  play,
  refused,
  suite,
  unknown,
} from "./iamport_v1_stage.mjs";

await play("sofa", "approve", { payMethod: "CARD" });
const due = 2209172645;
const account = {
  merchant_uid: "table",
  amount: 5000,
  vbank_code: "088",
  vbank_due: due,
  vbank_holder: "가게",
  name: "탁자",
};
const { waiting } = documents;
await ask("Vbanks.post", "an account", Vbanks.post(account), waiting);
await refused(
  "Vbanks.post",
  "without a bank",
  Vbanks.post({ merchant_uid: "rug", amount: 5000 }),
  400,
  1,
  "파라미터 누락: vbank_code, vbank_due, vbank_holder",
);
await ask(
  "Vbanks.put",
  "another amount, and a day more",
  Vbanks.put({ imp_uid: waiting.imp_uid, amount: 6000, vbank_due: due + 86400 }),
  { ...waiting, amount: 6000, vbank_date: "2040-01-04T03:04:05.000Z" },
);
await refused(
  "Vbanks.put",
  "of a card payment",
  Vbanks.put({ imp_uid: documents.sofa.imp_uid, amount: 6000, vbank_due: due }),
  400,
  1,
  "입금 대기 중인 가상계좌가 아닙니다.",
);
await act("table", "deposit", {}, "portone-v1");
await refused(
  "Vbanks.delete",
  "after the deposit",
  Vbanks.delete({ imp_uid: waiting.imp_uid }),
  400,
  1,
  "입금 대기 중인 가상계좌가 아닙니다.",
);
const toAccount = { refund_holder: "김구매", refund_bank: "088", refund_account: "110123456789" };
await refused(
  "Payments.cancel",
  "a deposit, to no account",
  Payments.cancel({ imp_uid: waiting.imp_uid, reason: "반품" }),
  HIDDEN,
  1,
  "가상계좌 환불을 위해 refund_holder, refund_bank, refund_account가 필요합니다.",
);
await ask(
  "Payments.cancel",
  "a deposit",
  Payments.cancel({ imp_uid: waiting.imp_uid, reason: "반품", ...toAccount }),
  documents.refunded,
);
await play("rug", "issue", { payMethod: "VIRTUAL_ACCOUNT", totalAmount: 5000 });
await ask(
  "Vbanks.delete",
  "an open one",
  Vbanks.delete({ imp_uid: documents.revoked.imp_uid }),
  documents.revoked,
);
await refused("Vbanks.delete", "unknown", Vbanks.delete({ imp_uid: unknown }), ...NO_PAYMENT);
await ask(
  "Vbanks.getHolder",
  "an account's",
  Vbanks.getHolder({ bank_code: "088", bank_num: "110123456789" }),
  { bank_holder: "홍길동" },
);

suite.finish();
