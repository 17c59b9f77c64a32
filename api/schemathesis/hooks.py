"""An Idempotency-Key belongs to one request for ever, while a generator likes to repeat itself: the second request
under a key would be refused, rightly. So keys are left out here; tests/it/idempotency.rs is about them."""

import schemathesis

NAME = "Idempotency-Key"


@schemathesis.hook
def before_load_schema(context, raw_schema):
    # It never ends; tests/it/live.rs is about it.
    raw_schema["paths"].pop("/events/stream", None)
    for item in raw_schema["paths"].values():
        for operation in item.values():
            parameters = operation.get("parameters", [])
            operation["parameters"] = [one for one in parameters if one.get("name") != NAME]
