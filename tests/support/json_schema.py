"""As much of JSON Schema as the published one uses. A keyword that is not known here is an error, never passed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
TELLS_NOTHING = {"$schema", "$defs", "title", "description", "properties"}


def violations(value: Any, schema: Any, root: Any, at: str = "export") -> Iterator[str]:
    """Everything in which the value is not as the schema says, each with where it is."""
    for keyword, said in schema.items():
        if keyword == "$ref":
            yield from violations(value, root["$defs"][said.removeprefix("#/$defs/")], root, at)
        elif keyword == "anyOf":
            if all(list(violations(value, one, root, at)) for one in said):
                yield f"{at} is none of what it may be: {value!r}"
        elif keyword == "items":
            for number, one in enumerate(value if isinstance(value, list) else []):
                yield from violations(one, said, root, f"{at}[{number}]")
        elif keyword == "additionalProperties":
            yield from _in_properties(value, schema, root, at)
        elif keyword not in TELLS_NOTHING and not _holds(value, keyword, said):
            yield f"{at} is not {keyword} {said}: {value!r}"


def _holds(value: Any, keyword: str, said: Any) -> bool:
    """Whether the value is as this keyword says, which looks at it alone."""
    holds: Mapping[str, Callable[[], bool]] = {
        "type": lambda: any(_is(value, one) for one in ([said] if isinstance(said, str) else said)),
        "enum": lambda: value in said,
        "const": lambda: value == said,
        "required": lambda: not isinstance(value, dict) or value.keys() >= set(said),
        "pattern": lambda: not isinstance(value, str) or re.search(said, value) is not None,
        "format": lambda: not isinstance(value, str) or _reads(value, said),
    }
    return holds[keyword]()


def _in_properties(value: Any, schema: Any, root: Any, at: str) -> Iterator[str]:
    known, others = schema.get("properties", {}), schema["additionalProperties"]
    for name, one in value.items() if isinstance(value, dict) else ():
        if name in known or others is not False:
            yield from violations(one, known.get(name, others), root, f"{at}.{name}")
        else:
            yield f"{at} has {name}, which the schema does not know"


def _is(value: Any, kind: str) -> bool:
    if kind == "integer" and isinstance(value, bool):
        return False
    return isinstance(value, TYPES[kind])


def _reads(value: str, said: str) -> bool:
    try:
        read = {"date": date.fromisoformat, "date-time": datetime.fromisoformat}[said](value)
    except ValueError:
        return False
    return said == "date" or getattr(read, "tzinfo", None) is not None
