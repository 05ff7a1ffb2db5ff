"""How does the file name a secret without holding it?"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class FromEnvironment(BaseModel):
    """A secret that stands in the environment, not in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", description="The variable's name.")]
