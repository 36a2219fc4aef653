"""The socket: who may hear what; tells open browsers that something changed.

Public face: none (wired by config.asgi). Listens to events through settings.EVENT_SUBSCRIBERS (poke.poke).
"""
