"""Does a homeserver get a registration that it can read, and that only we can use?"""

import re
from pathlib import Path

import pytest

from blocks import MatrixChat, MatrixPager, SignedWebhook
from incident.errors import ConfigurationError
from service.cli.registering import registered
from service.matrix_registration import Registration, read_registration, write_registration
from service.reading_yaml import read_yaml

URL, HOMESERVER = "https://incidents.example.com", "https://matrix.example.com:8448/"
GIVEN = {"homeserver": HOMESERVER}
OWNER_ONLY = 0o600


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "as.yaml"


def test_what_was_written_is_read_again(file: Path) -> None:
    assert read_registration(file) is None
    assert write_registration(file, URL, HOMESERVER) == read_registration(file)


def test_the_homeserver_learns_where_we_are_and_whose_words_it_shall_pass_on(file: Path) -> None:
    write_registration(file, URL, HOMESERVER)
    written = read_yaml(file.read_text()).values
    assert written["url"] == URL
    (people,) = written["namespaces"]["users"]
    assert re.fullmatch(people["regex"], "@ann:example.com")
    assert not re.fullmatch(people["regex"], "@ann:example-com")
    (aliases,) = written["namespaces"]["aliases"]
    ours = ("#inc-42:example.com", "#trial-1:example.com", "#incident-pages-0f:example.com")
    assert all(re.fullmatch(aliases["regex"], alias) for alias in ours)
    assert not people["exclusive"]


def test_its_secrets_are_long_new_and_for_the_owner_of_the_file_only(file: Path, tmp_path: Path) -> None:
    one = write_registration(file, URL, HOMESERVER)
    other = write_registration(tmp_path / "other.yaml", URL, HOMESERVER)
    tokens = {one.as_token, one.hs_token, other.as_token, other.hs_token}
    assert len(tokens) == 4
    assert all(len(token) >= 40 for token in tokens)
    assert file.stat().st_mode & 0o777 == OWNER_ONLY


def test_a_file_that_is_there_is_never_written_over(file: Path) -> None:
    file.write_text("precious")
    with pytest.raises(FileExistsError):
        write_registration(file, URL, HOMESERVER)
    assert file.read_text() == "precious"


@pytest.mark.parametrize("text", ["", "[", "7", "id: x", "a: 1\na: 2"], ids=repr)
def test_what_is_no_registration_is_said(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="needs id, as_token and hs_token"):
        read_registration(file)


def test_a_connection_gets_the_settings_that_it_has(file: Path) -> None:
    first = registered(file, MatrixChat, GIVEN, URL)
    assert first.new
    assert first.settings.keys() == {"token", "as_token", "hs_token", "service_id"}
    again = registered(file, MatrixPager, GIVEN, URL)
    assert (again.new, again.settings.keys()) == (False, {"token"})
    assert again.environment["registration: token"] == first.environment["registration: as_token"]


def test_without_a_file_there_is_nothing_to_be_given() -> None:
    assert registered(None, MatrixChat, GIVEN, URL).settings == {}


def test_what_cannot_be_registered_is_said(file: Path, tmp_path: Path) -> None:
    for block, given, where, why in (
        (SignedWebhook, GIVEN, file, "for Matrix only"),
        (MatrixChat, {}, file, "--set homeserver"),
        (MatrixChat, GIVEN, tmp_path / "nowhere" / "as.yaml", "cannot be written"),
        (MatrixChat, GIVEN, tmp_path, "cannot be read"),
    ):
        with pytest.raises(ConfigurationError, match=why):
            registered(where, block, given, URL)


def test_its_secrets_are_not_shown(file: Path) -> None:
    found = registered(file, MatrixChat, GIVEN, URL)
    assert not [secret for secret in found.environment.values() if secret in repr(found) and len(secret) > 20]
    assert isinstance(read_registration(file), Registration)
