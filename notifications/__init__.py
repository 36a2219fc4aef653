"""Named events of a tenant's own systems ("order shipped") → a message, and the next channel if it fails.

Public face: none yet; types, runs and ladders come with issue 4.
"""
