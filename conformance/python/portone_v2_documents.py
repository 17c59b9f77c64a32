"""What portone-server-sdk makes of payments on the sandbox, whose clock stands still and whose ids follow from its
seed. `is` is the client's class: it tells the statuses apart by it."""

NOW = "2040-01-02T03:04:05.000Z"
STORE = "store-00000000-0000-0000-0000-000000000001"

CHANNEL = {
    "is": "SelectedChannel",
    "type": "TEST",
    "id": "channel-id-channel-key-sandbox",
    "key": "channel-key-sandbox",
    "name": "Sandbox PG (escrow)",
    "pg_provider": "INICIS_V2",
    "pg_merchant_id": "SandboxTest",
}

CARD = {
    "is": "PaymentMethodCard",
    "card": {
        "is": "Card",
        "publisher": "SHINHAN_CARD",
        "issuer": "SHINHAN_CARD",
        "brand": "LOCAL",
        "type": "DEBIT",
        "owner_type": "PERSONAL",
        "name": "신한",
        "number": "123456******1234",
    },
    "approval_number": "30000000",
    "installment": {"is": "PaymentInstallment", "month": 0, "is_interest_free": False},
    "point_used": False,
}

ACCOUNT = {
    "is": "PaymentMethodVirtualAccount",
    "bank": "SHINHAN",
    "account_number": "56239671567452",
    "account_type": "NORMAL",
    "remittee_name": "샌드박스",
    "expired_at": "2040-01-09T03:04:05.000Z",
    "issued_at": NOW,
}

THIRTEEN = {"total": 13000, "vat": 1182, "supply": 11818}
FIVE = {"total": 5000, "vat": 455, "supply": 4545}


def opened(of, payment, transaction, amount):
    nothing = {"paid": 0, "cancelled": 0, "cancelled_tax_free": 0}
    return {
        "is": of,
        "id": payment,
        "transaction_id": transaction,
        "merchant_id": "merchant-00000000-0000-0000-0000-000000000001",
        "store_id": STORE,
        "version": "V2",
        "requested_at": NOW,
        "updated_at": NOW,
        "status_changed_at": NOW,
        "order_name": "의자 1개",
        "amount": {"is": "PaymentAmount", "tax_free": 0, "discount": 0, **nothing, **amount},
        "currency": "KRW",
        "customer": {"is": "Customer", "id": "c1", "name": "김구매"},
        "origin": {
            "is": "PaymentOrigin",
            "platform_type": "PC",
            "ip_address": "127.0.0.1",
            "user_agent": "sandbox",
            "url": "http://localhost/",
        },
        "custom_data": "{}",
    }


READY = opened("ReadyPayment", "stool", "8fd77d13-6362-8a80-8d21-949f7d7fc0ca", FIVE)

PENDING = {
    **opened("PayPendingPayment", "desk", "e11685e3-77f5-88e0-9204-baeb3b6f8f24", FIVE),
    "channel": CHANNEL,
}

FAILED = {
    **opened("FailedPayment", "lamp", "609c6557-2d29-877c-a2ee-dccbe901a964", FIVE),
    "failed_at": NOW,
    "failure": {
        "is": "PaymentFailure",
        "reason": "카드사 승인 거절",
        "pg_code": "3011",
        "pg_message": "카드사 승인 거절",
    },
}

WAITING = {
    **opened("VirtualAccountIssuedPayment", "table", "353dd7af-97dd-834f-9bd8-7931c4d911b5", FIVE),
    "channel": CHANNEL,
    "method": ACCOUNT,
}


def captured(payment, transaction, amount):
    return {
        **opened("PaidPayment", payment, transaction, {**amount, "paid": amount["total"]}),
        "channel": CHANNEL,
        "paid_at": NOW,
        "pg_tx_id": f"sandbox-{transaction}",
        "disputes": [],
    }


def escrowed(of, **escrow):
    """An escrow payment, with its escrow as far as it is."""
    return {
        **captured("chair", "19505e6a-7e4f-8c5c-b21d-e0329f3c5f9d", THIRTEEN),
        "method": {"is": "PaymentMethodTransfer", "bank": "SHINHAN"},
        "escrow": {"is": of, **escrow},
    }


SENT_AT = "2040-01-02T01:00:00.000Z"
PARCEL = {"company": "CJ", "invoice_number": "1234567890", "sent_at": SENT_AT, "applied_at": NOW}

PAID = {**captured("sofa", "49dc6a0d-58fe-8612-9f65-2f0da4c3970f", FIVE), "method": CARD}


def cancellation(cancellation_id, total, vat, reason):
    return {
        "is": "SucceededPaymentCancellation",
        "id": cancellation_id,
        "pg_cancellation_id": f"sandbox-{cancellation_id}",
        "total_amount": total,
        "tax_free_amount": 0,
        "vat_amount": vat,
        "reason": reason,
        "cancelled_at": NOW,
        "requested_at": NOW,
        "trigger": "API",
    }


PART = cancellation("1cc6c4fd-f7d0-8994-b597-fa574e99c6ad", 1000, 91, "흠집")
REST = cancellation("cf9236c9-cf8a-8f17-9ac7-2809eae17298", 4000, 364, "반품")
LATER = cancellation("c836612a-bb6b-809c-a699-0f2c190fa358", 2000, 182, "단순 변심")
REQUESTED = {
    **{name: value for name, value in LATER.items() if name not in ("pg_cancellation_id", "cancelled_at")},
    "is": "RequestedPaymentCancellation",
}


def cancelled(of, amount, *cancellations):
    """The card payment after its cancellations."""
    return {
        **{name: value for name, value in PAID.items() if name != "disputes"},
        "is": of,
        "amount": {**PAID["amount"], "cancelled": amount},
        "cancellations": list(cancellations),
        "cancelled_at": NOW,
    }
