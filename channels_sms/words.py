"""The words by which people stop and start messages; carriers and law fix them.

https://help.twilio.com/articles/223134027 (read in November 2026)
"""

from __future__ import annotations

from typing import Literal

Consent = Literal["", "opted_out", "opted_in"]

STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "OPT OUT", "REVOKE", "STOP ALL"}
START = {"START", "YES", "UNSTOP"}
HELP = {"HELP", "INFO"}
PLAIN = " \t\r\n.,!?\"'“”‘’*()"


def consent_in(body: str, opt_out_type: str = "") -> Consent:
    """What a customer decided by this text. opt_out_type: the provider's own reading, which wins."""
    said = (opt_out_type or body).strip(PLAIN).upper()
    if said in STOP:
        return "opted_out"
    if said in START:
        # "Yes" also answers questions: it opens the way again and says no more than that.
        return "opted_in"
    return ""


def keyword_in(body: str, opt_out_type: str = "") -> str:
    """ "stop", "start", "help" or ""."""
    said = (opt_out_type or body).strip(PLAIN).upper()
    for name, known in (("stop", STOP), ("start", START), ("help", HELP)):
        if said in known:
            return name
    return ""
