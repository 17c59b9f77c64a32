"""PyPI python-tosspayments 1.1.0 against the sandbox's Toss Payments."""

from tosspayments.main import TossPayments

from check import STAGE, Suite, act, control

NOW = "2040-01-02T12:04:05+09:00"
suite = Suite("python-tosspayments 1.1.0")


def connect(secret):
    client = TossPayments(secret)
    # The one way to point it elsewhere.
    client._TossPayments__base_url = STAGE["toss"] + "/"
    return client


toss = connect("test_sk_sandbox")


def ask(name, what, expected, *arguments):
    suite.answers(name, what, lambda: getattr(toss, name)(*arguments), expected)


def refused(name, what, status, code, message, *arguments, client=toss):
    def seen(error):
        return {"code": error.code, "error_type": error.error_type, "reason": error.reason}

    told = {"code": status, "error_type": code, "reason": message}
    suite.throws(name, what, lambda: getattr(client, name)(*arguments), seen, told)


def authenticated(order, **more):
    """What the buyer's part ends with: a payment that the shop has to confirm."""
    common = {"orderName": "의자 1개", "fullName": "김구매", "totalAmount": 13000}
    act(order, "approve", {"checkout": {**common, **more}}, protocol="toss")


def payment(key, order, secret, **more):
    """A payment's document; what is not given does not apply."""
    does_not_apply = (
        "approvedAt card cashReceipt cashReceipts cancels discount easyPay failure giftCertificate "
        "lastTransactionKey metadata mobilePhone receipt transfer virtualAccount"
    )
    return {
        **dict.fromkeys(does_not_apply.split()),
        "mId": "escrowsandbox",
        "version": "2022-11-16",
        "paymentKey": key,
        "orderId": order,
        "orderName": "의자 1개",
        "secret": secret,
        "checkout": {"url": f"https://api.tosspayments.com/v1/payments/{key}/checkout"},
        "type": "NORMAL",
        "country": "KR",
        "currency": "KRW",
        "cultureExpense": False,
        "requestedAt": NOW,
        "totalAmount": 13000,
        "balanceAmount": 13000,
        "suppliedAmount": 11818,
        "vat": 1182,
        "taxFreeAmount": 0,
        "taxExemptionAmount": 0,
        **more,
    }


KEY, SECRET = "tgen_fb994780882e89048d93165f61e15e51", "ps_435277d0a2a281099375863afbcb6a38"
in_progress = payment(
    KEY, "order-1", SECRET, status="IN_PROGRESS", method="카드", useEscrow=False, isPartialCancelable=True
)
CARD = {
    "issuerCode": "71",
    "acquirerCode": "71",
    "number": "12345678****000*",
    "installmentPlanMonths": 0,
    "isInterestFree": False,
    "interestPayer": None,
    "approveNo": "00000000",
    "useCardPoint": False,
    "cardType": "신용",
    "ownerType": "개인",
    "acquireStatus": "READY",
    "amount": 13000,
}
TAKEN = "55A9730AAB2B82A3A2C400656A821227"
receipt = f"https://dashboard.tosspayments.com/receipt/redirection?transactionId={KEY}&ref=PX"
done = {
    **in_progress,
    "status": "DONE",
    "approvedAt": NOW,
    "card": CARD,
    "lastTransactionKey": TAKEN,
    "receipt": {"url": receipt},
}


def cancel(key, reason, amount, left):
    return {
        "cancelReason": reason,
        "canceledAt": NOW,
        "cancelAmount": amount,
        "taxFreeAmount": 0,
        "taxExemptionAmount": 0,
        "refundableAmount": left,
        "transferDiscountAmount": 0,
        "easyPayDiscountAmount": 0,
        "transactionKey": key,
        "receiptKey": None,
        "cancelStatus": "DONE",
        "cancelRequestId": None,
    }


part = cancel("FC94DDCA004D8757A44230888D787A7F", "흠집", 1000, 12000)
rest = cancel("10129F1A3B6482C0A9347E2FBD19BD74", "반품", 12000, 0)
in_part = {
    **done,
    "status": "PARTIAL_CANCELED",
    "balanceAmount": 12000,
    "suppliedAmount": 10909,
    "vat": 1091,
    "cancels": [part],
    "lastTransactionKey": part["transactionKey"],
}
cancelled = {
    **done,
    "status": "CANCELED",
    "balanceAmount": 0,
    "suppliedAmount": 0,
    "vat": 0,
    "cancels": [part, rest],
    "lastTransactionKey": rest["transactionKey"],
}

