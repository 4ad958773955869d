"""Sealed columns: JSON, sealed with the member's key to the very row and column where it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Column, RowMapping, Table

from bot.errors import Unsealable
from bot.keys import MemberKey, Place
from bot.keys.sealing import LEAST_BYTES
from bot.rules.held import Unreadable
from bot.store.schema import Sealed

MEMBER: Final = "member_id"


def sealed(key: MemberKey, column: Column[Any], row_id: str, value: object) -> bytes:
    """What to store in that column of that row."""
    least = column.type.least if isinstance(column.type, Sealed) else LEAST_BYTES
    return key.seal(_place(column, row_id), _json(value), least)


def opened(key: MemberKey, table: Table, row: RowMapping | Mapping[str, Any]) -> dict[str, Any]:
    """The row, with what is sealed in it as it was before. Raises Unsealable."""
    return {**row, **{column.name: _open(key, column, row) for column in _sealed_in(table, row)}}


def told(key: MemberKey | None, table: Table, row: RowMapping | Mapping[str, Any]) -> dict[str, Any]:
    """The same for whoever is to see all there is: what does not open is UNREADABLE, as all of it is without a key."""
    return {**row, **{column.name: _told(key, column, row) for column in _sealed_in(table, row)}}


def mark(key: MemberKey, value: object) -> str:
    """An id that is the same for the same value, and tells nothing about it to anybody without the key."""
    return key.mark(_json(value))


def sealed_columns(table: Table) -> list[Column[Any]]:
    """Those of the table's columns whose values are sealed."""
    return [column for column in table.columns if isinstance(column.type, Sealed)]


def id_column(table: Table) -> Column[Any]:
    """What tells a member's rows of that table apart; the member, where there is one row of each."""
    others = [one for one in table.primary_key.columns if one.name != MEMBER]
    return others[0] if others else table.c[MEMBER]


def _sealed_in(table: Table, row: RowMapping | Mapping[str, Any]) -> list[Column[Any]]:
    return [column for column in sealed_columns(table) if row[column.name] is not None]


def _open(key: MemberKey, column: Column[Any], row: RowMapping | Mapping[str, Any]) -> Any:
    row_id = str(row[id_column(column.table).name])
    return json.loads(key.open(_place(column, row_id), row[column.name]))


def _told(key: MemberKey | None, column: Column[Any], row: RowMapping | Mapping[str, Any]) -> Any:
    try:
        return Unreadable.UNREADABLE if key is None else _open(key, column, row)
    except Unsealable:
        return Unreadable.UNREADABLE


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _place(column: Column[Any], row_id: str) -> Place:
    return Place(column.table.name, column.name, row_id)
