"""PyPI portone-server-sdk 0.21.0 against the sandbox's PortOne V2: payments, their escrow and their cancellation."""

from portone_server_sdk.common import (
    PageInput,
    PaymentProduct,
    SeparatedAddressInput,
)
from portone_server_sdk.payment import (
    PaymentEscrowReceiverInput,
    PaymentEscrowSenderInput,
    PaymentFilterInput,
    PaymentLogistics,
)

import portone_v2_documents as documents
from check import act, control
from portone_v2_documents import NOW, SENT_AT
from portone_v2_stage import (
    NO_PAYMENT,
    NO_SECRET,
    NOT_ESCROW,
    NOT_PAID,
    PAID,
    ask,
    call,
    checkout,
    pg,
    problem,
    refused,
    shop,
    stranger,
    suite,
)

suite.answers(
    "auth.login_via_api_secret",
    "the shop's secret",
    lambda: call(shop.auth, "login_via_api_secret", {"api_secret": "sandbox-api-secret"}),
    {
        "is": "LoginViaApiSecretResponse",
        "access_token": "8abd384d-0fe5-8b6a-9296-de868dd05e77",
        "refresh_token": "804b842c-85c5-8e60-9a95-cd2719e57113",
    },
)

REGISTERED = {"is": "PreRegisterPaymentResponse"}
ask("pre_register_payment", "an amount", REGISTERED, payment_id="chair", total_amount=13000, currency="KRW")
ask("pre_register_payment", "again", REGISTERED, payment_id="chair", total_amount=13000, tax_free_amount=0)
refused(
    "pre_register_payment",
    "nothing to pay",
    problem("InvalidRequest", "totalAmount must be more than nothing"),
    payment_id="none",
    total_amount=0,
)
refused("pre_register_payment", "another secret", NO_SECRET, stranger, payment_id="none", total_amount=1)

refused("get_payment", "unknown", NO_PAYMENT, payment_id="none")
refused("get_payment", "registered, its window not opened", NO_PAYMENT, payment_id="chair")
refused("get_payment", "with another secret", NO_SECRET, stranger, payment_id="chair")
act("stool", "open", checkout())
ask("get_payment", "ready", documents.READY, payment_id="stool")
act("desk", "pending", checkout())
ask("get_payment", "waiting for approval", documents.PENDING, payment_id="desk")
act("lamp", "decline", checkout())
ask("get_payment", "failed", documents.FAILED, payment_id="lamp")
act("table", "issue", checkout(payMethod="VIRTUAL_ACCOUNT"))
ask("get_payment", "waiting for a deposit", documents.WAITING, payment_id="table")
act("sofa", "approve", checkout(payMethod="CARD"))
ask("get_payment", "paid by card", documents.PAID, payment_id="sofa")
act("chair", "approve", checkout(payMethod="TRANSFER", isEscrow=True, totalAmount=13000))
before = documents.escrowed("BeforeRegisteredPaymentEscrow")
ask("get_payment", "paid into escrow", before, payment_id="chair")
refused("pre_register_payment", "what is paid", PAID, payment_id="chair", total_amount=13000)

address = SeparatedAddressInput(
    address_line_1="서울특별시 중구 세종대로 110", address_line_2="1층", country="KR"
)
person = {"phone_number": "010-1234-5678", "zipcode": "04524", "address": address}


def parcel(payment, invoice="1234567890"):
    sent_at = "2040-01-02T10:00:00+09:00"
    return {
        "payment_id": payment,
        "sender": PaymentEscrowSenderInput(name="가게", relationship="본인", **person),
        "receiver": PaymentEscrowReceiverInput(name="김구매", **person),
        "logistics": PaymentLogistics("CJ", invoice, sent_at, address=address),
        "products": [PaymentProduct(id="chair-1", name="의자", amount=13000, quantity=1)],
    }


