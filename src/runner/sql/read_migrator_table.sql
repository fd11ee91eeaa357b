-- psql: \set table seaql_migrations
select
  version::text as version,
  to_char(to_timestamp(applied_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as applied_at
from :"table"
order by version;
