"""Where does each moment stand in the picture of an incident? Values in, geometry out; a template draws it.

Time runs to the right, each lane takes as many rows as its labels need: a label goes into the first row where
it touches no other, so that nothing overlaps however close the moments are.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from unicodedata import east_asian_width

from pydantic import AwareDatetime, BaseModel, ConfigDict

WIDTH, GUTTER, MARGIN = 960, 132, 34
TOP, ROW, LANE_PADDING, AXIS = 26, 20, 6, 40
LETTER, MARK, GAP = 6.9, 9, 6
TICKS = 8
COLUMNS = 64
LONGEST = 46
_DAY = 86400
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_LONG_STEPS = tuple(days * _DAY for days in (1, 2, 7, 14, 28, 91, 365))


class Lane(StrEnum):
    """What a lane of the picture is about, from top to bottom."""

    PAGED = "paged"
    ANSWERED = "answered"
    DECIDED = "decided"
    FOUND = "found"
    TOLD = "told"


class Tone(StrEnum):
    """How a moment is to be seen."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Moment(_Value):
    """Something that the picture shows; ``label`` is short, ``full`` is everything."""

    at: AwareDatetime
    lane: Lane
    label: str
    full: str
    tone: Tone = Tone.PLAIN


class Placed(_Value):
    """A moment with its place; ``left`` and ``right`` bound the mark and its label."""

    moment: Moment
    x: float
    y: float
    left: float
    right: float
    label_x: float
    before: bool


class Band(_Value):
    """A lane's place."""

    lane: Lane
    top: float
    height: float


class Tick(_Value):
    """A line of the time axis."""

    x: float
    at: AwareDatetime
    step: timedelta
    new_day: bool


class Picture(_Value):
    """Everything that has to be drawn."""

    height: float
    axis_y: float
    bands: tuple[Band, ...]
    placed: tuple[Placed, ...]
    ticks: tuple[Tick, ...]
    impact_left: float
    impact_right: float
    width: int = WIDTH
    left: int = GUTTER
    right: int = WIDTH - MARGIN


def draw(moments: Sequence[Moment], impact_from: datetime, impact_until: datetime | None) -> Picture:
    """The picture of the moments and of the time with an impact (until None: up to the last moment)."""
    times = [*(moment.at for moment in moments), impact_from, *([impact_until] if impact_until else [])]
    begin, end = min(times), max(*times, min(times) + timedelta(seconds=10))
    bands: list[Band] = []
    placed: list[Placed] = []
    top = float(TOP)
    for lane in Lane:
        of_lane = sorted((moment for moment in moments if moment.lane is lane), key=lambda moment: moment.at)
        rows = _rows([_beside(moment, _x(moment.at, begin, end)) for moment in of_lane])
        height = max(len(rows), 1) * ROW + 2 * LANE_PADDING
        for number, row in enumerate(rows):
            y = top + LANE_PADDING + (number + 0.5) * ROW
            placed += [mark.model_copy(update={"y": y}) for mark in row]
        bands.append(Band(lane=lane, top=top, height=height))
        top += height
    return Picture(
        height=top + AXIS,
        axis_y=top,
        bands=tuple(bands),
        placed=tuple(placed),
        ticks=_ticks(begin, end),
        impact_left=_x(impact_from, begin, end),
        impact_right=_x(impact_until or end, begin, end),
    )


def _x(at: datetime, begin: datetime, end: datetime) -> float:
    plot = WIDTH - MARGIN - GUTTER - 2 * MARK
    return round(GUTTER + MARK + plot * ((at - begin) / (end - begin)), 1)


def label_width(label: str) -> float:
    """How wide a label is at most; the wide letters of East Asian scripts and pictures count twice."""
    return LETTER * sum(2 if east_asian_width(letter) in "WF" else 1 for letter in label)


def _beside(moment: Moment, x: float) -> Placed:
    """The label to the right of its mark, or to the left where the picture ends."""
    width = MARK + label_width(moment.label)
    before = x + width > WIDTH - MARGIN
    left, right = (x - width, x + MARK) if before else (x - MARK, x + width)
    label_x = x - MARK if before else x + MARK
    return Placed(moment=moment, x=x, y=0, left=left, right=right, label_x=label_x, before=before)


def _rows(marks: Sequence[Placed]) -> list[list[Placed]]:
    rows: list[list[Placed]] = []
    for mark in marks:
        for row in rows:
            if all(mark.left >= other.right + GAP or mark.right + GAP <= other.left for other in row):
                row.append(mark)
                break
        else:
            rows.append([mark])
    return rows


def _ticks(begin: datetime, end: datetime) -> tuple[Tick, ...]:
    span = (end - begin).total_seconds()
    step = next((step for step in (*_STEPS, *_LONG_STEPS) if span / step <= TICKS), _LONG_STEPS[-1])
    first = -(-begin.timestamp() // step) * step
    instants = [first + number * step for number in range(int((end.timestamp() - first) // step) + 1)]
    times = [datetime.fromtimestamp(instant, tz=UTC) for instant in instants]
    return tuple(
        Tick(
            x=_x(at, begin, end),
            at=at,
            step=timedelta(seconds=step),
            new_day=index == 0 or at.date() != times[index - 1].date(),
        )
        for index, at in enumerate(times)
    )


def in_letters(picture: Picture, lane: Lane) -> str:
    """A lane as a line of letters, for texts without pictures."""
    columns = [" "] * COLUMNS
    for mark in picture.placed:
        if mark.moment.lane is lane:
            columns[_column(picture, mark.x)] = "×" if mark.moment.tone is Tone.BAD else "●"
    return "".join(columns)


def axis_in_letters(picture: Picture) -> str:
    """The time axis for such lines."""
    columns = [" "] * (COLUMNS + 5)
    for tick in picture.ticks:
        start = _column(picture, tick.x)
        if not "".join(columns[max(0, start - 1) : start + 6]).strip():
            columns[start : start + 5] = f"{tick.at:%d/%m}" if tick.step.days else f"{tick.at:%H:%M}"
    return "".join(columns).rstrip()


def _column(picture: Picture, x: float) -> int:
    return round((x - picture.left) / (picture.right - picture.left) * (COLUMNS - 1))
