"""Do our requests obey what a vendor has published? The API descriptions lie beside the project, not in it.

`obeying` gives a transport that refuses every request that the vendor's description does not allow: unknown
paths, fields, parameters and types, missing ones, wrong authorization. It answers with the description's own
example unless a test scripts the answer, so that a fake that agrees with us cannot hide a mistake. A host
without a description (one that only hands out tokens) is played by the script alone.
"""

import importlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "specmock"

Scripted = Callable[[httpx.Request], httpx.Response | None]


@dataclass
class Obeying(httpx.AsyncBaseTransport):
    """Checks each request against the description of its host, then answers."""

    contracts: Mapping[str, Any]
    script: Scripted
    requests: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The scripted answer, or the example that the description gives."""
        body = await request.aread()
        self.requests.append(request)
        contract = self.contracts.get(request.url.host)
        if contract is None:
            answer = self.script(request)
            assert answer is not None, f"nobody plays {request.url.host}"
            return answer
        status, example = contract.handle(request.method, str(request.url), dict(request.headers), body)
        violations = contract.calls[-1]["errors"]
        assert not violations, f"{request.method} {request.url}: {json.dumps(violations, indent=1)}"
        answer = self.script(request)
        if answer is not None:
            return answer
        return httpx.Response(status) if example is None else httpx.Response(status, json=example)

    def sent(self) -> list[tuple[str, str]]:
        """Method and path of each request, in order."""
        return [(request.method, request.url.path) for request in self.requests]

    def body(self, number: int = -1) -> Any:
        """The JSON body of a request."""
        return json.loads(self.requests[number].content)


def obeying(hosts: Mapping[str, str], script: Scripted = lambda _: None) -> Obeying:
    """A transport for these hosts, each with the name of its description; skips where there is none."""
    if not FOLDER.is_dir():
        pytest.skip("the vendors' published API descriptions are not beside the project (../shared/specmock)")
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    published = importlib.import_module("contracts")
    return Obeying({host: published.contract(name) for host, name in hosts.items()}, script)
