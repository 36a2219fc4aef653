"""Calls about what a new chat offers: ice breakers to tap, and commands after a slash.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/conversational-components
(June 2026). Meta took the welcome message away on 26 March 2026.
"""

from __future__ import annotations

from channels_whatsapp.graph import Body, ask, do, must_be
from channels_whatsapp.template_parts import records, text_of
from channels_whatsapp.values import record, word
from inbox.ports import Account, Json, SendError

PROMPTS_MOST, PROMPT_CHARS = 4, 80
COMMANDS_MOST, COMMAND_CHARS, HINT_CHARS = 30, 32, 256


def read_openers(account: Account) -> Json:
    """{prompts: [text], commands: [{name, hint}]}. Raises SendError."""
    answer = ask(
        account, "GET", account.external_id, body=Body(params={"fields": "id,conversational_automation"})
    )
    must_be(word(answer, "id") == account.external_id, "about this number")
    found = record(answer.get("conversational_automation"))  # Absent while nothing was ever set.
    prompts = found.get("prompts") or []
    if not isinstance(prompts, list) or not all(isinstance(one, str) for one in prompts):
        raise SendError("unavailable", "The provider's answer holds no texts we can read.", permanent=False)
    commands = [
        {"name": text_of(one, "command_name"), "hint": text_of(one, "command_description")}
        for one in records(found.get("commands"))
    ]
    return {"prompts": prompts, "commands": commands}


def change_openers(account: Account, wanted: Json) -> None:
    """Put these in the place of those there are. wanted: as ``read_openers`` gives it. Raises SendError."""
    commands = [
        {"command_name": one["name"], "command_description": one["hint"]} for one in wanted["commands"]
    ]
    body = Body(json={"prompts": wanted["prompts"], "commands": commands})
    do(account, "POST", account.external_id, "conversational_automation", body=body)
