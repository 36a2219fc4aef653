"""What the channels of telephone companies share: the REST calls, forms and signatures of the Twilio family.

Public face: ``rest``, ``signatures``, ``errors``, ``bodies``, ``forms``. Reads and writes no rows, starts
no tasks.
SignalWire, self-hosted gateways and the simulator speak the same; the base URL is a setting of each channel.
"""