applied = {
    "is": "ApplyEscrowLogisticsResponse",
    "invoice_number": "1234567890",
    "sent_at": SENT_AT,
    "applied_at": NOW,
}
modified = {
    "is": "ModifyEscrowLogisticsResponse",
    "invoice_number": "987",
    "sent_at": SENT_AT,
    "modified_at": NOW,
}
too_early = pg("C004", "지금 상태에서는 처리할 수 없는 에스크로 거래입니다.")
refused("modify_escrow_logistics", "before it is registered", too_early, **parcel("chair"))
missing = pg(
    "C001", "필수 항목 누락: receiver.name, receiver.phoneNumber, receiver.zipcode, receiver.address"
)
refused("apply_escrow_logistics", "without its receiver", missing, **{**parcel("chair"), "receiver": None})
ask("apply_escrow_logistics", "a parcel", applied, **parcel("chair"))
registered = documents.escrowed("RegisteredPaymentEscrow", **documents.PARCEL)
ask("get_payment", "registered", registered, payment_id="chair")
refused("apply_escrow_logistics", "twice", pg("C003", "이미 배송등록된 거래입니다."), **parcel("chair"))
refused("apply_escrow_logistics", "without escrow", NOT_ESCROW, **parcel("sofa"))
refused("apply_escrow_logistics", "not paid", NOT_PAID, **parcel("stool"))
refused("apply_escrow_logistics", "unknown", NO_PAYMENT, **parcel("none"))
ask("modify_escrow_logistics", "another parcel", modified, **parcel("chair", "987"))
no_part = pg("2015", "에스크로 결제는 부분취소할 수 없습니다.")
refused(
    "cancel_payment", "a part of an escrow payment", no_part, payment_id="chair", reason="흠집", amount=1000
)
refused("confirm_escrow", "without escrow", NOT_ESCROW, payment_id="sofa")
refused("confirm_escrow", "not paid", NOT_PAID, payment_id="stool")
ask(
    "confirm_escrow", "the purchase", {"is": "ConfirmEscrowResponse", "completed_at": NOW}, payment_id="chair"
)
confirmed = documents.escrowed(
    "ConfirmedPaymentEscrow",
    **{**documents.PARCEL, "invoice_number": "987"},
    is_automatically_confirmed=False,
)
ask("get_payment", "confirmed", confirmed, payment_id="chair")
too_late = pg("2013", "구매결정된 에스크로 결제는 취소할 수 없습니다.")
refused("cancel_payment", "after the purchase is confirmed", too_late, payment_id="chair", reason="늦은 변심")

refused("cancel_payment", "unknown", NO_PAYMENT, payment_id="none", reason="변심")
refused("cancel_payment", "not paid", NOT_PAID, payment_id="stool", reason="변심")
refused(
    "cancel_payment",
    "with a wrong balance",
    problem("CancellableAmountConsistencyBroken", "this is not what can be cancelled"),
    payment_id="sofa",
    reason="흠집",
    amount=1000,
    current_cancellable_amount=4000,
)
refused(
    "cancel_payment",
    "more than was paid",
    problem("CancelAmountExceedsCancellableAmount", "more than what can be cancelled"),
    payment_id="sofa",
    reason="흠집",
    amount=5001,
)
refused(
    "cancel_payment",
    "more tax-free than was paid",
    problem("CancelTaxFreeAmountExceedsCancellableTaxFreeAmount", "more tax-free than what can be cancelled"),
    payment_id="sofa",
    reason="흠집",
    amount=1000,
    tax_free_amount=1,
)


def cancellation(document):
    return {"is": "CancelPaymentResponse", "cancellation": document}


part, rest = documents.PART, documents.REST
ask(
    "cancel_payment",
    "a part",
    cancellation(part),
    payment_id="sofa",
    reason="흠집",
    amount=1000,
    current_cancellable_amount=5000,
)
in_part = documents.cancelled("PartialCancelledPayment", 1000, part)
ask("get_payment", "cancelled in part", in_part, payment_id="sofa")
ask("cancel_payment", "the rest", cancellation(rest), payment_id="sofa", reason="반품", requester="CUSTOMER")
ask("get_payment", "cancelled", documents.cancelled("CancelledPayment", 5000, part, rest), payment_id="sofa")
cancelled_already = problem("PaymentAlreadyCancelled", "the payment is cancelled already")
refused("cancel_payment", "what is cancelled", cancelled_already, payment_id="sofa", reason="반품")
act("shelf", "approve", checkout(totalAmount=2000))
cancel = {"route": "POST /payments/{id}/cancel", "paymentId": "shelf"}
control("POST", "/faults", {**cancel, "fault": "pg_refuses"})
refused(
    "cancel_payment",
    "when the PG refuses",
    pg("9999", "scripted refusal of the PG"),
    payment_id="shelf",
    reason="변심",
)
control("POST", "/faults", {**cancel, "fault": "cancel_requested"})
requested = cancellation(documents.REQUESTED)
ask("cancel_payment", "to be carried out later", requested, payment_id="shelf", reason="단순 변심")


def page(items, number, size, total):
    told = {"is": "PageInfo", "number": number, "size": size, "total_count": total}
    return {"is": "GetPaymentsResponse", "items": items, "page": told}


of_escrow = PaymentFilterInput(is_escrow=True)
ask("get_payments", "by escrow", page([confirmed], 0, 10, 1), filter=of_escrow)
second = PageInput(number=1, size=1)
unpaid = PaymentFilterInput(status=["FAILED", "PAY_PENDING"])
ask("get_payments", "by status, second page", page([documents.FAILED], 1, 1, 2), page=second, filter=unpaid)


def items(*payments):
    """Each payment with its cursor."""
    found = [
        {"is": "PaymentWithCursor", "payment": payment, "cursor": cursor} for cursor, payment in payments
    ]
    return {"is": "GetAllPaymentsByCursorResponse", "items": found}


beginning = items(("0", documents.READY), ("1", documents.PENDING))
ask("get_all_payments_by_cursor", "from the beginning", beginning, size=2)
ask("get_all_payments_by_cursor", "onwards", items(("2", documents.FAILED)), size=1, cursor="1")
not_ours = problem("InvalidRequest", "cursor is not one of ours")
refused("get_all_payments_by_cursor", "with another's cursor", not_ours, cursor="x")

suite.finish()
