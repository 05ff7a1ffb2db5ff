"""What must Prefect know before the first alert?

The work pool, the deployments, the blocks, and our own secrets.

Run as a process of its own (`python -m service.registration [POOL TYPE]`): it prints the secrets as JSON
for the supervisor, which hands them to the other processes in their environment. They are kept in Prefect
`Secret` blocks, nowhere else.
"""

import asyncio
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from prefect.blocks.system import Secret
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists
from prefect.flows import Flow, load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from ruamel.yaml import YAML

from blocks.catalogue import register
from incident.configuration import Configuration
from incident.trust_checks import can_be_made
from ledger.configurations import accept_configuration, configuration_in_force
from ledger.engine import Ledger
from ledger.migrating import migrate
from service.configuration import load
from service.secrets import token_variable
from service.worker import IncidentWorker
from tasks.surroundings import BASE_URL, LEDGER_URL, SIGNING_KEY, utc_now

POOL = "incidents"


def deployments_file() -> Path:
    """prefect.yaml, beside the packages in a checkout and inside this one in a wheel."""
    packaged = Path(__file__).parent / "prefect.yaml"
    return packaged if packaged.exists() else Path(__file__).parent.parent / "prefect.yaml"


async def register_all(pool_type: str = IncidentWorker.type) -> dict[str, str]:
    """Make everything known to Prefect, and the configuration to the ledger.

    Returns our secrets by variable.
    """
    ledger = Ledger(os.environ[LEDGER_URL])
    migrate(ledger)
    if path := os.environ.get("INCIDENT_CONFIGURATION"):
        ledger.write(accept_configuration, load(Path(path)), utc_now())
    _, configuration = ledger.read(configuration_in_force)
    ledger.close()
    async with get_client() as client:
        await register_pool(client, pool_type)
        await register_deployments(client)
    await register(configuration, os.environ, os.environ[BASE_URL])
    return await keep_secrets(configuration)


async def register_pool(client: PrefectClient, pool_type: str) -> None:
    """The work pool `incidents`; one that exists is left as it is."""
    template = IncidentWorker.get_default_base_job_template() if pool_type == IncidentWorker.type else {}
    try:
        await client.create_work_pool(WorkPoolCreate(name=POOL, type=pool_type, base_job_template=template))
    except ObjectAlreadyExists:
        return


async def register_deployments(client: PrefectClient) -> None:
    """The deployments of prefect.yaml."""
    for wanted in YAML(typ="safe").load(deployments_file().read_text())["deployments"]:
        await _deploy(client, wanted)


async def _deploy(client: PrefectClient, wanted: dict[str, Any]) -> None:
    flow: Flow[..., Any] = load_flow_from_entrypoint(wanted["entrypoint"])
    await client.create_deployment(
        flow_id=await client.create_flow(flow),
        name=wanted["name"],
        description=wanted["description"],
        entrypoint=wanted["entrypoint"],
        work_pool_name=wanted["work_pool"]["name"],
        tags=wanted["tags"],
        pull_steps=[],
        parameter_openapi_schema=parameter_schema(flow).model_dump(),
    )


async def keep_secrets(configuration: Configuration) -> dict[str, str]:
    """The signing key and the token of each source.

    From the environment, else from Prefect, else made now.
    """
    made = {name: each for name, each in configuration.sources.items() if can_be_made(each)}
    tokens = (token_variable(name, source) for name, source in made.items())
    return {variable: await _secret(variable) for variable in (SIGNING_KEY, *tokens)}


async def _secret(variable: str) -> str:
    if given := os.environ.get(variable):
        return given
    name = variable.lower().replace("_", "-")
    try:
        block: Secret[str] = await Secret[str].aload(name)
    except ValueError:
        block = Secret[str](value=secrets.token_urlsafe(32))
        await block.save(name)
    return str(block.get())


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(register_all(*sys.argv[1:]))))
