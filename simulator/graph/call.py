"""One call of the Graph API: what was asked, by whom, and what is answered."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from simulator.errors import GraphError
from simulator.ids import USER_ID, digits_of, whatsapp_id
from simulator.models import Number
from simulator.simulation import Simulation

Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """A call whose number is known: `edge` is what follows the id in the path, "" for the object itself."""

    sim: Simulation
    verb: str
    object_id: str
    edge: str
    version: str
    headers: dict[str, str]
    query: dict[str, str]
    body: bytes
    number: Number
    # What follows the edge in the path: one of its things.
    item: str = ""
    _params: Json | None = field(default=None)

    @property
    def params(self) -> Json:
        """Query, form fields and JSON as one table. Raises GraphError for broken JSON."""
        if self._params is None:
            self._params = {**self.query, **self._body_params()}
        return self._params

    @property
    def now(self) -> float:
        """The time of the world."""
        return self.sim.world.now()

    @property
    def base_url(self) -> str:
        """How the caller reached the simulator: addresses in answers begin with it."""
        return f"http://{self.headers.get('host', 'localhost')}"

    def recipient(self) -> tuple[str | None, str | None]:
        """(phone number as WhatsApp knows it, user id) this call is for; `to` wins over `recipient`."""
        to, user_id = self.params.get("to"), self.params.get("recipient")
        if to:
            if USER_ID.match(str(to)):
                return self.sim.world.whatsapp_id_of(str(to)), str(to)
            return whatsapp_id(digits_of(str(to))), None
        if user_id:
            return self.sim.world.whatsapp_id_of(str(user_id)), str(user_id)
        return None, None

    def _body_params(self) -> Json:
        kind = self.headers.get("content-type", "")
        if not self.body or kind.startswith("multipart/"):
            return {}
        if kind.startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(self.body.decode("utf-8", "replace")))
        try:
            value = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise GraphError(100, "The request body is not valid JSON.") from error
        if not isinstance(value, dict):
            raise GraphError(100, "The request body must be a JSON object.")
        return value


def misshapen(why: str) -> GraphError:
    """The refusal of a body with a part of a wrong type."""
    return GraphError(100, why)


def required(params: Json, name: str) -> Any:
    """A parameter that must be there. Raises GraphError."""
    value = params.get(name)
    if value in (None, "", [], {}):
        raise GraphError(
            100, f"Missing parameter {name}.", message=f"(#100) The parameter {name} is required."
        )
    return value
