"""WhatsApp (Cloud API) translated to and from our words.

Public face: ``adapter.Adapter``. Its only rows are copies of templates; listens to nothing.

- ``payloads`` reads a webhook body; ``messages``, ``statuses`` and ``people`` read the parts of one
- ``sending`` writes a message, ``media`` moves files, ``checking`` asks how a number is
- ``graph`` makes the calls; ``errors`` says what each of the provider's codes means to us
- ``template_rules`` says what would be refused; ``operations`` keeps copies and tells the provider; ``views``
  and ``api`` show them
- ``signatures`` keeps the door, ``forms`` connects an account
"""
