"""Teams on a good day: a workflow takes what comes, and says nothing."""

import httpx

from blocks import TeamsWorkflow
from tests.blocks.rigs import PAGE
from tests.blocks.vendors import VendorRig

SIGNATURE = "zQm4vYw1rT6cXo0bEJ2nKd8fHs5uLg"
URL = (
    "https://prod-12.westeurope.logic.azure.com/workflows/0f1e2d3c4b5a/triggers/manual/paths/invoke"
    f"?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIGNATURE}"
)

RIG = VendorRig(
    block=lambda: TeamsWorkflow(url=URL),
    calls={
        "deliver": lambda teams: teams.deliver("ann@example.com", PAGE),
        "send": lambda teams: teams.send("", "INC-42/update/1/ann", "Update", "We are looking."),
    },
    secrets=(SIGNATURE, "0f1e2d3c4b5a"),
    friendly=lambda _: httpx.Response(202),
)
