"""PyPI portone-server-sdk 0.21.0 against the sandbox's PortOne V2: paying without a window and with the shop's approval,
virtual accounts, disputes, webhooks sent again, the feed of events."""

from portone_server_sdk.common import CustomerInput, CustomerNameInput, PaymentAmountInput
from portone_server_sdk.payment import (
    InstantPaymentMethodInput,
    InstantPaymentMethodInputCard,
    InstantPaymentMethodInputVirtualAccount,
    InstantPaymentMethodInputVirtualAccountCashReceiptInfo,
    InstantPaymentMethodInputVirtualAccountExpiry,
    InstantPaymentMethodInputVirtualAccountOption,
)

import portone_v2_documents as documents
from check import act, control, plain
from portone_v2_documents import NOW
from portone_v2_stage import NO_PAYMENT, PAID, ask, call, checkout, problem, refused, shop, suite

TOKEN = "7e5d56f2-1034-87a9-8c43-45461c6d9ebc"
wrong_token = problem("InvalidPaymentToken", "this is not the token of the payment")
mismatch = problem("InformationMismatch", "the amount is not the amount that was registered")
act("sofa", "approve", checkout(approvalByShop=True))
refused("confirm_payment", "unknown", NO_PAYMENT, payment_id="none", payment_token=TOKEN)
refused("confirm_payment", "with another token", wrong_token, payment_id="sofa", payment_token="another")
refused(
    "confirm_payment",
    "of another amount",
    mismatch,
    payment_id="sofa",
    payment_token=TOKEN,
    total_amount=4999,
)
agreed = {
    "payment_id": "sofa",
    "payment_token": TOKEN,
    "tx_id": documents.PAID["transaction_id"],
    "currency": "KRW",
    "total_amount": 5000,
    "is_test": True,
}
taken = {"is": "ConfirmedPaymentSummary", "pg_tx_id": documents.PAID["pg_tx_id"], "paid_at": NOW}
ask("confirm_payment", "what the buyer agreed to", taken, **agreed)
refused("confirm_payment", "twice", PAID, **agreed)
ask("get_payment", "approved by the shop", documents.PAID, payment_id="sofa")

COMMON = {
    "order_name": "의자 1개",
    "amount": PaymentAmountInput(total=5000),
    "currency": "KRW",
    "customer": CustomerInput(id="c1", name=CustomerNameInput(full="김구매")),
}
card = InstantPaymentMethodInput(
    card={"credential": {"number": "1234123412341234", "expiryYear": "41", "expiryMonth": "12"}}
)
account = InstantPaymentMethodInput(
    virtual_account=InstantPaymentMethodInputVirtualAccount(
        bank="SHINHAN",
        expiry=InstantPaymentMethodInputVirtualAccountExpiry(valid_hours=168),
        option=InstantPaymentMethodInputVirtualAccountOption(type="NORMAL"),
        cash_receipt=InstantPaymentMethodInputVirtualAccountCashReceiptInfo(
            type="NO_RECEIPT", customer_identity_number="010-1234-5678"
        ),
        remittee_name="가게",
    )
)


def instantly(transaction):
    paid = {"is": "InstantPaymentSummary", "pg_tx_id": f"sandbox-{transaction}", "paid_at": NOW}
    return {"is": "PayInstantlyResponse", "payment": paid}


rug = instantly("8cb3d611-563c-81d7-a419-f0a6bf4d5f46")
ask("pay_instantly", "by card", rug, payment_id="rug", method=card, **COMMON)
refused("pay_instantly", "twice", PAID, payment_id="rug", method=card, **COMMON)
table = instantly(documents.WAITING["transaction_id"])
ask("pay_instantly", "into an account", table, payment_id="table", method=account, **COMMON)
ask("get_payment", "waiting for a deposit", documents.WAITING, payment_id="table")

not_waiting = problem("PaymentNotWaitingForDeposit", "no deposit is waited for")
refused("close_virtual_account", "unknown", NO_PAYMENT, payment_id="none")
refused("close_virtual_account", "of a card payment", not_waiting, payment_id="rug")
closed = {"is": "CloseVirtualAccountResponse", "closed_at": NOW}
ask("close_virtual_account", "an open one", closed, payment_id="table")
refused("close_virtual_account", "twice", not_waiting, payment_id="table")

act("sofa", "dispute", {"reason": "FRAUDULENT"})
dispute = {"is": "Dispute", "status": "UNRESOLVED", "reason": "FRAUDULENT", "created_at": NOW}
ask("get_payment", "disputed", {**documents.PAID, "disputes": [dispute]}, payment_id="sofa")
act("sofa", "resolve")
resolved = {**dispute, "status": "RESOLVED", "resolved_at": NOW}
ask("get_payment", "its dispute resolved", {**documents.PAID, "disputes": [resolved]}, payment_id="sofa")

# Nobody listens there: the first attempt comes to nothing.
URL = "http://127.0.0.1:9/webhooks"
control("PUT", "/webhook-urls", {"portone-v2": URL})
act("desk", "decline", checkout())
while control("GET", "/portone-v2/payments/desk/webhooks")[0]["outcome"] == "waiting":
    pass
sent = (
    '{"data":{"paymentId":"desk","storeId":"store-00000000-0000-0000-0000-000000000001",'
    '"transactionId":"e11685e3-77f5-88e0-9204-baeb3b6f8f24"},'
    '"timestamp":"2040-01-02T03:04:05.000Z","type":"Transaction.Failed"}'
)
webhook = {
    "is": "PaymentWebhook",
    "payment_status": "FAILED",
    "id": "3819aabe-fb54-8217-8a88-f85faeadad1a",
    "status": "FAILED_UNEXPECTED_ERROR",
    "url": URL,
    "is_async": False,
    "current_execution_count": 2,
    "max_execution_count": 6,
    "trigger": "MANUAL",
    "request": {"is": "PaymentWebhookRequest", "body": sent, "requested_at": NOW},
    "triggered_at": NOW,
}
ask("resend_webhook", "the last one", {"is": "ResendWebhookResponse", "webhook": webhook}, payment_id="desk")
not_there = problem("WebhookNotFound", "there is no such webhook")
refused("resend_webhook", "one that is not there", not_there, payment_id="desk", webhook_id="none")
refused("resend_webhook", "of an unknown payment", NO_PAYMENT, payment_id="none")

control("POST", "/clock/advance", {"seconds": 60})
call(shop.payment, "cancel_payment", {"payment_id": "sofa", "reason": "흠집", "amount": 1000})
control("POST", "/clock/advance", {"seconds": 60})
call(shop.payment, "cancel_payment", {"payment_id": "sofa", "reason": "반품"})


def feed(what, expected, **options):
    """Of each event what the payment's own document does not say too."""

    def events():
        found = call(shop.payment, "get_all_payment_events_by_cursor", options).items
        return [
            (type(it.payment_event).__name__, it.payment_event.payment_id, it.payment_event.event_amount)
            for it in found
        ]

    suite.answers("payment.get_all_payment_events_by_cursor", what, events, expected)


part, rest = ["PartialCancelledPaymentEvent", "sofa", -1000], ["CancelledPaymentEvent", "sofa", -4000]
feed("since a time", [part, rest], **{"from_": "2040-01-02T03:05:05Z"})
feed("in a span of time", [part], **{"from_": "2040-01-02T03:05:05Z", "until": "2040-01-02T03:05:05Z"})
feed("one at a time", [["PaidPaymentEvent", "sofa", 5000]], size=1)

suite.finish()
