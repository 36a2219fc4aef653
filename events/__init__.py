"""The house bell: one Event row per fact, numbered per tenant without gaps, and the list of who hears it.

Public face: models, bus, audit. Listens to nothing.
"""
