-- %(count)s notifications of one tenant to %(people)s people, with one step each: five types, most of them read, some
-- failed; few expired and few tests, long ago. Ids are made from the number, so the newest is the highest.
INSERT INTO notifications_notificationtype (tenant_id, id, key, name, category, mandatory, created_at, updated_at)
SELECT %(tenant)s::uuid, ('61000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'log-' || n, 'Log ' || n,
    'utility', false, now(), now()
FROM generate_series(0, 4) AS n;

INSERT INTO notifications_typeversion (tenant_id, id, type_id, number, state, variables, contents, ladder, actions,
    ttl_s, quiet_hours, dedupe_window_s, lane, fallback_language, revision, created_by, created_at, updated_at,
    published_by)
SELECT tenant_id, ('62' || substr(id::text, 3))::uuid, id, 1, 'published', '[]', '{}', '[]', '[]', 3600, 'pass', 3600,
    2, 'en', 1, '', now(), now(), ''
FROM notifications_notificationtype WHERE tenant_id = %(tenant)s::uuid AND key LIKE 'log-_';

INSERT INTO customers_customer (tenant_id, id, name, language, timezone, attributes, labels, created_at, version)
SELECT %(tenant)s::uuid, ('63000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Person ' || n, '', '',
    '{}', '{}', now(), 1
FROM generate_series(0, %(people)s - 1) AS n;

INSERT INTO customers_address (tenant_id, id, customer_id, kind, value, label, created_at)
SELECT tenant_id, ('64' || substr(id::text, 3))::uuid, id, 'phone', '+4499' || right(id::text, 8), '', now()
FROM customers_customer WHERE tenant_id = %(tenant)s::uuid AND id::text LIKE '63%%';

INSERT INTO notifications_notification (tenant_id, id, type_id, version_id, customer_id, data, metadata, language,
    state, reason, decision, history, dedupe_key, lane, is_test, request_id, author_kind, author_name, expires_at,
    action, doubled, created_at, updated_at)
SELECT %(tenant)s::uuid, ('65000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
    ('61000000-0000-7000-8000-' || lpad((n %% 5)::text, 12, '0'))::uuid,
    ('62000000-0000-7000-8000-' || lpad((n %% 5)::text, 12, '0'))::uuid,
    ('63000000-0000-7000-8000-' || lpad((n * 7 %% %(people)s)::text, 12, '0'))::uuid,
    '{"order": "7781"}', '{}', CASE n %% 3 WHEN 0 THEN 'en' WHEN 1 THEN 'pt' ELSE 'es' END,
    CASE WHEN n < %(count)s / 1000 THEN 'expired' WHEN n %% 100 < 60 THEN 'read' WHEN n %% 100 < 85 THEN 'delivered'
        WHEN n %% 100 < 93 THEN 'sent' WHEN n %% 100 < 98 THEN 'failed' ELSE 'skipped' END,
    CASE WHEN n %% 100 >= 93 THEN 'The customer has no address for WhatsApp.' ELSE '' END,
    '[{"step": "type", "ok": true, "detail": "log, version 1, utility."}]',
    '[{"state": "queued", "at": "2026-11-01T08:00:00.000000Z"}]',
    CASE WHEN n %% 3 = 0 THEN 'order-' || n ELSE '' END, 2, n < %(count)s / 500 AND n %% 2 = 0,
    'request-' || n / 1000, 'api_key', 'Shop', said.at + interval '1 hour', '', 0, said.at, said.at
FROM generate_series(0, %(count)s - 1) AS n, LATERAL (SELECT now() - (%(count)s - n) * interval '2 s' AS at) AS said;

INSERT INTO notifications_step (tenant_id, id, notification_id, place, rung, must_reach, patience_s, state, channel_id,
    status, is_late, reason, started_at)
SELECT r.tenant_id, ('66' || substr(r.id::text, 3))::uuid, r.id, 0, 'whatsapp', 'delivered', 60, 'reached',
    CASE WHEN right(r.id::text, 6)::int < 400 THEN c.ids[1] ELSE c.ids[2 + right(r.id::text, 6)::int %% 3] END,
    'read', false, '', r.created_at
FROM notifications_notification r,
    (SELECT array_agg(id ORDER BY id) AS ids FROM inbox_channel WHERE tenant_id = %(tenant)s::uuid) AS c
WHERE r.tenant_id = %(tenant)s::uuid AND r.id::text LIKE '65%%';
