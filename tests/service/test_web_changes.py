"""Can people change schedules and swap shifts by web, each by their own link, and programs by their token?"""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from incident.oncall import on_call
from ledger.configurations import accept_configuration
from ledger.rotas import schedules_at
from tasks.links import VALID, Links, May
from tests.house import BASE_URL, House
from tests.incident.organisations import SMALL, organisation
from tests.ledger.desk import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PEOPLE = SMALL["people"] | {
    "carla": {"name": "Carla", "email": "carla@example.org", "language": "it"},
    "dan": {"name": "Dan", "email": "dan@example.org"},
}
HANDOFF = START.replace(hour=8, minute=0)
"""From alice to bob, who has the week after it."""
SPAN = {"start": (HANDOFF + DAY).isoformat(), "end": (HANDOFF + 2 * DAY).isoformat()}
LOCAL = {"start": "2026-11-24T09:00", "end": "2026-11-25T09:00"}
"""The same on the wall clock of the schedule."""


@pytest.fixture
def client(house: House) -> TestClient:
    house.ledger.write(accept_configuration, organisation(people=PEOPLE), START - DAY)
    return house.client()


def token(house: House, person: str) -> str:
    return house.links.rota(person, house.clock()).partition("?as=")[2]


def address(house: House, person: str) -> str:
    return f"/oncall/changes?as={token(house, person)}"


def words(response: httpx.Response) -> str:
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return " ".join(unescape(text).split())


def who(house: House) -> str:
    return "+".join(on_call(house.ledger.read(schedules_at, START)["primary"], HANDOFF + 1.5 * DAY))


