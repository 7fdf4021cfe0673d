"""What /openapi.json cannot say: parameters that exclude each other, or bound each other.

Where a case is meant to be valid, they are taken out of it. Everything else has to hold as it is documented.
"""

import schemathesis
from schemathesis import GenerationMode


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE or not case.query:
        return
    # A cursor excludes `page`, and is what an answer to the same question gave.
    case.query.pop("cursor", None)
    # `page` times `limit` is at most 10000.
    if "page" in case.query:
        case.query["page"] = min(int(case.query["page"]), 100)
    # The range is not empty, and a step gives at most 1000 points of it.
    if case.operation.path.endswith("/viewers"):
        for name in ("from", "to"):
            case.query.pop(name, None)
