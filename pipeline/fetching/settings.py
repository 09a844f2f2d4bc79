"""How a fetch behaves, from the parameters, and how it names itself."""

from dataclasses import dataclass
from typing import Any

from pipeline import __version__
from pipeline.fetching.robots import AGENT

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Settings:
    """The block ``fetch`` of the parameters; times in seconds, sizes in bytes."""

    contact: str
    connections: int
    delay: float
    tries: int
    backoff: float
    max_wait: float
    timeout: float
    time_limit: float
    max_bytes: int
    redirects: int

    @classmethod
    def of(cls, params: dict[str, Any]) -> "Settings":
        """Return the settings that a block of parameters gives."""
        given = {key: value for key, value in params.items() if key != "max_megabytes"}
        return cls(**given, max_bytes=int(params["max_megabytes"] * MEGABYTE))

    @property
    def user_agent(self) -> str:
        """What is told to every server: the program, its version and whom to ask about it."""
        contact = f"; contact: {self.contact}" if self.contact else ""
        return f"{AGENT}/{__version__} (research on published inspection reports{contact})"
