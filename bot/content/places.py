"""Finding a time zone by what a person types: a city, a country, an abbreviation, an offset.

Exact beginnings come first, the largest city leading; only when nothing begins like that are misspellings considered.
What was typed is looked up and forgotten.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Final

from babel import Locale
from rapidfuzz import fuzz, process

from bot.content.spelling import LONGEST_TYPED, simplify

OFFSET: Final = re.compile(r"(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
FUZZY_FROM_LETTERS: Final = 4
FUZZY_SCORE: Final = 78


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a person may be: what to call it, and its IANA time zone."""

    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class City:
    """A line of cities.tsv: its name, country code and IANA zone."""

    name: str
    country: str
    zone: str


class Places:
    """The gazetteer: cities from cities.tsv, the largest first; zones from the pinned tzdata; countries from CLDR."""

    def __init__(self, cities: Iterable[City], abbreviations: dict[str, list[str]], offsets: dict[str, str]) -> None:
        self._cities = tuple(cities)
        self._abbreviations = abbreviations
        self._offsets = offsets

    def find(self, typed: str, limit: int) -> list[Place]:
        """The places meant by `typed`, the likeliest first; well-known ones when nothing was typed."""
        typed = typed[:LONGEST_TYPED]
        query = simplify(typed)
        if not query and not OFFSET.fullmatch(typed.strip()):
            return self._one_per_zone(self._city_place(city) for city in self._cities)[:limit]
        found = self._one_per_zone([*self._exact(typed), *self._beginning(query)])
        if not found and len(query) >= FUZZY_FROM_LETTERS:
            found = self._one_per_zone(self._alike(query))
        return found[:limit]

    def at(self, zone: str) -> Place:
        """The place to name a zone by: its largest city."""
        return self._zone_place(zone)

    def _exact(self, typed: str) -> Iterator[Place]:
        written = typed.strip()
        for zone in self._abbreviations.get(written.upper(), []):
            yield self._zone_place(zone)
        if match := OFFSET.fullmatch(written):
            sign, hours, minutes = match.groups(default="00")
            offset = f"{sign}{int(hours):02}:{minutes}"
            if offset in self._offsets:
                yield Place(f"UTC{offset}", self._offsets[offset])

    def _beginning(self, query: str) -> Iterator[Place]:
        keys, places = self._index
        at = bisect_left(keys, query)
        matches = []
        while at < len(keys) and keys[at].startswith(query):
            matches.append(places[at])
            at += 1
        yield from (place for _, place in sorted(matches, key=lambda ranked: ranked[0]))

    def _alike(self, query: str) -> Iterator[Place]:
        names = [simplify(city.name) for city in self._cities]
        for _, _, at in process.extract(query, names, scorer=fuzz.ratio, score_cutoff=FUZZY_SCORE, limit=10):
            yield self._city_place(self._cities[at])

    @cached_property
    def _index(self) -> tuple[list[str], list[tuple[int, Place]]]:
        """Every name that can be begun to be typed, sorted, with the rank and place it stands for."""
        entries: list[tuple[str, int, Place]] = []
        for rank, city in enumerate(self._cities):
            place = self._city_place(city)
            entries.append((simplify(f"{city.name} {self._country(city.country)}"), rank, place))
            entries.append((simplify(f"{self._country(city.country)} {city.name}"), rank, place))
        for zone in _zones_of_the_world():
            place = self._zone_place(zone)
            entries.append((simplify(zone), len(self._cities), place))
            entries.append((simplify(zone.rpartition("/")[2]), len(self._cities), place))
        entries.sort(key=lambda entry: entry[0])
        return [key for key, _, _ in entries], [(rank, place) for _, rank, place in entries]

    @cached_property
    def _largest(self) -> dict[str, City]:
        return {city.zone: city for city in reversed(self._cities)}

    def _zone_place(self, zone: str) -> Place:
        city = self._largest.get(zone)
        return self._city_place(city) if city else Place(zone.rpartition("/")[2].replace("_", " "), zone)

    def _city_place(self, city: City) -> Place:
        return Place(f"{city.name}, {self._country(city.country)}", city.zone)

    def _country(self, code: str) -> str:
        return str(self._territories.get(code, code))

    @cached_property
    def _territories(self) -> dict[str, str]:
        return dict(Locale("en").territories)

    @staticmethod
    def _one_per_zone(places: Iterable[Place]) -> list[Place]:
        found: dict[str, Place] = {}
        for place in places:
            found.setdefault(place.zone, place)
        return list(found.values())


def _zones_of_the_world() -> list[str]:
    """The zones that are places: without the aliases, abbreviations and offsets that tzdata also holds."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    return sorted(line.split("\t")[2].strip() for line in table.splitlines() if not line.startswith("#"))


def read_places(folder: Path) -> Places:
    """The gazetteer from the files in `folder`."""
    table = tomllib.loads((folder / "zones.toml").read_text("utf-8"))
    lines = (folder / "cities.tsv").read_text("utf-8").splitlines()
    cities = [City(*line.split("\t")) for line in lines if not line.startswith("#")]
    return Places(cities, table["abbreviation"], table["offset"])
