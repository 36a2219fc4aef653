"""A link opens one form of one file of one tenant for five minutes, and nothing else."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import FileResponse
from django.test import Client

from common.tenancy import tenant_context
from inbox.files import signed_url
from inbox.models import Attachment
from tenants.models import ApiKey
from tenants.operations.keys import revoke_api_key
from tenants.operations.members import deactivate_member
from tests.crossfire.twins import NOBODY, Twin, Twins, picture

Parts = dict[str, str]
SIGNED = ("holder", "expires", "signature")
NOT_NUMBERS = ["", "-1", "1e12", "²", "٤١٠٢٤٤٤٨٠٠", "9" * 5_000, "4102444800\n", "0x1", "None", "NaN"]
NOT_SIGNED = ["", "0" * 64, "Ω" * 64, "\0", "a" * 100_000]


def parts(twin: Twin, *, variant: str = "full", now: float | None = None) -> Parts:
    """A link to the tenant's file, in pieces."""
    with tenant_context(twin.tenant.id):
        row = Attachment.objects.get(id=twin.rows["file"])
        url = urlsplit(signed_url(row, holder=twin.agent.id, variant=variant, now=now))
    tenant, file, form = url.path.split("/")[2:]
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    return {"tenant": tenant, "file": file, "variant": form, **query}


def opened(link: Parts) -> Any:
    client = Client(raise_request_exception=False)
    path = f"/files/{link['tenant']}/{link['file']}/{link['variant']}"
    query: dict[str, Any] = {name: link[name] for name in SIGNED if name in link}
    return client.get(path, query)


def test_the_whole_link_opens_its_file(small_twins: Twins) -> None:
    for variant in ("full", "preview"):
        answer = opened(parts(small_twins.acme, variant=variant))

        assert isinstance(answer, FileResponse)
        assert answer.status_code == 200
        assert (b"".join(answer) == picture()) == (variant == "full")


def test_no_part_of_another_link_fits(small_twins: Twins) -> None:
    acme = parts(small_twins.acme)
    other = parts(small_twins.globex, variant="preview", now=time.time() - 7)
    mixed = {part: ({**acme, part: other[part]}, {**other, part: acme[part]}) for part in acme}

    found = {part: [opened(link).status_code for link in links] for part, links in mixed.items()}

    assert set(found) == {"tenant", "file", "variant", *SIGNED}
    assert [part for part, statuses in found.items() if statuses != [403, 403]] == []


def test_a_right_signature_for_a_file_of_another_tenant_opens_nothing(small_twins: Twins) -> None:
    """Somebody who could sign for Globex gets no further than Globex's rows."""
    with tenant_context(small_twins.acme.tenant.id):
        file = Attachment.objects.get(id=small_twins.acme.rows["file"])
    file.tenant_id = small_twins.globex.tenant.id
    link = urlsplit(signed_url(file, holder=small_twins.globex.agent.id))

    assert Client().get(f"{link.path}?{link.query}").status_code == 404


def test_it_ends_after_five_minutes(small_twins: Twins) -> None:
    now = time.time()

    for variant in ("full", "preview"):
        assert opened(parts(small_twins.acme, variant=variant, now=now - 290)).status_code == 200
        assert opened(parts(small_twins.acme, variant=variant, now=now - 302)).status_code == 403


def test_a_made_up_or_missing_part_opens_nothing(small_twins: Twins) -> None:
    link = parts(small_twins.acme)
    wrong = [{**link, "expires": text} for text in NOT_NUMBERS]
    wrong += [{**link, "signature": text} for text in NOT_SIGNED]
    wrong += [{name: text for name, text in link.items() if name != part} for part in SIGNED]

    assert [one for one in wrong if opened(one).status_code != 403] == []


def test_a_signed_link_to_a_file_that_is_gone_is_404(small_twins: Twins) -> None:
    file = Attachment(id=NOBODY["file"], tenant_id=small_twins.acme.tenant.id)
    url = urlsplit(signed_url(file, holder=small_twins.acme.agent.id))

    assert Client().get(f"{url.path}?{url.query}").status_code == 404


def test_it_ends_with_the_rights_of_whom_it_was_made_for(small_twins: Twins) -> None:
    acme = small_twins.acme
    made_for_agent = parts(acme)
    with tenant_context(acme.tenant.id):
        file, key = Attachment.objects.get(id=acme.rows["file"]), ApiKey.objects.get(id=acme.rows["key"])
        made_for_key = signed_url(file, holder=key.id)
    assert [opened(made_for_agent).status_code, Client().get(made_for_key).status_code] == [200, 200]

    with tenant_context(acme.tenant.id):
        deactivate_member(member=acme.agent, by=acme.owner)
        revoke_api_key(key=key)

    assert [opened(made_for_agent).status_code, Client().get(made_for_key).status_code] == [403, 403]
