-- The roles of Parley, made by a superuser; may run again at any time. Run it in template1, so that every
-- database made afterwards has the extension too. Passwords, where needed, are set by the caller.
DO $$
BEGIN
    -- Owns the tables and migrates; never serves.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_owner') THEN
        CREATE ROLE app_owner;
    END IF;
    -- Serves; may change rows and nothing else.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_web') THEN
        CREATE ROLE app_web;
    END IF;
    -- For people in an emergency only: sees the rows of every tenant.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_ops') THEN
        CREATE ROLE app_ops;
    END IF;
    -- Owns the functions that search text, and nothing else: indexes of text are not used under row security, so
    -- these read without it and name the tenant themselves. Nobody signs in as this role.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_search') THEN
        CREATE ROLE app_search;
    END IF;
END
$$;

ALTER ROLE app_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB NOCREATEROLE;
ALTER ROLE app_web LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
ALTER ROLE app_ops NOLOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE;
ALTER ROLE app_search NOLOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE;
-- So that migrations can hand the functions over.
GRANT app_search TO app_owner;

ALTER ROLE app_web SET statement_timeout = '15s';
ALTER ROLE app_web SET lock_timeout = '5s';
ALTER ROLE app_web SET idle_in_transaction_session_timeout = '30s';

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