NO_PAYMENT = (404, "NOT_FOUND_PAYMENT", "존재하지 않는 결제 정보 입니다.")
NO_KEY = (401, "UNAUTHORIZED_KEY", "인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다.")
PROCESSED = (400, "ALREADY_PROCESSED_PAYMENT", "이미 처리된 결제 입니다.")
refused("get_payment_by_payment_key", "unknown", *NO_PAYMENT, "none")
refused("get_payment_by_payment_key", "with another key", *NO_KEY, "none", client=connect("test_sk_another"))
refused("get_payment_by_order_id", "unknown", *NO_PAYMENT, "order-0")
authenticated("order-1")
ask("get_payment_by_order_id", "authenticated", in_progress, "order-1")
ask("get_payment_by_payment_key", "authenticated", in_progress, KEY)

refused("confirm", "unknown", *NO_PAYMENT, "none", "order-1", 13000)
refused(
    "confirm",
    "of another amount",
    403,
    "FORBIDDEN_REQUEST",
    "허용되지 않은 요청입니다.",
    KEY,
    "order-1",
    12999,
)
refused(
    "confirm",
    "of another order",
    403,
    "FORBIDDEN_REQUEST",
    "허용되지 않은 요청입니다.",
    KEY,
    "order-2",
    13000,
)
ask("confirm", "what the buyer agreed to", done, KEY, "order-1", 13000, "confirm order-1")
ask("confirm", "again under its Idempotency-Key", done, KEY, "order-1", 13000, "confirm order-1")
refused("confirm", "again without", *PROCESSED, KEY, "order-1", 13000)
too_long = (400, "INVALID_IDEMPOTENCY_KEY", "멱등키는 300자 이하여야 합니다.")
refused("confirm", "with a key of 301 signs", *too_long, KEY, "order-1", 13000, "k" * 301)

exceeds = (403, "NOT_CANCELABLE_AMOUNT", "취소 할 수 없는 금액 입니다.")
refused("cancel", "unknown", *NO_PAYMENT, "none", {"cancelReason": "흠집"})
refused(
    "cancel", "without a reason", 400, "INVALID_REQUEST", "잘못된 요청입니다.", KEY, {"cancelAmount": 1000}
)
refused("cancel", "more than was paid", *exceeds, KEY, {"cancelReason": "흠집", "cancelAmount": 13001})
a_part = {"cancelReason": "흠집", "cancelAmount": 1000}
ask("cancel", "a part", in_part, KEY, a_part, "cancel order-1")
ask("cancel", "again under its Idempotency-Key", in_part, KEY, a_part, "cancel order-1")
ask("cancel", "the rest", cancelled, KEY, {"cancelReason": "반품"})
gone = (400, "ALREADY_CANCELED_PAYMENT", "이미 취소된 결제 입니다.")
refused("cancel", "what is cancelled", *gone, KEY, {"cancelReason": "반품"})
ask("get_payment_by_payment_key", "cancelled", cancelled, KEY)

