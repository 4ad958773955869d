"""Finding a time zone by what a person types."""

from __future__ import annotations

import tomllib
import zoneinfo

import pytest

from bot.content.library import HERE, Library
from bot.content.places import Places
from bot.content.spelling import simplify


@pytest.fixture(scope="module")
def places(library: Library) -> Places:
    return library.places


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("  berlin ", "Europe/Berlin"),
        ("Leeds", "Europe/London"),
        ("São Paulo", "America/Sao_Paulo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Paris, France", "Europe/Paris"),
        ("paris fr", "Europe/Paris"),
        ("Germany", "Europe/Berlin"),
        ("united kingdom", "Europe/London"),
        ("UK", "Europe/London"),
        ("CET", "Europe/Berlin"),
        ("est", "America/New_York"),
        ("GMT", "Etc/UTC"),
        ("UTC+2", "Etc/GMT-2"),
        ("gmt -05:00", "Etc/GMT+5"),
        ("+5:30", "Asia/Kolkata"),
        ("europe/be", "Europe/Belgrade"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("new yo", "America/New_York"),
        ("Lodnon", "Europe/London"),
        ("Warsawa", "Europe/Warsaw"),
    ],
)
def test_the_first_find_is_what_was_meant(places: Places, typed: str, zone: str) -> None:
    assert places.find(typed, 25)[0].zone == zone


def test_an_abbreviation_of_many_places_offers_all_of_them(places: Places) -> None:
    assert [place.zone for place in places.find("IST", 3)] == ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]


def test_a_country_of_many_zones_offers_each_once(places: Places) -> None:
    zones = [place.zone for place in places.find("Brazil", 25)]

    assert len(zones) == len(set(zones)) > 5


def test_nothing_typed_offers_well_known_places(places: Places) -> None:
    assert len(places.find("", 25)) == 25


@pytest.mark.parametrize("typed", ["zzzz", "qx", "+99:99", "!!", "😀", "a" * 500])
def test_what_is_no_place_finds_nothing_or_little_and_never_fails(places: Places, typed: str) -> None:
    assert len(places.find(typed, 25)) <= 25


def test_every_place_that_can_be_found_is_in_a_zone_of_the_pinned_tzdata(places: Places) -> None:
    offered = {place.zone for letter in "abcdefghijklmnopqrstuvwxyz" for place in places.find(letter, 10_000)}

    assert offered <= zoneinfo.available_timezones()
    assert len(offered) > 400


def test_every_abbreviation_and_offset_is_a_zone_that_exists(places: Places) -> None:
    table = tomllib.loads((HERE / "zones.toml").read_text("utf-8"))
    there_are = zoneinfo.available_timezones()

    for name, zones in table["abbreviation"].items():
        assert set(zones) <= there_are, name
        assert places.find(name, 10)[0].zone == zones[0]
    assert set(table["offset"].values()) <= there_are


def test_a_zone_is_named_by_its_largest_city(places: Places) -> None:
    assert places.at("Europe/Berlin").name == "Berlin, Germany"
    assert places.at("Etc/GMT-2").name == "GMT-2"


def test_names_that_differ_in_accents_and_signs_are_the_same() -> None:
    assert simplify("  Saint-Étienne ") == simplify("saint etienne")
    assert simplify("America/New_York") == "america new york"
