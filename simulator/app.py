"""The application: the Graph API straight on ASGI, because it is hot; control, phone and pages through Starlette."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from simulator import control, phone, statics
from simulator.jsonio import BadRequest, refuse
from simulator.simulation import Simulation


def create_app(simulation: Simulation) -> Starlette:
    """The simulator as an ASGI application that starts and stops with the server."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await simulation.start()
        yield
        await simulation.stop()

    app = Starlette(
        routes=[*control.ROUTES, *phone.ROUTES, *statics.ROUTES],
        exception_handlers={BadRequest: refuse},
        lifespan=lifespan,
    )
    app.state.simulation = simulation
    return app