VKEY, VSECRET = "tgen_54023521ab1f880295ae3595c7c86902", "ps_73c83399f8cc833f97799236dbb8d2f0"
account = {
    "accountType": "일반",
    "accountNumber": "56280911231174",
    "bankCode": "88",
    "customerName": "김구매",
    "dueDate": "2040-01-09T12:04:05+09:00",
    "expired": False,
    "settlementStatus": "INCOMPLETED",
    "refundStatus": "NONE",
    "refundReceiveAccount": None,
}
waiting = payment(
    VKEY,
    "order-2",
    VSECRET,
    status="WAITING_FOR_DEPOSIT",
    method="가상계좌",
    useEscrow=True,
    isPartialCancelable=False,
    lastTransactionKey="A2070C1DF8B385D28A8C941AF536647E",
    virtualAccount=account,
)
deposited = {
    **waiting,
    "status": "DONE",
    "approvedAt": NOW,
    "receipt": {"url": f"https://dashboard.tosspayments.com/receipt/redirection?transactionId={VKEY}&ref=PX"},
}
authenticated("order-2", payMethod="VIRTUAL_ACCOUNT", isEscrow=True)
ask("confirm", "has an account issued", waiting, VKEY, "order-2", 13000)
act("order-2", "deposit", protocol="toss")
ask("get_payment_by_order_id", "deposited", deposited, "order-2")
no_account = (400, "INVALID_REFUND_ACCOUNT_INFO", "환불 계좌번호와 예금주명이 일치하지 않습니다.")
refused("cancel", "a deposit, to no account", *no_account, VKEY, {"cancelReason": "반품"})
back = {"bank": "신한", "accountNumber": "110123456789", "holderName": "김구매"}
no_part = (
    403,
    "NOT_ALLOWED_PARTIAL_REFUND",
    "에스크로 주문, 현금 카드 결제일 때는 부분 환불이 불가합니다. 이외 다른 결제 수단에서 부분 취소가 되지 않을 때는 토스페이먼츠에 문의해 주세요.",
)
some = {"cancelReason": "흠집", "cancelAmount": 1000, "refundReceiveAccount": back}
refused("cancel", "a part of an escrow payment", *no_part, VKEY, some)
refund = cancel("CB259D9C0278893BB9662C23EF8DF28D", "반품", 13000, 0)
to = {"bankCode": "88", "accountNumber": "110123456789", "holderName": "김구매"}
refunded = {
    **deposited,
    "status": "CANCELED",
    "balanceAmount": 0,
    "suppliedAmount": 0,
    "vat": 0,
    "cancels": [refund],
    "lastTransactionKey": refund["transactionKey"],
    "virtualAccount": {**account, "refundStatus": "COMPLETED", "refundReceiveAccount": to},
}
ask("cancel", "a deposit", refunded, VKEY, {"cancelReason": "반품", "refundReceiveAccount": back})


def movement(order, key, transaction, status, amount):
    return {
        "mId": "escrowsandbox",
        "transactionKey": transaction,
        "paymentKey": key,
        "orderId": order,
        "method": "카드",
        "customerKey": None,
        "useEscrow": False,
        "receiptUrl": None,
        "status": status,
        "transactionAt": NOW,
        "currency": "KRW",
        "amount": amount,
    }


taken = movement("order-1", KEY, TAKEN, "DONE", 13000)
YEAR = ("2040-01-01T00:00:00", "2040-12-31T23:59:59")
ask("get_transaction", "the first", [taken], *YEAR, None, 1)
given_back = [
    movement("order-1", KEY, part["transactionKey"], "PARTIAL_CANCELED", -1000),
    movement("order-1", KEY, rest["transactionKey"], "CANCELED", -12000),
]
ask("get_transaction", "onwards", given_back, *YEAR, TAKEN, 2)
ask("get_transaction", "of another year", [], "2041-01-01T00:00:00", "2041-12-31T23:59:59")
refused(
    "get_transaction",
    "after one that is not there",
    400,
    "INVALID_REQUEST",
    "잘못된 요청입니다.",
    *YEAR,
    "none",
)

card = {"cardNumber": "4330123412341234", "cardExpirationYear": "41", "cardExpirationMonth": "12"}
buyer = {"customerIdentityNumber": "881212", "customerName": "김구매"}
directly = {"amount": 13000, "orderId": "order-4", "orderName": "의자 1개", **card, **buyer}
suite.answers("pay_with_card_number", "a card", lambda: toss.pay_with_card_number(directly)["status"], "DONE")
refused("pay_with_card_number", "of nobody", 400, "INVALID_REQUEST", "잘못된 요청입니다.", {"amount": 1000})

authenticated("order-3")
control("POST", "/clock/advance", {"seconds": 601})
over = (404, "NOT_FOUND_PAYMENT_SESSION", "결제 시간이 만료되어 결제 진행 데이터가 존재하지 않습니다.")
key = toss.get_payment_by_order_id("order-3")["paymentKey"]
refused("confirm", "later than ten minutes", *over, key, "order-3", 13000)

suite.finish()
