"""WhatsApp (Cloud API) translated to and from our words.

Public face: ``adapter.Adapter``. Its rows are copies of templates and profiles, signups, and
what was asked of the provider; listens to nothing.

- ``payloads`` reads a webhook body; ``messages``, ``statuses`` and ``people`` read the parts of one
- ``sending`` writes a message, ``media`` moves files, ``calls`` rings, ``checking`` asks how a number is
- ``graph`` makes the calls; ``errors`` says what each of the provider's codes means to us
- ``template_rules`` says what would be refused; ``operations`` keeps copies and tells the provider; ``views``
  and ``api`` show them
- ``number_calls`` and ``signup_calls`` have a number changed and connected; ``operations.errands`` keeps what
  came of it
- ``signatures`` keeps the door, ``forms`` connects an account
"""
