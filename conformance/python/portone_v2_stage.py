"""What the suites of portone-server-sdk share: the clients, by the same calls `sync` or `async`, and how their answers
and errors are looked at."""

import asyncio
import sys

from portone_server_sdk import PortOneClient

from check import STAGE, Suite
from portone_v2_documents import STORE

KIND = sys.argv[1]
suite = Suite(f"portone-server-sdk 0.21.0, {KIND}")
loop = asyncio.new_event_loop()


def connect(secret):
    return PortOneClient(secret=secret, base_url=STAGE["portoneV2"], store_id=STORE)


shop, stranger = connect("sandbox-api-secret"), connect("another secret")


def call(client, name, options):
    """The function, or its twin that is awaited."""
    if KIND == "sync":
        return getattr(client, name)(**options)
    return loop.run_until_complete(getattr(client, f"{name}_async")(**options))


def ask(name, what, expected, **options):
    suite.answers(f"payment.{name}", what, lambda: call(shop.payment, name, options), expected)


def refused(name, what, expected, client=shop, **options):
    """The error's class, and all that it tells."""
    suite.throws(
        f"payment.{name}",
        what,
        lambda: call(client.payment, name, options),
        lambda error: {"is": type(error).__name__, **error.__dict__},
        expected,
    )


def problem(of, message):
    return {"is": f"{of}Error", "message": message}


def pg(code, message):
    return {**problem("PgProvider", "the PG answered with an error"), "pg_code": code, "pg_message": message}


NO_PAYMENT = problem("PaymentNotFound", "there is no such payment")
NO_SECRET = problem("Unauthorized", "the API secret or token is not valid")
NOT_PAID = problem("PaymentNotPaid", "the payment is not paid")
PAID = problem("AlreadyPaid", "the payment is paid already")
NOT_ESCROW = pg("C002", "에스크로 결제가 아닙니다.")


def checkout(**more):
    common = {"orderName": "의자 1개", "customerId": "c1", "fullName": "김구매", "totalAmount": 5000}
    return {"checkout": {**common, **more}}
