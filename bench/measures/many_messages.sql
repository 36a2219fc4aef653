-- Messages 1 to %(each)s of every thread number %(first)s to %(last)s that many_threads.sql made; the last one is the
-- one the thread's line names. Every word a customer uses is among a few hundred, every parcel has a number of its own.
INSERT INTO inbox_message (tenant_id, id, thread_id, customer_id, channel_id, address_id, direction, kind, text, content,
    external_id, reply_to, status, history, attempts, number, author_name, author_kind, at, created_at)
SELECT
    thread.tenant_id,
    CASE WHEN k = %(each)s THEN thread.last_message_id
        ELSE ('41000000-0000-7000-' || lpad((k / 1000 + 8000)::text, 4, '0') || '-'
              || lpad(((n * 1000 + k %% 1000))::text, 12, '0'))::uuid END,
    thread.id, thread.customer_id, thread.channel_id,
    ('20000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
    CASE WHEN k %% 3 = 0 THEN 'outbound' ELSE 'inbound' END, 'text',
    'Parcel ' || (n * 100000 + k) || ' word' || (n * 7 + k * 13) %% 400 || ' has not come, it was due at noon. Line ' || k,
    '{}', 'wamid.many.' || n || '.' || k, '', CASE WHEN k %% 3 = 0 THEN 'read' ELSE 'received' END, '[]', 0,
    CASE WHEN k %% 3 = 0 THEN NULL ELSE k - k / 3 END, '', CASE WHEN k %% 3 = 0 THEN 'api' ELSE '' END,
    thread.last_at - (%(each)s - k) * interval '1 minute', thread.last_at - (%(each)s - k) * interval '1 minute'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
JOIN inbox_thread AS thread
    ON thread.tenant_id = %(tenant)s::uuid AND thread.id = ('30000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid
CROSS JOIN generate_series(1, %(each)s::bigint) AS k;

UPDATE inbox_thread AS thread
SET inbound_count = %(each)s - %(each)s / 3, seen_count = %(each)s - %(each)s / 3, told_count = %(each)s - %(each)s / 3,
    outbound_count = %(each)s / 3
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
WHERE thread.tenant_id = %(tenant)s::uuid AND thread.id = ('30000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid;
