"""Measuring: `make bench` (figures beside their limits) and `make faults` (nothing lost under kill -9).

Both start servers and processes of their own on free ports, with the durable settings of `make run`, and
remove them at the end. docs/measuring.md says what each row means. The product imports nothing from here.
"""
