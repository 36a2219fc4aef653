"""The application: the Graph API straight on ASGI, because it is hot; the rest through Starlette."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator import (
    control,
    flows,
    group_control,
    phone,
    reach,
    reviews,
    scenarios,
    statics,
    template_control,
    voice_control,
)
from simulator.graph import message_links
from simulator.graph.api import GraphApi
from simulator.jsonio import BadRequest, refuse
from simulator.simulation import Simulation
from simulator.telephone import api as telephone
from simulator.telephone import control as lines


def create_app(simulation: Simulation) -> ASGIApp:
    """The simulator as an ASGI application that starts and stops with the server."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await simulation.start()
        reviews.resume(simulation)
        yield
        await simulation.stop()

    app = Starlette(
        routes=[
            *control.ROUTES,
            *scenarios.ROUTES,
            *template_control.ROUTES,
            *group_control.ROUTES,
            *voice_control.ROUTES,
            *lines.ROUTES,
            *telephone.ROUTES,
            *phone.ROUTES,
            *flows.ROUTES,
            *reach.ROUTES,
            *message_links.ROUTES,
            *statics.ROUTES,
        ],
        exception_handlers={BadRequest: refuse},
        lifespan=lifespan,
    )
    app.state.simulation = simulation
    graph = GraphApi(simulation)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and graph.serves(scope["path"]):
            await graph(scope, receive, send)
        else:
            await app({**scope, telephone.SEND: send}, receive, send)

    return dispatch
