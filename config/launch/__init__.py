"""Starts and supervises a whole Parley on one machine: `make run`, `make test`, and what lies under them.

    python config/launch/bootstrap.py …       makes .venv and node_modules, then calls one of the following
    python -m config.launch run               servers, migrations, demo, every process, until Ctrl-C
    python -m config.launch test [ARGS]       pytest on throw-away servers, all that is not long
    python -m config.launch proof [ARGS]      the same for what is long
    python -m config.launch check [NAMES]     lint, types, templates, migrations, OpenAPI, architecture
    python -m config.launch with -- COMMAND   any command on throw-away servers
    python -m config.launch servers           the durable servers only; prints the variables to export
    python -m config.launch only PROCESS      becomes one process of `run`, for containers

`$PARLEY_DATA/processes.json` holds the pid of each child by name: postgres, valkey, simulator, web,
worker-inbound, worker-urgent, worker-outbound, clock. Nothing here imports Django or any other room.
"""
