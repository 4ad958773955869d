"""The export for programs, and the schema of it that is published."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.rules.consent import Purpose
from bot.rules.occurrence import Answer, Kind, State
from bot.rules.plan import PlanState
from bot.store.schema import member_tables
from cogs._ui.privacy import EXPORT_FORMAT
from tests.cogs.test_privacy import full_member, read
from tests.support.code import ROOT
from tests.support.json_schema import checking
from tests.support.world import World


@pytest.fixture
def schema() -> Any:
    return json.loads((ROOT / "docs" / f"{EXPORT_FORMAT}.schema.json").read_text("utf-8"))


def tables_in(schema: Any) -> dict[str, Any]:
    return dict(schema["properties"]["tables"]["properties"])


async def exported(world: World) -> Any:
    return json.loads((await read(await world.robin.slash("privacy export")))["porchlight.json"])


async def test_an_export_is_as_the_published_schema_says(world: World, schema: Any) -> None:
    await full_member(world)
    await world.robin.press("Did it", on=await world.to_next_nudge())
    await world.to_next_nudge()
    export = await exported(world)

    assert set(export["tables"]) == set(tables_in(schema)), "every table was tried"
    assert list(checking(schema).iter_errors(export)) == []


async def test_the_export_of_whose_key_is_lost_is_as_the_schema_says_too(world: World, schema: Any) -> None:
    await full_member(world)
    world.lose_keys()
    export = await exported(world)

    assert export["tables"]["check_in"][0]["picks"] == {"unreadable": True}
    assert list(checking(schema).iter_errors(export)) == []


async def test_what_is_not_as_the_schema_says_is_found(world: World, schema: Any) -> None:
    await full_member(world)
    export, published = await exported(world), checking(schema)
    for table, rows in export["tables"].items():
        for name in rows[0]:
            for wrong in (["x"], ...):
                other = copy.deepcopy(export)
                if wrong is ...:
                    del other["tables"][table][0][name]
                else:
                    other["tables"][table][0][name] = wrong
                assert not published.is_valid(other), f"{table}.{name} may be {wrong}"
    assert not published.is_valid({**export, "more": 1})
    assert not published.is_valid({**export, "exported_at": "2026-03-01T08:00:00"}), "an instant without a zone"


def test_a_keyword_of_the_schema_that_would_be_passed_over_is_found(schema: Any) -> None:
    schema["properties"]["tables"]["addtionalProperties"] = False

    with pytest.raises(AssertionError, match="addtionalProperties"):
        checking(schema)


def test_the_schema_tells_of_every_column_and_of_no_other(schema: Any) -> None:
    told = {table: set(one["items"]["properties"]) for table, one in tables_in(schema).items()}
    required = {table: set(one["items"]["required"]) for table, one in tables_in(schema).items()}

    assert told == required == {table.name: set(table.columns.keys()) for table in member_tables()}


def fields(part: Any, at: str = "export") -> Iterator[tuple[str, Any]]:
    """Every field that the schema names, however deep."""
    for name, one in part.get("properties", {}).items():
        yield f"{at}.{name}", one
        yield from fields(one, f"{at}.{name}")
    if "items" in part:
        yield from fields(part["items"], at)


def test_no_field_of_the_schema_lacks_a_description_in_plain_words(schema: Any) -> None:
    told = dict(fields(schema))

    assert len(told) > 50
    for at, one in told.items():
        name, said = at.rpartition(".")[2], one.get("description", "")
        assert len(said.split()) >= 4, f"{at} has no description"
        assert said.endswith("."), at
        assert name == "format" or "_" not in name or name not in said, f"{at} is only told by its own name"


def test_the_names_that_the_schema_lists_are_those_of_the_code(schema: Any) -> None:
    listed = {
        (table, name): set(one["enum"])
        for table, rows in tables_in(schema).items()
        for name, one in rows["items"]["properties"].items()
        if "enum" in one
    }
    answer = tables_in(schema)["occurrence"]["items"]["properties"]["answer"]
    (answers,) = (one for one in answer["anyOf"] if "enum" in one)

    assert listed == {
        ("consent", "purpose"): set(Purpose),
        ("plan", "state"): set(PlanState),
        ("occurrence", "kind"): set(Kind),
        ("occurrence", "state"): set(State),
    }
    assert set(answers["enum"]) == set(Answer)
    assert schema["properties"]["format"]["const"] == schema["title"] == EXPORT_FORMAT
