"""A JSON Schema, held to more than the standard asks: no keyword that says nothing, and instants that have a zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

TELLS_NOTHING = frozenset({"$schema", "$defs", "title", "description"})


def checking(schema: Any) -> Draft202012Validator:
    """What finds in which way something is not as this schema says. The schema itself is looked at first."""
    Draft202012Validator.check_schema(schema)
    misspelt = set(_keywords(schema)) - Draft202012Validator.VALIDATORS.keys() - TELLS_NOTHING
    assert not misspelt, f"{misspelt} would be passed over"
    formats = FormatChecker(formats=["date"])
    formats.checks("date-time", raises=ValueError)(_has_a_zone)
    return Draft202012Validator(schema, format_checker=formats)


def _has_a_zone(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _keywords(schema: Any) -> Iterator[str]:
    """Those of this schema and of all that are in it."""
    if not isinstance(schema, dict):
        return
    for keyword, said in schema.items():
        yield keyword
        by_name = said.values() if keyword in {"properties", "$defs"} else ()
        for one in by_name or (said if isinstance(said, list) else [said]):
            yield from _keywords(one)
