"""The fold of events into cards: replacing, leaving out what is over, ignoring what is unknown."""

import pytest

from dispatch.console.board import Board, GapError, board_of, fold


def incident(id: str, status: str = "open") -> dict[str, object]:
    return {"id": id, "status": status}


def test_a_card_replaces_the_older_one() -> None:
    board = board_of(4, {"units": [{"id": "u", "retired": False, "status": "standby"}]})
    after = fold(board, 5, {"cards": {"units": [{"id": "u", "retired": False, "status": "en_route"}]}})
    assert after.seq == 5
    assert after.units["u"]["status"] == "en_route"
    assert board.units["u"]["status"] == "standby"


def test_what_belongs_to_a_closed_incident_goes_with_it() -> None:
    cards = {
        "incidents": [incident("i"), incident("j")],
        "assignments": [{"id": "a", "incident": "i"}, {"id": "b", "incident": "j"}],
        "notices": [{"id": "n", "incident": "i"}],
    }
    after = fold(board_of(1, cards), 2, {"cards": {"incidents": [incident("i", "closed")]}})
    assert set(after.incidents) == {"j"}
    assert set(after.assignments) == {"b"}
    assert after.notices == {}


def test_a_late_receipt_for_a_closed_incident_is_not_shown() -> None:
    after = fold(Board(1), 2, {"cards": {"notices": [{"id": "n", "incident": "gone"}]}})
    assert after.notices == {}


def test_an_incident_comes_with_its_assignments_in_one_event() -> None:
    cards = {"assignments": [{"id": "a", "incident": "i"}], "incidents": [incident("i")]}
    assert set(fold(Board(0), 1, {"cards": cards}).assignments) == {"a"}


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("units", {"id": "x", "retired": True}),
        ("conditions", {"id": "x", "removed_at": "2026-04-04T00:00:00.000Z"}),
    ],
)
def test_what_is_over_leaves_the_board(kind: str, gone: dict[str, object]) -> None:
    there = {**gone, "retired": False, "removed_at": None}
    board = board_of(1, {kind: [there]})
    assert getattr(board, kind)
    assert not getattr(fold(board, 2, {"cards": {kind: [gone]}}), kind)


def test_stations_and_zones_ride_beside_the_cards() -> None:
    station = {"code": "s", "retired": False}
    board = fold(
        Board(0), 1, {"stations": [station], "zones": [{"code": "z", "retired": False}], "cards": {}}
    )
    assert set(board.stations) == {"s"}
    assert fold(board, 2, {"stations": [{**station, "retired": True}]}).stations == {}


def test_repeats_and_unknown_things_change_nothing() -> None:
    board = board_of(3, {"units": [{"id": "u", "retired": False}]})
    assert fold(board, 3, {"cards": {"units": [{"id": "u", "retired": True}]}}) is board
    after = fold(board, 4, {"cards": {"dragons": [{"id": "d"}]}, "counts": {"zones": 3}, "zones": 7})
    assert after.cards() == board.cards()


def test_a_missing_event_is_noticed() -> None:
    with pytest.raises(GapError, match="event 5 after 3"):
        fold(Board(3), 5, {})
