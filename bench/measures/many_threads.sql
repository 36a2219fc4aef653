-- Threads number %(first)s to %(last)s of a tenant, with a customer and a phone number each: nine in ten are closed,
-- like the years of a business; one in three is assigned. Ids are made from the number.
INSERT INTO customers_customer (tenant_id, id, name, language, timezone, attributes, labels, created_at, version)
SELECT %(tenant)s::uuid, ('10000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Customer ' || n, '', '',
    '{}', '{}', now(), 1
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n;

INSERT INTO customers_address (tenant_id, id, customer_id, kind, value, label, created_at)
SELECT %(tenant)s::uuid, ('20000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
    ('10000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'phone', '+4488' || lpad(n::text, 8, '0'), '', now()
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n;

INSERT INTO inbox_thread (
    tenant_id, id, customer_id, inbox_id, channel_id, assignee_id, status, priority, labels, wake_on_reply,
    last_message_id, last_kind, last_text, last_direction, last_status, last_author, last_at, active_at,
    waiting_since, snoozed_until, closed_at, window_until, mentions, inbound_count, outbound_count, seen_count,
    told_count, scheduled_count, created_at, updated_at, version)
SELECT
    %(tenant)s::uuid, ('30000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
    ('10000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, channel.inbox_id, channel.id,
    CASE WHEN n %% 3 = 0 THEN %(member)s::uuid END,
    CASE WHEN n %% 10 > 0 THEN 'closed' WHEN n %% 100 = 0 THEN 'snoozed' ELSE 'open' END, 0, '{}', true,
    ('40000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'text', 'Where is my card? Number ' || n,
    'inbound', 'received', '', said.at, said.at,
    CASE WHEN n %% 20 = 10 THEN said.at END, CASE WHEN n %% 100 = 0 THEN now() + interval '1 day' END,
    CASE WHEN n %% 10 > 0 THEN said.at END, said.at + interval '24 h',
    CASE WHEN n %% 1000 = 10 THEN ARRAY[%(member)s::uuid] ELSE '{}' END, 1 + n %% 7, n %% 5, 1 + n %% 7, 1 + n %% 7,
    0, said.at, said.at, 1
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
    LATERAL (SELECT now() - (%(last)s - n) * interval '20 s' AS at) AS said,
    (SELECT id, inbox_id FROM inbox_channel WHERE tenant_id = %(tenant)s::uuid ORDER BY id LIMIT 1) AS channel;
