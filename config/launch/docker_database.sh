# Run once by the postgres image on an empty volume: roles with passwords, and the database they serve.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname template1 --file "${ROLES_SQL:-/roles.sql}"

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner="$APP_OWNER_PASSWORD" --set web="$APP_WEB_PASSWORD" <<'SQL'
ALTER ROLE app_owner PASSWORD :'owner';
ALTER ROLE app_web PASSWORD :'web';
SELECT 'CREATE DATABASE parley OWNER app_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'parley') \gexec
SQL
