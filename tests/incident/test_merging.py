"""Who of a merged incident is needed at the other one?"""

from incident.merging import AnswerFor, Covered, Engage, Engaged, carry_over
from incident.progress import Stage


def climbing(purpose: str, policy: str = "checkout") -> Engaged:
    return Engaged(purpose=purpose, policy=policy, stage=Stage.CLIMBING)


def answered(purpose: str, policy: str = "checkout") -> Engaged:
    return Engaged(purpose=purpose, policy=policy, stage=Stage.ACKNOWLEDGED, answered=("alice",))


def test_an_answer_counts_for_the_same_policy_of_the_other_incident() -> None:
    assert carry_over([answered("manager")], [climbing("help")]) == (
        AnswerFor(purpose="help", people=("alice",)),
    )


def test_an_answer_is_given_to_no_escalation_that_comes_over_with_it() -> None:
    both = [climbing("manager"), answered("help")]
    assert carry_over(both, [climbing("manager", policy="database")]) == (Engage(purpose="manager"),)


def test_a_policy_that_comes_over_twice_is_engaged_once() -> None:
    both = [climbing("manager"), climbing("help")]
    assert carry_over(both, []) == (Engage(purpose="manager"), Covered(purpose="help", by="manager"))
