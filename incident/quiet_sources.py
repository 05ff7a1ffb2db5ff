"""What do the monitors of an incident keep quiet about, because somebody has asked them to?"""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class QuietAtSource(BaseModel):
    """A monitor that keeps quiet about alerts of an incident, or is going to within seconds."""

    model_config = ConfigDict(frozen=True)

    silencer: Annotated[str, Field(description="A name under connections:.")]
    alerts: int
    until: AwareDatetime
    person: str
