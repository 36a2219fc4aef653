"""The domain: channels, threads, messages, deliveries, every rule about them; agents' pages and API.

Public face: models, operations, queries, ports and door.accept. Listens to nothing; what happens here is
recorded with events.bus. A message comes in at inbox/door.py and is stored by inbox/operations/receive.py;
an answer starts in inbox/operations/reply.py and leaves in inbox/delivery.py.
"""
