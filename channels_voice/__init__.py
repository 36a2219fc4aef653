"""Phone calls that speak a text and take a key, over the Twilio family's REST API, translated to our words.

Public face: ``adapter.Adapter``. Reads and writes no rows, listens to nothing, starts no tasks.

- ``payloads`` reads webhooks and lists; ``sending`` places a call
- ``script`` writes what the call says (TwiML) from the stored message
- ``forms`` connects a number; signatures, calls and codes are ``telephony``'s
"""
