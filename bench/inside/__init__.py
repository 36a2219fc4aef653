"""Measures taken inside the product's own code: each runs in a process of its own, as the serving role.

`python -m bench.inside <measure> '<json arguments>'` prints what it found as JSON.
"""
