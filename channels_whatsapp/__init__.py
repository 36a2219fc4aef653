"""WhatsApp (Cloud API) translated to and from our words.

Public face: ``adapter.Adapter``. Reads and writes no rows, listens to nothing, starts no tasks.

- ``payloads`` reads a webhook body; ``messages``, ``statuses`` and ``people`` read the parts of one
- ``sending`` writes a message, ``media`` moves files, ``checking`` asks how a number is
- ``graph`` makes the calls; ``errors`` says what each of the provider's codes means to us
- ``signatures`` keeps the door, ``forms`` connects an account
"""
