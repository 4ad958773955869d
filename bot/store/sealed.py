"""Sealed columns: JSON, sealed with the member's key to the very row and column where it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Column, RowMapping, Table

from bot.keys import MemberKey, Place
from bot.store.schema import Sealed

MEMBER: Final = "member_id"


def sealed(key: MemberKey, column: Column[Any], row_id: str, value: object) -> bytes:
    """What to store in that column of that row."""
    return key.seal(_place(column, row_id), _json(value))


def opened(key: MemberKey, table: Table, row: RowMapping | Mapping[str, Any]) -> dict[str, Any]:
    """The row, with what is sealed in it as it was before. Raises Unsealable."""
    row_id = str(row[id_column(table).name])
    open_now = {
        column.name: json.loads(key.open(_place(column, row_id), row[column.name]))
        for column in sealed_columns(table)
        if row[column.name] is not None
    }
    return {**row, **open_now}


def mark(key: MemberKey, value: object) -> str:
    """An id that is the same for the same value, and tells nothing about it to anybody without the key."""
    return key.mark(_json(value))


def sealed_columns(table: Table) -> list[Column[Any]]:
    """Those of the table's columns whose values are sealed."""
    return [column for column in table.columns if isinstance(column.type, Sealed)]


def id_column(table: Table) -> Column[Any]:
    """What tells a member's rows of that table apart."""
    (column,) = (one for one in table.primary_key.columns if one.name != MEMBER)
    return column


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _place(column: Column[Any], row_id: str) -> Place:
    return Place(column.table.name, column.name, row_id)
