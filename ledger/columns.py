"""How are times and frozen values kept in columns, on SQLite and on PostgreSQL alike?"""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware datetime; SQLite keeps it as UTC without a zone, PostgreSQL as timestamptz."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """To UTC on the way in.

        Raises:
            ValueError: the datetime has no zone, so nobody could say which instant is meant.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be kept: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """As UTC on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Frozen(TypeDecorator[Any]):
    """A pydantic value (a model, a tuple or a union of models) as JSON."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, of: Any) -> None:
        super().__init__()
        self.of = of
        self._adapter = TypeAdapter(of)

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        """The value as JSON-able data."""
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, _dialect: Dialect) -> Any:
        """The value read back."""
        return None if value is None else self._adapter.validate_python(value)


class Word(TypeDecorator[StrEnum]):
    """A word of a closed set as text, so that a new word needs no migration."""

    impl = String(60)
    cache_ok = True

    def __init__(self, of: type[StrEnum]) -> None:
        super().__init__()
        self.of = of

    def process_bind_param(self, value: StrEnum | None, _dialect: Dialect) -> str | None:
        """Only words of the set get in."""
        return None if value is None else self.of(value).value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> StrEnum | None:
        """The word as a member of its set."""
        return None if value is None else self.of(value)


class Grade(TypeDecorator[IntEnum]):
    """A number of a closed set."""

    impl = Integer
    cache_ok = True

    def __init__(self, of: type[IntEnum]) -> None:
        super().__init__()
        self.of = of

    def process_bind_param(self, value: IntEnum | None, _dialect: Dialect) -> int | None:
        """Only numbers of the set get in."""
        return None if value is None else self.of(value).value

    def process_result_value(self, value: int | None, _dialect: Dialect) -> IntEnum | None:
        """The number as a member of its set."""
        return None if value is None else self.of(value)
