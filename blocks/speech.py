"""How does a text become something to hear? espeak-ng speaks it, and sox makes it what telephones carry."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from blocks.programs import run
from incident.configuration import Language

RATE = 8000
"""Samples a second, of 16 bits, on one channel: G.711, which every telephone knows."""
WORDS_A_MINUTE = 150
LENGTH = 600
"""Characters; about 40 seconds."""

_VOICES: Mapping[Language, str] = {Language.ENGLISH: "en-us", Language.ITALIAN: "it"}
_WITHIN = timedelta(seconds=5)
_HEADER_BYTES, _SAMPLE_BYTES = 44, 2
_ADDRESS = re.compile(r"https?://\S+")
_CODE = re.compile(r"\d{5,}")
_UNSPOKEN = str.maketrans(dict.fromkeys("[]<>{}|_*#\\", " "))  # some are commands to espeak-ng


def sayable(text: str) -> str:
    """A text as it can be said: no web addresses, no control characters, codes digit by digit."""
    plain = _ADDRESS.sub(" ", text).translate(_UNSPOKEN)
    printable = "".join(char if char.isprintable() else " " for char in plain)
    spelled = _CODE.sub(lambda code: " ".join(code[0]), " ".join(printable.split()))
    return spelled[:LENGTH].encode("utf-8", "ignore").decode()


async def speak(
    text: str, language: Language, file: Path, *, before: timedelta, after: timedelta, times: int = 1
) -> timedelta:
    """Write a text as sound, with silence around it, so many times; returns how long it lasts.

    Raises:
        Rejected: espeak-ng or sox is not installed, or fails.
        RetryLater: one of them is not done in time.
    """
    spoken = file.with_suffix(".spoken.wav")
    voice = ("-v", _VOICES[language], "-s", str(WORDS_A_MINUTE))
    await run(
        "espeak-ng",
        *voice,
        "-w",
        str(spoken),
        "--stdin",
        said=(sayable(text) or ".").encode(),
        within=_WITHIN,
    )
    form = ("-r", str(RATE), "-c", "1", "-b", "16")
    silence = ("pad", f"{before.total_seconds():g}", f"{after.total_seconds():g}")
    await run("sox", str(spoken), *form, str(file), *silence, "repeat", str(times - 1), within=_WITHIN)
    return _length(file)


def _length(file: Path) -> timedelta:
    samples = (file.stat().st_size - _HEADER_BYTES) // _SAMPLE_BYTES
    return timedelta(seconds=samples / RATE)
