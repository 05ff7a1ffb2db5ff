"""Does the command line find the system that runs here?"""

from pathlib import Path

import pytest

from incident.errors import ConfigurationError
from service.home import Home, Place, find_place, home_of

PLACE = Place(
    ledger_url="sqlite:////srv/ledger.db",
    base_url="http://127.0.0.1:8080",
    prefect_api_url="http://127.0.0.1:4200/api",
    config_path=Path("/srv/incident.yaml"),
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    Home(tmp_path / "home").write(PLACE)
    assert Home(tmp_path / "home").read() == PLACE
    assert find_place({"INCIDENT_HOME": str(tmp_path / "home")}) == PLACE


def test_the_environment_has_the_last_word(tmp_path: Path) -> None:
    Home(tmp_path).write(PLACE)
    found = find_place({"INCIDENT_HOME": str(tmp_path), "INCIDENT_BASE_URL": "https://incidents.example.com"})
    assert (found.base_url, found.ledger_url) == ("https://incidents.example.com", PLACE.ledger_url)


def test_the_environment_alone_is_enough(tmp_path: Path) -> None:
    found = find_place({"INCIDENT_HOME": str(tmp_path), "INCIDENT_LEDGER_URL": "sqlite:////srv/ledger.db"})
    assert found == Place(ledger_url="sqlite:////srv/ledger.db")


def test_without_any_word_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no incident system found here; run `incident up` or set"):
        find_place({"INCIDENT_HOME": str(tmp_path)})


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    Home(tmp_path).state_file.write_text("{")
    with pytest.raises(ConfigurationError, match=r"state\.json: cannot be read; delete it"):
        Home(tmp_path).read()


def test_no_password_is_left_behind(tmp_path: Path) -> None:
    url = "postgresql://incident:hunter-2@db.example.com:5432/incident?sslmode=require"
    Home(tmp_path).write(PLACE.model_copy(update={"ledger_url": url}))
    kept = Home(tmp_path).read()
    assert "hunter-2" not in Home(tmp_path).state_file.read_text()
    assert kept is not None
    assert kept.ledger_url == "postgresql://incident@db.example.com:5432/incident?sslmode=require"


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    Home(tmp_path).write(PLACE)
    assert Home(tmp_path).state_file.stat().st_mode & 0o077 == 0


def test_the_home_is_here_unless_the_environment_names_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert home_of({}).path == tmp_path / ".incident"
    assert home_of({"INCIDENT_HOME": "/srv/incident"}).path == Path("/srv/incident")
