"""The far end of every channel: a provider with its real wire protocol, and its customers' phones.

A program of its own (`python -m simulator`). It imports nothing from the other rooms and they import nothing
from it: all they share is HTTP. Public face: the addresses described in simulator/README.md.
"""
