"""How much may a source send?"""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from incident.configuration import DeliveryLimit
from service.gathering import TooMany
from service.rates import Rates

TEN_A_MINUTE = DeliveryLimit(deliveries=10, within=timedelta(minutes=1))


@dataclass
class Clock:
    time: float = 0.0

    def __call__(self) -> float:
        return self.time


def _taken(rates: Rates, source: str = "generic", tries: int = 100) -> int:
    taken = 0
    try:
        for _ in range(tries):
            rates.admit(source, TEN_A_MINUTE)
            taken += 1
    except TooMany:
        pass
    return taken


def test_a_burst_of_the_whole_limit_is_taken_and_no_more() -> None:
    assert _taken(Rates(Clock())) == 10


def test_time_gives_back_what_was_used() -> None:
    clock = Clock()
    rates = Rates(clock)
    _taken(rates)
    clock.time += 18
    assert _taken(rates) == 3
    clock.time += 3600
    assert _taken(rates) == 10


def test_one_source_does_not_use_up_the_limit_of_another() -> None:
    rates = Rates(Clock())
    _taken(rates, "noisy")
    assert _taken(rates, "quiet") == 10


def test_whoever_is_refused_hears_when_the_next_one_is_welcome() -> None:
    clock = Clock()
    rates = Rates(clock)
    _taken(rates)
    with pytest.raises(TooMany, match="generic may send 10 deliveries") as refused:
        rates.admit("generic", TEN_A_MINUTE)
    assert refused.value.headers == {"Retry-After": "6"}
    clock.time += 6
    rates.admit("generic", TEN_A_MINUTE)
