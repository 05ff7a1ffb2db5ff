"""What do many incidents cost, waiting and awake?"""

import time

from bench.bed import bed, until
from bench.table import Row

SUSPENDED, AT_ONCE = 300, 50


def suspended(count: int | None) -> list[Row]:
    """The worker's memory with nothing, and with incidents that all wait for their assessment."""
    number = count or SUSPENDED
    with bed() as system:
        key, _ = system.alert()  # one whole incident first: what is loaded once is not counted per incident
        system.client.post(system.page(key)[1]["acknowledge_url"])
        time.sleep(10)
        empty = system.megabytes("worker")
        for _ in range(number):
            key, _ = system.alert()
            system.client.post(system.page(key)[1]["acknowledge_url"])
        until(lambda: system.asked(key), f"the question of {key}", 120)
        time.sleep(20)
        full = system.megabytes("worker")
    return [
        Row("worker after its first incident", 1, f"{empty:.0f} MiB"),
        Row("worker with suspended incidents", number, f"{full:.0f} MiB, {full - empty:+.0f} MiB"),
    ]


def at_once(count: int | None) -> list[Row]:
    """Unacknowledged incidents at the same moment: the last first page, and the memory of each."""
    number = count or AT_ONCE
    with bed() as system:
        empty = system.megabytes("worker")
        began = time.monotonic()
        keys = [system.alert()[0] for _ in range(number)]
        accepted = time.monotonic() - began
        last = max(system.page(key, 300)[0] for key in keys) - began
        time.sleep(10)
        full = system.megabytes("worker")
    return [
        Row("alerts accepted, one after the other", number, f"{accepted:.1f} s"),
        Row("the last first page after", number, f"{last:.1f} s"),
        Row("worker memory per awake incident", number, f"{(full - empty) / number:.1f} MiB"),
    ]
