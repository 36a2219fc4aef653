"""The ledger run: customers write and agents answer while process after process gets `kill -9`.

Everything is done from outside, as users do it: phones through the simulator, agents through the REST API
and the socket. What was said and what was promised (201) is written to ledgers of our own, on disk before we
go on; at the end the ledgers are compared with what the product stored and with what the phones got.
"""
