"""Large amounts, written straight into the tables as their owner: what months of work would have left."""

from __future__ import annotations

import random

from tests.journeys.office import Customer
from tests.journeys.stack import Stack

_PEOPLE = """
WITH number AS (SELECT id, inbox_id FROM inbox_channel LIMIT 1), person AS (
    INSERT INTO customers_customer
        (tenant_id, id, name, language, timezone, attributes, labels, created_at, version)
    SELECT %(tenant)s, gen_random_uuid(), 'Passenger ' || n, '', '', '{}', '{}', now(), 1
    FROM generate_series(1, %(n)s) AS n
    RETURNING id, name
), address AS (
    INSERT INTO customers_address (tenant_id, id, customer_id, kind, value, label, created_at)
    SELECT %(tenant)s, gen_random_uuid(), id, 'phone', %(block)s || lpad(substr(name, 11), 5, '0'), '', now()
    FROM person
)
INSERT INTO inbox_thread (tenant_id, id, customer_id, inbox_id, channel_id, status, priority, labels,
    last_kind, last_text, last_direction, last_status, last_author, last_at, active_at, waiting_since,
    mentions, wake_on_reply, inbound_count, outbound_count, seen_count, told_count,
    scheduled_count, created_at, updated_at, version)
SELECT %(tenant)s, gen_random_uuid(), person.id, number.inbox_id, number.id, 'open', 0, '{}', 'text',
    'Question of ' || person.name, 'inbound', 'received', '', at, at, at, '{}',
    true, 1, 0, 0, 0, 0, at, at, 1
FROM person, number, LATERAL (
    SELECT now() - interval '1 hour' - substr(person.name, 11)::int * interval '1 minute' AS at
) AS moment
"""

_MESSAGES = """
INSERT INTO inbox_message (tenant_id, id, thread_id, customer_id, channel_id, address_id, direction, kind,
    text, content, external_id, reply_to, status, history, attempts, number, author_name, author_kind, at,
    created_at)
SELECT m.tenant_id, gen_random_uuid(), m.thread_id, m.customer_id, m.channel_id, m.address_id, 'inbound',
    'text', 'Old line ' || n, '{}', %(prefix)s || n, '', 'received', '[]', 0, n, '', '',
    m.at - (%(n)s - n + 1) * interval '1 minute', m.created_at
FROM inbox_message m, generate_series(1, %(n)s) AS n
WHERE m.thread_id = %(thread)s AND m.number = 1
"""

_RENUMBER = """
UPDATE inbox_message SET number = number + %(n)s WHERE thread_id = %(thread)s AND text NOT LIKE 'Old line %%'
"""

_COUNT = """
UPDATE inbox_thread SET inbound_count = inbound_count + %(n)s, seen_count = inbound_count + %(n)s,
    told_count = inbound_count + %(n)s WHERE id = %(thread)s
"""

_READ = """
INSERT INTO inbox_threadread (tenant_id, id, thread_id, member_id, read_count, updated_at)
SELECT %(tenant)s, gen_random_uuid(), t.id, m.id, t.inbound_count, now()
FROM inbox_thread t, tenants_member m WHERE t.id = %(thread)s
ON CONFLICT (tenant_id, member_id, thread_id) DO UPDATE SET read_count = EXCLUDED.read_count
"""


def many_threads(stack: Stack, slug: str, n: int) -> None:
    """`n` open conversations that nobody has read, one minute apart, “Passenger 1” the newest."""
    with stack.as_owner(slug) as cursor:
        block = f"+1{random.randrange(20000, 99999)}"
        cursor.execute(_PEOPLE, {"tenant": stack.tenant(slug)["id"], "n": n, "block": block})
        cursor.execute("ANALYZE inbox_thread, customers_customer, customers_address")


def long_past(stack: Stack, customer: Customer, n: int) -> str:
    """`n` messages before the customer's first one, all read by everybody: “Old line 1” … “Old line n”.

    Returns what the provider's id of each begins with; its number follows.
    """
    prefix = f"wamid.old.{customer.phone}."
    facts = {
        "tenant": stack.tenant(customer.slug)["id"],
        "thread": customer.thread,
        "n": n,
        "prefix": prefix,
    }
    with stack.as_owner(customer.slug) as cursor:
        for statement in (_MESSAGES, _RENUMBER, _COUNT, _READ):
            cursor.execute(statement, facts)
        cursor.execute("ANALYZE inbox_message")
    return prefix
