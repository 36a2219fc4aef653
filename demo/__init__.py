"""The demo: two tenants with people, channels on the simulator and a few conversations.

Public face: the command `manage.py demo`. Listens to nothing.
"""
