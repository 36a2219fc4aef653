"""`python -m simulator`: serve the far end until Ctrl-C or SIGTERM."""

import os
import signal
from pathlib import Path
from types import FrameType

import uvicorn

from simulator.app import create_app
from simulator.simulation import Simulation, build

_ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


class _Server(uvicorn.Server):
    """A server that ends the pages' live feeds when asked to stop; they would hold it up otherwise."""

    def __init__(self, config: uvicorn.Config, simulation: Simulation) -> None:
        super().__init__(config)
        self._simulation = simulation

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._simulation.world.feed.close()
        super().handle_exit(sig, frame)


def main() -> None:
    """Read the environment (.env.example) and serve."""
    # At its end the server raises the signal that stopped it once more: by then all is saved and closed.
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, lambda number, frame: None)
    port = int(os.environ.get("SIMULATOR_PORT", "8100"))
    bind = os.environ.get("SIMULATOR_BIND", "127.0.0.1")
    host = "127.0.0.1" if bind in _ANY_ADDRESS else bind
    url = os.environ.get("SIMULATOR_URL", f"http://{host}:{port}").rstrip("/")
    known_as = os.environ.get("PARLEY_URL", "").rstrip("/")
    reached_at = os.environ.get("PARLEY_REACHED_AT", "").rstrip("/")
    simulation = build(Path(os.environ.get("PARLEY_DATA", "var")), url, (known_as, reached_at))
    config = uvicorn.Config(
        create_app(simulation), host=bind, port=port, log_level="warning", access_log=False,
        server_header=False, timeout_graceful_shutdown=2, timeout_keep_alive=75, ws="none",
    )  # fmt: skip
    _Server(config, simulation).run()


if __name__ == "__main__":
    main()
