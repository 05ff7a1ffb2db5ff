"""Are expressions evaluated as JMESPath says, and never for long?"""

from typing import Any

import pytest

from incident.errors import PayloadError
from incident.sources.mapped import NoValue
from service.expressions import LONGEST_TEXT, Evaluation, compiled

BODY: dict[str, Any] = {
    "host": "DB1",
    "check": None,
    "level": 3,
    "events": [{"name": " disk ", "state": "bad"}, {"name": "cpu", "state": "good"}],
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("host", "DB1", id="a field"),
        pytest.param("nothing.at.all", None, id="a field that is missing"),
        pytest.param("events[?state=='bad'].name | [0]", " disk ", id="a filter"),
        pytest.param("level > `2` && host != 'x'", True, id="a condition"),
        pytest.param("check || host", "DB1", id="what stands in for null"),
        pytest.param("lower(host)", "db1", id="small letters"),
        pytest.param("upper(events[1].name)", "CPU", id="capitals"),
        pytest.param("trim(events[0].name)", "disk", id="no blanks around it"),
        pytest.param("split('a/b', '/')[1]", "b", id="a part of a text"),
        pytest.param("replace(host, 'DB', 'database-')", "database-1", id="another text in its place"),
        pytest.param("join('/', [host, check, level])", "DB1/3", id="a join leaves out what is missing"),
        pytest.param("join('', ['a', ' in ', level])", "a in 3", id="a join keeps the blanks of its parts"),
        pytest.param("to_string(events[1])", '{"name":"cpu","state":"good"}', id="JSON"),
        pytest.param("'critical'", "critical", id="a text as it is"),
    ],
)
def test_an_expression_is(expression: str, value: Any) -> None:
    assert Evaluation()(expression, BODY) == value


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        pytest.param("join(' ', [host", "Incomplete expression", id="it ends too early"),
        pytest.param("a.b.", "Parse error at column 4", id="a name is missing"),
        pytest.param("'x", "Unclosed '", id="a text that does not end"),
        pytest.param("shout(host)", "there is no function shout", id="a function that nobody knows"),
        pytest.param("events[?shout(name)]", "there is no function shout", id="the same within a filter"),
    ],
)
def test_what_is_no_expression_is_told_before_any_body_comes(expression: str, why: str) -> None:
    with pytest.raises(NoValue, match=why):
        compiled(expression)


@pytest.mark.parametrize("expression", ["lower(level)", "sum(host)", "to_string(&host)", "keys(events)"])
def test_an_expression_for_another_type_has_no_value(expression: str) -> None:
    with pytest.raises(NoValue):
        Evaluation()(expression, BODY)


def test_a_reason_is_short_however_long_the_value_is() -> None:
    with pytest.raises(NoValue) as failed:
        Evaluation()("abs(@)", "x" * 100_000)
    assert len(str(failed.value)) <= 300


@pytest.mark.parametrize(
    ("expression", "body"),
    [
        pytest.param("[@, @]" + " | [@, @]" * 50, {}, id="a structure that doubles and doubles"),
        pytest.param("[@, @][]" + " | [@, @][]" * 50, {}, id="a list that doubles and doubles"),
        pytest.param("[].a.b", [{"a": {"b": 1}}] * 200_000, id="a list that is very long"),
    ],
)
def test_what_is_too_much_work_is_refused(expression: str, body: Any) -> None:
    with pytest.raises(PayloadError, match="too much to do"):
        Evaluation()(expression, body)


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("replace(@, 'x', @)", id="a text within itself"),
        pytest.param("join(@, [@, @, @])", id="a text between itself"),
        pytest.param("to_string([@, @, @, @])", id="a text over and over"),
    ],
)
def test_no_function_makes_a_text_of_any_length(expression: str) -> None:
    with pytest.raises(NoValue, match="longer than"):
        Evaluation()(expression, "x" * (LONGEST_TEXT // 3))


def test_the_alerts_of_one_delivery_share_what_it_may_cost() -> None:
    evaluation = Evaluation(most_steps=10)
    assert [evaluation("host", BODY) for _ in range(5)] == ["DB1"] * 5
    with pytest.raises(PayloadError):
        evaluation("host", BODY)
