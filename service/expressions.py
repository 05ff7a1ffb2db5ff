"""What is the value of a JMESPath expression for a body, within bounds of time and memory?

The operator writes the expressions, and anybody the bodies. JMESPath has no loops and no way back up, but a
small expression may still be a lot of work for a large body. So whatever is visited or made counts, and a
delivery that counts too much is refused.
"""

import json
from functools import lru_cache
from itertools import islice
from typing import Any

from jmespath import Options
from jmespath import compile as compile_expression
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.parser import ParsedResult
from jmespath.visitor import TreeInterpreter

from incident.errors import PayloadError
from incident.sources import reading
from incident.sources.mapped import NoValue

MOST_STEPS = 400_000
"""Of one delivery: a second or so."""

LONGEST_TEXT = 100_000
"""Characters that a function may make."""

CHARACTERS_PER_STEP = 100

_TEXT: Any = {"types": ["string"]}
_ANY: Any = {"types": []}


class Evaluation:
    """The expressions of one delivery, and how much they have cost so far."""

    def __init__(self, most_steps: int = MOST_STEPS) -> None:
        self._left = most_steps
        self._interpreter = _Counting(self, Options(custom_functions=_Functions()))

    def __call__(self, expression: str, value: object) -> Any:
        """The value of an expression.

        Raises:
            NoValue: the expression cannot be evaluated for this value.
            PayloadError: the delivery has cost too much.
        """
        try:
            found = self._interpreter.visit(compiled(expression).parsed, value)
        except JMESPathError as error:
            raise NoValue(_sentence(error)) from None
        except (
            TypeError,
            ValueError,
            ArithmeticError,
            AttributeError,
        ) as error:  # which it lets pass
            raise NoValue(f"{type(error).__name__}: {error}") from None
        self._weigh(found)
        return found

    def spend(self, steps: int) -> None:
        """Count so many steps.

        Raises:
            PayloadError: they are too many by now.
        """
        self._left -= steps
        if self._left < 0:
            raise PayloadError("the mapping's expressions have too much to do for it", field="body")

    def _weigh(self, value: Any) -> None:
        """Count what a value holds, level by level: it may hold the same part very often."""
        level = [value]
        while level:
            self.spend(len(level))
            level = [part for each in level for part in _parts(each)]


class _Counting(TreeInterpreter):
    def __init__(self, evaluation: Evaluation, options: Options) -> None:
        super().__init__(options)
        self._evaluation = evaluation

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        """Visit, and count the visit and what it made."""
        self._evaluation.spend(1)
        made = super().visit(node, *args, **kwargs)
        match made:
            case list() if node["type"] != "field":
                self._evaluation.spend(len(made))
            case str() if node["type"] == "function_expression":
                self._evaluation.spend(len(made) // CHARACTERS_PER_STEP)
        return made


class _Functions(Functions):
    """Those of JMESPath, bounded where they make texts, and some for texts."""

    @signature(_TEXT)
    def _func_lower(self, text: str) -> str:
        return text.lower()

    @signature(_TEXT)
    def _func_upper(self, text: str) -> str:
        return text.upper()

    @signature(_TEXT)
    def _func_trim(self, text: str) -> str:
        return text.strip()

    @signature(_TEXT, _TEXT)
    def _func_split(self, text: str, separator: str) -> list[str]:
        return text.split(separator)

    @signature(_TEXT, _TEXT, _TEXT)
    def _func_replace(self, text: str, old: str, new: str) -> str:
        _allow(len(text) + text.count(old) * len(new))
        return text.replace(old, new)

    @signature(_TEXT, {"types": ["array"]})
    def _func_join(self, separator: str, parts: list[Any]) -> str:
        """Unlike JMESPath's, it takes numbers, and leaves out what is missing: the rest is worth having."""
        texts = [part if isinstance(part, str) else reading.text(part) for part in parts if part is not None]
        _allow(sum(map(len, texts)) + len(separator) * len(texts))
        return separator.join(texts)

    @signature(_ANY)
    def _func_to_string(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        written = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).iterencode(value)
        pieces = list(islice(written, LONGEST_TEXT + 1))
        _allow(max(len(pieces), sum(map(len, pieces))))
        return "".join(pieces)


def _allow(characters: int) -> None:
    if characters > LONGEST_TEXT:
        raise ValueError(f"the text would be longer than {LONGEST_TEXT} characters")


@lru_cache(maxsize=2000)
def compiled(expression: str) -> ParsedResult:
    """The expression, parsed.

    Raises:
        NoValue: it is none; the message says where it stops being one.
    """
    try:
        parsed = compile_expression(expression)
    except (JMESPathError, ValueError) as error:
        raise NoValue(_sentence(error)) from None
    if unknown := next(_unknown_functions(parsed.parsed), None):
        known = ", ".join(sorted(_Functions.FUNCTION_TABLE))
        raise NoValue(f"there is no function {unknown}(); known: {known}")
    return parsed


def _unknown_functions(node: Any) -> Any:
    if node["type"] == "function_expression" and node["value"] not in _Functions.FUNCTION_TABLE:
        yield node["value"]
    for child in node["children"]:
        yield from _unknown_functions(child)


def _sentence(error: Exception) -> str:
    """One short line: the expression itself is shown beside it."""
    return str(error).splitlines()[0].removesuffix(":")[:300]


def _parts(value: Any) -> Any:
    match value:
        case dict():
            return value.values()
        case list():
            return value
        case _:
            return ()
