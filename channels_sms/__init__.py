"""Text messages (SMS and MMS) over the Twilio family's REST API, translated to and from our words.

Public face: ``adapter.Adapter``. Reads and writes no rows, listens to nothing, starts no tasks.

- ``payloads`` reads webhooks and lists; ``words`` knows STOP, START and HELP
- ``sending`` writes a message, ``media`` fetches files, ``segments`` counts what a text costs
- ``forms`` connects a number; signatures, calls and codes are ``telephony``'s
"""
