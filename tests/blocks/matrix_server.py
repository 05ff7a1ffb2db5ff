"""How does a test get a real Matrix server? `with matrix_server() as server: server.new_user("ann")`.

The server is Synapse, a process of its own on an ephemeral loopback port, with its data in a folder of its
own. It lives in an environment of its own too, `.venv-synapse` beside ours, because it is a peer of the tests
and no part of the product: `python3 -m venv .venv-synapse && .venv-synapse/bin/pip install matrix-synapse`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.prefect_server import free_port

NAME = "im.test"
START_WITHIN_SECONDS = 180.0
PLACE = Path(__file__).resolve().parents[2] / ".venv-synapse"
_SECRET = "a secret of this test"
AS_TOKEN, HS_TOKEN = "as-token-of-this-test", "hs-token-of-this-test"
_KEY_BYTES = 32

_UNLIMITED = {"per_second": 1000, "burst_count": 1000}


def interpreter() -> Path | None:
    """The Python that has Synapse; SYNAPSE_VENV names another environment for it. None: there is none."""
    found = Path(os.environ.get("SYNAPSE_VENV", PLACE)) / "bin" / "python"
    return found if found.exists() else None


@dataclass(frozen=True)
class MatrixUser:
    """A person with a client, or a program."""

    id: str
    token: str
    url: str

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Do something as this user; fails unless the server agrees."""
        answer = self.try_to(method, path, body)
        answer.raise_for_status()
        return answer.json()

    def try_to(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Try something as this user."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.request(method, f"{self.url}/_matrix/client/{path}", json=body, headers=headers)


@dataclass
class MatrixServer:
    """One real Synapse, with an application service that everybody belongs to.

    ``tells`` is the address at which the service is told what people say; None: it is told nothing.
    """

    home: Path
    python: Path
    tells: str | None = None
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, as clients use it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def service(self) -> MatrixUser:
        """The application service's own user; its token may act for everybody."""
        return MatrixUser(f"@incident-service:{NAME}", AS_TOKEN, self.url)

    def new_user(self, name: str) -> MatrixUser:
        """Register somebody."""
        address = f"{self.url}/_synapse/admin/v1/register"
        nonce = httpx.get(address).json()["nonce"]
        password = "a password of this test"
        signed = f"{nonce}\0{name}\0{password}\0notadmin".encode()
        asked = {
            "nonce": nonce,
            "username": name,
            "password": password,
            "mac": hmac.new(_SECRET.encode(), signed, hashlib.sha1).hexdigest(),
        }
        answer = httpx.post(address, json=asked).raise_for_status().json()
        return MatrixUser(answer["user_id"], answer["access_token"], self.url)

    def start(self) -> None:
        """Start the server and return when it answers."""
        self._write_settings()
        last = time.monotonic() + START_WITHIN_SECONDS
        with (self.home / "log").open("ab") as log:
            command = [str(self.python), "-m", "synapse.app.homeserver", "-c", "homeserver.yaml"]
            self.process = subprocess.Popen(command, cwd=self.home, stdout=log, stderr=log)
        while time.monotonic() < last and self.process.poll() is None:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/health").is_success:
                    return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"Synapse did not start:\n{(self.home / 'log').read_text()}")

    def stop(self) -> None:
        """Stop the server."""
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None

    def _write_settings(self) -> None:
        files = {
            "homeserver.yaml": self._settings(),
            "log.yaml": {"version": 1, "root": {"level": "WARNING"}},
            "service.yaml": _SERVICE | {"url": self.tells},
        }
        for name, settings in files.items():
            (self.home / name).write_text(json.dumps(settings))  # JSON is YAML
        key = b64encode(os.urandom(_KEY_BYTES)).decode().rstrip("=")
        (self.home / "signing.key").write_text(f"ed25519 a_test {key}\n")

    def _settings(self) -> dict[str, Any]:
        listener = {
            "port": self.port,
            "bind_addresses": ["127.0.0.1"],
            "type": "http",
            "resources": [{"names": ["client"]}],
        }
        return {
            "server_name": NAME,
            "public_baseurl": f"{self.url}/",
            "listeners": [listener],
            "database": {"name": "sqlite3", "args": {"database": str(self.home / "homeserver.db")}},
            "log_config": "log.yaml",
            "media_store_path": "media",
            "signing_key_path": "signing.key",
            "report_stats": False,
            "registration_shared_secret": _SECRET,
            "macaroon_secret_key": _SECRET,
            "form_secret": _SECRET,
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "app_service_config_files": ["service.yaml"],
            "bcrypt_rounds": 4,
            "caches": {"sync_response_cache_duration": "0s"},  # else nobody sees a new invitation at once
            **{f"rc_{name}": _UNLIMITED for name in ("message", "registration", "room_creation")},
            "rc_invites": {"per_room": _UNLIMITED, "per_user": _UNLIMITED, "per_issuer": _UNLIMITED},
            "rc_presence": {"per_user": _UNLIMITED},
        }


_SERVICE = {
    "id": "incidents",
    "as_token": AS_TOKEN,
    "hs_token": HS_TOKEN,
    "rate_limited": False,
    "sender_localpart": "incident-service",
    "namespaces": {
        "users": [{"regex": f"@.*:{NAME}", "exclusive": False}],
        "aliases": [{"regex": f"#.*:{NAME}", "exclusive": False}],
    },
}


@contextmanager
def matrix_server() -> Iterator[MatrixServer]:
    """A running Matrix server without anybody on it, gone at the end; fails as `future_matrix_server`."""
    with future_matrix_server() as server:
        server.start()
        yield server


@contextmanager
def future_matrix_server() -> Iterator[MatrixServer]:
    """A Matrix server that has an address and is started later, gone at the end.

    Raises:
        FileNotFoundError: there is no Synapse.
    """
    python = interpreter()
    if python is None:
        raise FileNotFoundError("Synapse")
    with tempfile.TemporaryDirectory(prefix="matrix-", ignore_cleanup_errors=True) as folder:
        server = MatrixServer(Path(folder), python)
        try:
            yield server
        finally:
            server.stop()
