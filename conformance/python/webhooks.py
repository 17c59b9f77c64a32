"""Webhooks, both ways: PyPI standardwebhooks and portone-server-sdk verify what the sandbox signs; our verifier takes
what PyPI standardwebhooks signs."""

import datetime
import json
import os
import subprocess
import time

from portone_server_sdk import webhook as portone
from standardwebhooks import Webhook

from check import Suite, act, control, plain
from receiver import Receiver

suite = Suite("standardwebhooks 1.1.0 and portone-server-sdk 0.21.0")
OLD = "whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0zMi1ieXRlcyE="
NEW = "whsec_c2FuZGJveC1uZXh0LXdlYmhvb2stc2VjcmV0LTMyLWI="
OTHER = "whsec_bm90IG9uZSBvZiB0aGUgc2hvcCdzIHNlY3JldHM="
STORE = "store-00000000-0000-0000-0000-000000000001"
# The sandbox's own; all else is known.
ITS_OWN = ("timestamp", "transactionId", "transaction_id", "cancellationId", "cancellation_id")

receiver = Receiver()
control("PUT", "/webhook-urls", {"portone-v2": receiver.url})


def known(value):
    """A webhook without what the sandbox chose itself."""
    if isinstance(value, dict):
        return {name: known(of) for name, of in value.items() if name not in ITS_OWN}
    return value


def sent(payment, action, body):
    act(payment, action, body)
    return receiver.next()


CHECKOUT = {"checkout": {"totalAmount": 5000}}
CONFIRM = {"checkout": {"totalAmount": 5000, "confirmUrl": receiver.url}}
# Each with the client's classes for the webhook and for its data.
KINDS = [
    ("a", "pending", CHECKOUT, "PayPending", "PayPending", "DataPayPending"),
    ("a", "approve", {}, "Paid", "Paid", "DataPaid"),
    (
        "a",
        "cancel",
        {"amount": 1000},
        "PartialCancelled",
        "CancelledPartialCancelled",
        "CancelledDataPartialCancelled",
    ),
    (
        "a",
        "cancel",
        {"requested": True},
        "CancelPending",
        "CancelledCancelPending",
        "CancelledDataCancelPending",
    ),
    ("a", "settle", {"succeeded": True}, "Cancelled", "CancelledCancelled", "CancelledDataCancelled"),
    ("b", "issue", CHECKOUT, "VirtualAccountIssued", "VirtualAccountIssued", "DataVirtualAccountIssued"),
    ("c", "decline", CHECKOUT, "Failed", "Failed", "DataFailed"),
    ("d", "approve", CHECKOUT, "Paid", "Paid", "DataPaid"),
    ("d", "dispute", {}, "DisputeCreated", "DisputeCreated", "DataDisputeCreated"),
    ("d", "resolve", {}, "DisputeResolved", "DisputeResolved", "DataDisputeResolved"),
    # The shop is asked before the money is taken.
    ("e", "approve", CONFIRM, "Confirm", "Confirm", "DataConfirm"),
]
paid = None
for payment, action, body, kind, of, data in KINDS:
    headers, text = sent(payment, action, body)
    paid = (headers, text) if kind == "Paid" else paid
    amount = 5000 if kind == "Confirm" else None
    wire = {"storeId": STORE, "paymentId": payment, **({"totalAmount": amount} if amount else {})}
    fields = {"store_id": STORE, "payment_id": payment, **({"total_amount": amount} if amount else {})}
    for name, secret in (("the old secret", OLD), ("the new secret", NEW)):
        suite.answers(
            "standardwebhooks.Webhook.verify",
            f"{kind}, {name}",
            lambda: known(Webhook(secret).verify(text, headers)),
            {"type": f"Transaction.{kind}", "data": wire},
        )
        suite.answers(
            "portone_server_sdk.webhook.verify",
            f"{kind}, {name}",
            lambda: known(plain(portone.verify(secret, text, headers))),
            {"is": f"WebhookTransaction{of}", "data": {"is": f"WebhookTransaction{data}", **fields}},
        )
# Told of the payment that was confirmed.
receiver.next()

NO_MATCH = ("No matching signature found", "NO_MATCHING_SIGNATURE")
headers, text = paid
without_id = {name: value for name, value in headers.items() if name != "webhook-id"}
refusals = [
    ("another secret", OTHER, paid, *NO_MATCH),
    ("a changed body", NEW, (headers, text.replace("Paid", "Pale")), *NO_MATCH),
    ("no id", NEW, (without_id, text), "Missing required headers", "MISSING_REQUIRED_HEADERS"),
]
control("POST", "/faults", {"route": "webhook", "fault": "forge"})
refusals.append(("a forged one", NEW, sent("forged", "approve", CHECKOUT), *NO_MATCH))
control("POST", "/faults", {"route": "webhook", "fault": "stale"})
stale = sent("stale", "approve", CHECKOUT)
refusals.append(("a stale one", NEW, stale, "Message timestamp too old", "TIMESTAMP_TOO_OLD"))
for what, secret, (headers, text), message, reason in refusals:
    suite.throws(
        "standardwebhooks.Webhook.verify", what, lambda: Webhook(secret).verify(text, headers), str, message
    )
    suite.throws(
        "portone_server_sdk.webhook.verify",
        what,
        lambda: portone.verify(secret, text, headers),
        lambda error: error.reason,
        reason,
    )
receiver.close()


def verdict(secrets, webhook):
    """What our own verifier says of a webhook."""
    asked = json.dumps({"secrets": secrets, **webhook}) + "\n"
    verifier = os.environ["CONFORMANCE_VERIFIER"]
    return subprocess.run([verifier], input=asked, capture_output=True, text=True, check=True).stdout.strip()


def signed(secret, body, age=0):
    """A webhook signed by the package, so many seconds ago."""
    seconds = int(time.time()) - age
    at = datetime.datetime.fromtimestamp(seconds, tz=datetime.timezone.utc)
    signature = Webhook(secret).sign("msg_1", at, body)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(seconds), "webhook-signature": signature}
    return {"headers": headers, "body": body}


def takes(what, secrets, webhook, expected):
    suite.answers("standardwebhooks.Webhook.sign", what, lambda: verdict(secrets, webhook), expected)


BODY = '{"type":"Transaction.Paid","data":{"orderName":"의자 1개 \\u00e9"}}'
TAKEN = "taken: msg_1"
UNSIGNED = "refused: no signature matches"
takes("by the only secret", [OLD], signed(OLD, BODY), TAKEN)
takes("by the first of two", [OLD, NEW], signed(OLD, BODY), TAKEN)
takes("by the second of two", [OLD, NEW], signed(NEW, BODY), TAKEN)
takes("a secret without its prefix", [NEW.removeprefix("whsec_")], signed(NEW, BODY), TAKEN)
takes("nearly five minutes old", [NEW], signed(NEW, BODY, 290), TAKEN)
takes("more than five minutes old", [NEW], signed(NEW, BODY, 310), "refused: the webhook is too old")
takes(
    "more than five minutes ahead", [NEW], signed(NEW, BODY, -310), "refused: the webhook is from the future"
)
takes("by another secret", [OLD, NEW], signed(OTHER, BODY), UNSIGNED)
takes("over another body", [NEW], {**signed(NEW, BODY), "body": BODY.replace("Paid", "Pale")}, UNSIGNED)

suite.finish()