class TestTheForm:
    OVERRIDE = {
        "do": "override",
        "schedule": "primary",
        "kind": "replace",
        "user": "bob",
        "with": "carla",
    } | LOCAL

    def press(self, client: TestClient, house: House, person: str, **fields: Any) -> httpx.Response:
        return client.post(address(house, person), data=fields, follow_redirects=False)

    def test_looking_shows_ones_shifts_and_changes_nothing(self, house: House, client: TestClient) -> None:
        page = client.get(address(house, "bob"))
        assert page.status_code == 200
        assert "My shifts and changes: Bob" in words(page)
        assert "primary Mon 23 Nov 09:00 – Mon 30 Nov 09:00 Europe/Rome" in words(page)
        assert "Nobody offers you a shift." in words(page)

    def test_it_speaks_the_language_of_its_reader(self, house: House, client: TestClient) -> None:
        page = client.get(address(house, "carla"))
        assert "I miei turni e le modifiche: Carla" in words(page)

    @pytest.mark.parametrize(
        ("changes", "expected", "sentence"),
        [
            pytest.param({}, "carla", "Carla stands in for Bob", id="replace"),
            pytest.param({"kind": "add", "user": "dan"}, "bob+dan", "Dan is on call as well", id="add"),
            pytest.param(
                {"kind": "cover", "user": "dan"}, "dan", "on call instead of everybody: Dan", id="cover"
            ),
        ],
    )
    def test_an_override_holds_at_once_and_is_shown(
        self, house: House, client: TestClient, changes: dict[str, str], expected: str, sentence: str
    ) -> None:
        done = self.press(client, house, "bob", **self.OVERRIDE | {"reason": "<b>dentist"} | changes)
        assert (done.status_code, done.headers["location"]) == (303, address(house, "bob"))
        assert who(house) == expected
        page = client.get(address(house, "alice"))
        assert f"{sentence} by Bob: <b>dentist" in words(page)
        assert "<b>dentist" not in page.text

    def test_whoever_leaves_nobody_is_told_at_once(self, house: House, client: TestClient) -> None:
        done = self.press(client, house, "bob", **self.OVERRIDE | {"kind": "remove"})
        assert done.status_code == 200
        assert "nobody is on call from Tue 24 Nov 08:00 to Wed 25 Nov 08:00 UTC" in words(done)
        assert "Bob is not on call" in words(done)

    def test_what_contradicts_is_shown_again_with_the_reason(self, house: House, client: TestClient) -> None:
        self.press(client, house, "bob", **self.OVERRIDE)
        done = self.press(client, house, "alice", **self.OVERRIDE | {"with": "dan", "reason": "kept"})
        assert done.status_code == 409
        assert "bob already has an override (replace)" in words(done)
        assert 'value="kept"' in done.text
        assert who(house) == "carla"

    @pytest.mark.parametrize(
        ("changes", "status", "sentence"),
        [
            pytest.param(
                {"start": "2027-03-28T02:30", "end": "2027-03-28T05:00"},
                422,
                "start: 2027-03-28 02:30 does not exist in Europe/Rome: write 2027-03-28T03:00+02:00",
                id="S5: a local time that the clocks skip",
            ),
            pytest.param({"start": ""}, 422, "override.start: is missing; write it", id="no start"),
            pytest.param({"with": ""}, 422, "override.with: is missing; write it", id="nobody stands in"),
            pytest.param(
                {"schedule": "x"}, 404, "'x' is not under schedules:; known: primary", id="no schedule"
            ),
            pytest.param({"do": "dance"}, 404, "nothing is called 'dance' here", id="no deed"),
            pytest.param({"do": "take", "id": "9"}, 404, "there is no swap 9", id="no offer"),
            pytest.param(
                {"do": "take", "id": "9" * 30}, 404, "is no number of anything here", id="no number"
            ),
            pytest.param({"do": "withdraw", "id": "9"}, 404, "there is no override 9", id="no override"),
            pytest.param({"reason": "x" * 501}, 422, "reason: must have at most 500", id="too many words"),
        ],
    )
    def test_what_cannot_be_done_is_said_and_changes_nothing(
        self, house: House, client: TestClient, changes: dict[str, str], status: int, sentence: str
    ) -> None:
        done = self.press(client, house, "bob", **self.OVERRIDE | changes)
        assert (done.status_code, sentence in words(done)) == (status, True), words(done)
        assert who(house) == "bob"

    def test_an_override_is_withdrawn(self, house: House, client: TestClient) -> None:
        self.press(client, house, "bob", **self.OVERRIDE)
        assert self.press(client, house, "alice", do="withdraw", id="1").status_code == 303
        assert who(house) == "bob"

    def test_a_shift_goes_from_one_to_another(self, house: House, client: TestClient) -> None:
        offer = {"do": "offer", "schedule": "primary", "to": "", "reason": "a wedding"} | SPAN
        assert self.press(client, house, "bob", **offer).status_code == 303
        assert "offered to anybody" in words(client.get(address(house, "bob")))
        seen = words(client.get(address(house, "dan")))
        assert "Bob: primary Tue 24 Nov 09:00 – Wed 25 Nov 09:00 Europe/Rome a wedding" in seen
        assert self.press(client, house, "dan", do="take", id="1").status_code == 303
        late = self.press(client, house, "carla", do="take", id="1")
        assert (late.status_code, "swap 1: dan took it at 2026-11-23 03:10 UTC" in words(late)) == (409, True)
        assert who(house) == "dan"

    def test_who_is_asked_may_decline_and_others_do_not_see_it(
        self, house: House, client: TestClient
    ) -> None:
        self.press(client, house, "bob", do="offer", schedule="primary", to="dan", **SPAN)
        assert 'value="take"' not in client.get(address(house, "alice")).text
        assert 'value="decline"' in client.get(address(house, "dan")).text
        assert self.press(client, house, "dan", do="decline", id="1").status_code == 303
        assert 'value="take"' not in client.get(address(house, "dan")).text

    def test_whoever_offered_may_keep_it(self, house: House, client: TestClient) -> None:
        self.press(client, house, "bob", do="offer", schedule="primary", to="dan", **SPAN)
        assert self.press(client, house, "bob", do="keep", id="1").status_code == 303
        assert 'value="take"' not in client.get(address(house, "dan")).text

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_nobody_gets_in_without_a_link_of_their_own(
        self, house: House, client: TestClient, method: str
    ) -> None:
        foreign = Links(base_url=BASE_URL, key="other").rota("bob", START).partition("?as=")[2]
        ack = house.links.acknowledge(1, "bob", "INC-1", START).rpartition("/")[2]
        expected = {"": 401, foreign: 401, ack: 403}
        found = {each: client.request(method, f"/oncall/changes?as={each}").status_code for each in expected}
        assert found == expected

    def test_a_link_ends_some_day(self, house: House, client: TestClient) -> None:
        link = address(house, "bob")
        house.clock.time += VALID[May.ROTA] + HOUR
        assert client.get(link).status_code == 410

    def test_the_personal_link_of_an_incident_will_do(self, house: House, client: TestClient) -> None:
        house.desk.open()
        personal = house.links.act("bob", "INC-1", START).partition("?as=")[2]
        assert client.get(f"/oncall/changes?as={personal}").status_code == 200
        page = client.get(f"/incidents/INC-1?as={personal}")
        assert "/oncall/changes?as=" in page.text


CHANGE = {
    "schedule": "primary",
    "override": {"kind": "replace", "user": "bob", "with": "carla"} | LOCAL,
    "reason": "dentist",
}


