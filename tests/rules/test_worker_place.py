"""When a dead worker of the service is started again."""

from __future__ import annotations

from dispatch.cli.serving import GOOD_LIFE_SECONDS, LONGEST_PAUSE_SECONDS, WorkerPlace


def test_a_worker_that_has_served_well_is_started_again_at_once() -> None:
    place = WorkerPlace(started=0.0).died(GOOD_LIFE_SECONDS)
    assert place.due(GOOD_LIFE_SECONDS)


def test_one_that_dies_young_again_and_again_is_started_ever_more_slowly() -> None:
    now, place, pauses = 0.0, WorkerPlace(started=0.0), []
    for _ in range(8):
        place = place.died(now + 0.2)
        assert place.again_at is not None
        assert place.due(place.again_at)
        pauses.append(place.again_at - now - 0.2)
        now = place.again_at
        place = place.starting(now)
    assert [round(pause, 6) for pause in pauses] == [0.5, 1, 2, 4, 8, *[LONGEST_PAUSE_SECONDS] * 3]


def test_a_good_life_in_between_forgets_the_young_deaths() -> None:
    place = WorkerPlace(started=0.0).died(0.1).starting(1.0).died(1.1).starting(3.0)
    assert place.died(3.0 + GOOD_LIFE_SECONDS).pause_seconds == 0.0


def test_while_a_worker_runs_nothing_is_due() -> None:
    assert not WorkerPlace(started=0.0).due(1e9)
    assert not WorkerPlace(started=0.0).died(0.1).due(0.2)
