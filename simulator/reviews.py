"""What becomes of submitted templates: reviews, pauses, other categories, scores; a webhook tells each.

It is decided after the time the number is set to, or by a control call.
"""

import asyncio
import time
from typing import Any

from simulator.graph import templates
from simulator.jsonio import BadRequest
from simulator.models import Number
from simulator.simulation import Simulation

Json = dict[str, Any]
CODE_TEXT = "*{{1}}* is your verification code."
#: Fate → the status it leaves a template in, and the event told.
STATUSES = {
    "approve": "APPROVED", "reject": "REJECTED", "pause": "PAUSED", "unpause": "APPROVED",
    "disable": "DISABLED", "appeal": "IN_APPEAL", "flag": "FLAGGED", "reinstate": "APPROVED",
    "delete": "DELETED", "pend": "PENDING",
}  # fmt: skip
EVENTS = {"flag": "FLAGGED", "reinstate": "REINSTATED"}
#: How long before it changes another category is announced.
_NOTICE_S = 86_400
FATES = {*STATUSES, "category", "quality"}


def write(sim: Simulation, number: Number, template: Json) -> None:
    """Keep a template as it is now, for every number of the account."""
    key = (template["name"], template["language"])
    for one in sim.world.numbers.values():
        if one.waba_id == number.waba_id:
            others = [kept for kept in one.templates if (kept["name"], kept["language"]) != key]
            one.templates = [*others, {name: value for name, value in template.items() if name != "id"}]
            sim.world.save_number(one)


def review_soon(sim: Simulation, number: Number, template: Json) -> None:
    """Approve it after the time the number is set to; without one it waits for a control call."""
    after_s = number.settings.template_review_s
    if after_s is not None:
        sim.run(_later(sim, number.id, template["name"], template["language"], after_s))


async def _later(sim: Simulation, number_id: str, name: str, language: str, after_s: float) -> None:
    await asyncio.sleep(after_s)
    number = sim.world.numbers.get(number_id)
    template = templates.named(number, name, language) if number else None
    if number and template and template["status"] == "PENDING":
        decide(sim, number, template, {"fate": "approve"})


def resume(sim: Simulation) -> None:
    """Reviews that an earlier run left begin again."""
    seen = set()
    for number in list(sim.world.numbers.values()):
        for template in number.templates:
            key = (number.waba_id, template["name"], template["language"])
            if template.get("status") == "PENDING" and key not in seen:
                seen.add(key)
                review_soon(sim, number, template)


async def decide_later(sim: Simulation, number: Number, template: Json, said: Json, after_s: float) -> None:
    """Decide a template's fate in a while."""
    await asyncio.sleep(after_s)
    decide(sim, number, templates.named(number, template["name"], template["language"]) or template, said)


def decide(sim: Simulation, number: Number, template: Json, said: Json) -> Json:
    """Let a fate befall a template, and tell it by webhook. Raises BadRequest for one that is none."""
    fate = said.get("fate")
    if fate not in FATES:
        raise BadRequest(f"“fate” must be one of {', '.join(sorted(FATES))}.")
    field, value, changed = _WRITERS.get(str(fate), _status)(number, template, said)
    write(sim, number, changed)
    sim.webhooks.tell(number.id, "change", {"value": value, "field": field})
    return {**changed, "id": templates.id_of(number, changed)}


def _about(number: Number, template: Json) -> Json:
    return {
        "message_template_id": int(templates.id_of(number, template)),
        "message_template_name": template["name"],
        "message_template_language": template["language"],
    }


def _status(number: Number, template: Json, said: Json) -> tuple[str, Json, Json]:
    fate = str(said["fate"])
    status = STATUSES[fate]
    reason = str(said.get("reason") or ("INVALID_FORMAT" if fate == "reject" else "NONE"))
    category = str(said.get("category") or template["category"]).upper()
    value = {"event": EVENTS.get(fate, status), **_about(number, template), "reason": reason}
    value["message_template_category"] = category
    if fate == "reject" and said.get("rejection_info"):
        value["rejection_info"] = said["rejection_info"]
    if fate == "disable":
        value["disable_info"] = {"disable_date": str(said.get("disable_date") or "1790000000")}
    if fate in ("pause", "unpause"):
        title = said.get("title") or ("FIRST_PAUSE" if fate == "pause" else "UNPAUSE")
        words = "Paused for low quality." if fate == "pause" else "It may be sent again."
        value["other_info"] = {"title": title, "description": said.get("description") or words}
    changed = {**template, "status": status, "category": category}
    changed["reason"] = "" if reason == "NONE" else reason
    return "message_template_status_update", value, changed


def _category(number: Number, template: Json, said: Json) -> tuple[str, Json, Json]:
    """With `correct_category` it is only announced; with `category` it has changed."""
    correct = str(said.get("correct_category") or "").upper()
    if correct:
        value = {
            **_about(number, template),
            "new_category": template["category"],
            "correct_category": correct,
        }
        value["category_update_timestamp"] = int(said.get("at") or time.time() + _NOTICE_S)
        return "template_category_update", value, {**template, "correct_category": correct}
    category = str(said.get("category") or "MARKETING").upper()
    value = {**_about(number, template), "previous_category": template["category"], "new_category": category}
    changed = {**template, "category": category, "previous_category": template["category"]}
    changed.pop("correct_category", None)
    return "template_category_update", value, changed


def _quality(number: Number, template: Json, said: Json) -> tuple[str, Json, Json]:
    before, after = template.get("quality") or "UNKNOWN", str(said.get("quality") or "RED").upper()
    value = {"previous_quality_score": before, "new_quality_score": after, **_about(number, template)}
    return "message_template_quality_update", value, {**template, "quality": after}


_WRITERS = {"category": _category, "quality": _quality}