class TestTheApi:
    def send(
        self, client: TestClient, house: House, person: str, path: str, body: Any = None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token(house, person)}"}
        return client.post(f"/api/oncall{path}", json=body, headers=headers)

    def test_an_override_is_made_listed_and_withdrawn(self, house: House, client: TestClient) -> None:
        made = self.send(client, house, "bob", "/overrides", CHANGE)
        assert made.status_code == 201
        expected = {
            "id": 1,
            "state": "planned",
            "by": "bob",
            "via": "web",
            "reason": "dentist",
            "warnings": [],
        }
        assert made.json().items() >= expected.items()
        assert made.json()["override"]["with"] == "carla"
        assert who(house) == "carla"
        assert [each["id"] for each in client.get("/api/oncall/overrides?schedule=primary").json()] == [1]
        gone = self.send(client, house, "alice", "/overrides/1/withdraw", {"say": "not needed"})
        assert gone.json()["withdrawn_because"] == "not needed"
        assert client.get("/api/oncall/overrides").json() == []
        assert client.get("/api/oncall/overrides?all=true").json()[0]["state"] == "withdrawn"

    def test_a_swap_is_offered_and_taken_by_the_first(self, house: House, client: TestClient) -> None:
        offer = {"schedule": "primary", "shift": "2026-11-24T12:00", "reason": "a wedding"}
        told = self.send(client, house, "bob", "/swaps", offer)
        assert (told.status_code, told.json()["state"], told.json()["end"]) == (
            201,
            "offered",
            "2026-11-30T08:00:00Z",
        )
        assert [each["id"] for each in client.get("/api/oncall/swaps").json()] == [1]
        assert self.send(client, house, "dan", "/swaps/1/take").json()["override"] == 1
        late = self.send(client, house, "carla", "/swaps/1/take", {"say": "me"})
        assert (late.status_code, late.json()) == (
            409,
            {"error": "swap 1: dan took it at 2026-11-23 03:10 UTC"},
        )
        assert client.get("/api/oncall/swaps?all=true").json()[0]["answered_by"] == "dan"

    @pytest.mark.parametrize("answer", ["decline", "withdraw"])
    def test_an_offer_is_closed_by_either_side(self, house: House, client: TestClient, answer: str) -> None:
        self.send(client, house, "bob", "/swaps", {"schedule": "primary", "to": "dan"} | SPAN)
        by = {"decline": "dan", "withdraw": "bob"}[answer]
        told = self.send(client, house, by, f"/swaps/1/{answer}", {"say": "no"}).json()
        assert (told["state"], told["answered_by"], told["answer"]) == (
            {"decline": "declined", "withdraw": "withdrawn"}[answer],
            by,
            "no",
        )

    @pytest.mark.parametrize(
        ("path", "body", "status", "sentence"),
        [
            pytest.param("/overrides", {}, 422, "schedule: is missing; write it", id="nothing"),
            pytest.param("/overrides", [], 422, "the body must be a JSON object", id="a list"),
            pytest.param(
                "/overrides",
                CHANGE | {"override": {"kind": "dance"} | LOCAL},
                422,
                "override: kind must be one of cover, replace, add, remove, fixed, like",
                id="no kind",
            ),
            pytest.param(
                "/overrides", CHANGE | {"schedule": "x"}, 404, "'x' is not under schedules:", id="no schedule"
            ),
            pytest.param("/overrides/7/withdraw", {}, 404, "there is no override 7", id="no override"),
            pytest.param("/overrides/0/withdraw", {}, 422, "path.number: ", id="no number"),
            pytest.param(f"/swaps/{2**70}/take", {}, 422, "path.number: ", id="no number that is kept"),
            pytest.param("/swaps/7/dance", {}, 422, "path.answer: ", id="no answer"),
            pytest.param("/swaps/7/take", {"sai": "x"}, 422, "sai: ", id="another key"),
        ],
    )
    def test_what_cannot_be_done_is_one_sentence(
        self, house: House, client: TestClient, path: str, body: Any, status: int, sentence: str
    ) -> None:
        done = self.send(client, house, "bob", path, body)
        assert (done.status_code, done.json()["error"].startswith(sentence)) == (status, True), done.json()

    def test_nobody_changes_anything_without_their_own_token(self, house: House, client: TestClient) -> None:
        for path in ("/overrides", "/overrides/1/withdraw", "/swaps", "/swaps/1/take"):
            assert client.post(f"/api/oncall{path}", json=CHANGE).status_code == 401
        ack = house.links.acknowledge(1, "bob", "INC-1", START).rpartition("/")[2]
        assert client.post(f"/api/oncall/overrides?as={ack}", json=CHANGE).status_code == 403
        assert who(house) == "bob"

    def test_a_body_has_a_limit_and_is_json(self, house: House, client: TestClient) -> None:
        headers = {"Authorization": f"Bearer {token(house, 'bob')}"}
        big, broken = ({"content": content, "headers": headers} for content in (b"x" * 70_000, b"{"))
        assert client.post("/api/oncall/overrides", **big).status_code == 413
        assert client.post("/api/oncall/overrides", **broken).status_code == 400

    def test_a_name_that_no_schedule_has_is_not_looked_for(self, client: TestClient) -> None:
        assert client.get("/api/oncall/overrides", params={"schedule": "\0"}).status_code == 422

    def test_the_documentation_shows_a_body_of_each_kind(self, client: TestClient) -> None:
        paths = client.get("/openapi.json").json()["paths"]
        post = paths["/api/oncall/overrides"]["post"]
        examples = post["requestBody"]["content"]["application/json"]["examples"]
        assert set(examples) == {"replace", "add", "remove", "cover", "fixed", "like"}
        assert {"/api/oncall/swaps", "/api/oncall/swaps/{number}/{answer}"} <= set(paths)


def test_the_examples_of_the_documentation_can_be_read(house: House) -> None:
    from incident.changes import Change
    from incident.swaps import Proposal
    from service.web.change_examples import OFFER, OVERRIDE

    for kind, body in ((Change, OVERRIDE), (Proposal, OFFER)):
        for example in body["content"]["application/json"]["examples"].values():
            assert kind.model_validate(example["value"])
