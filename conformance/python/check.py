"""What every suite of Python does with its cases: run them, compare with literals, print one line per function."""

import dataclasses
import difflib
import json
import os
import pprint
import traceback
import urllib.request

# The addresses of the sandbox this suite was started with.
STAGE = json.loads(os.environ.get("CONFORMANCE_STAGE", "{}"))


def plain(value):
    """A client's objects as dictionaries that name their class under `is`; what is None is left out."""
    if dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
        known = {name: plain(of) for name, of in fields.items() if of is not None}
        return {"is": type(value).__name__, **known}
    if isinstance(value, dict):
        return {name: plain(of) for name, of in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(of) for of in value]
    return value


def same(answer, expected):
    """Equal, and of equal types: 1000 is not 1000.0, and True is not 1."""
    if repr(answer) == repr(expected) or json.dumps(answer, sort_keys=True) == json.dumps(
        expected, sort_keys=True
    ):
        return
    lines = (pprint.pformat(side, width=110).splitlines() for side in (expected, answer))
    raise AssertionError("\n".join(difflib.unified_diff(*lines, "expected", "answered", lineterm="")))


class Suite:
    def __init__(self, name):
        self._name = name
        self._functions = {}

    def answers(self, name, what, call, expected):
        """The function must answer exactly this."""
        self._run(name, what, lambda: same(plain(call()), expected))

    def throws(self, name, what, call, seen, expected):
        """The function must raise something that `seen` turns into exactly this."""

        def check():
            try:
                answer = call()
            except Exception as error:
                return same(plain(seen(error)), expected)
            raise AssertionError(f"it did not raise but answer {answer!r}")

        self._run(name, what, check)

    def _run(self, name, what, check):
        good, bad = self._functions.get(name, (0, 0))
        try:
            check()
            self._functions[name] = (good + 1, bad)
        except Exception:
            self._functions[name] = (good, bad + 1)
            print(f"     {name}: {what}:\n{traceback.format_exc()}")

    def finish(self):
        """One line per function, and the process's end."""
        for name, (good, bad) in self._functions.items():
            print(f"{'FAIL' if bad else 'ok  '} {name} ({good} of {good + bad} cases)")
        conform = sum(1 for _, bad in self._functions.values() if bad == 0)
        print(f"{self._name}: {conform} of {len(self._functions)} functions conform")
        raise SystemExit(0 if 0 < conform == len(self._functions) else 1)


def control(method, path, body=None):
    """Asks the sandbox's control plane, where a test plays the buyer, the bank and the network."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(STAGE["control"] + path, data=data, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def act(payment, action, body=None, protocol="portone-v2"):
    """Plays one action to one payment, of PortOne V2 if no other protocol is named."""
    return control("POST", f"/{protocol}/payments/{payment}/{action}", body if body is not None else {})
