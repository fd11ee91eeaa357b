-- The lock's session is idle while revisions run; no timeout may end it. Not every major has every setting.
select set_config(name, '0', false)
from pg_settings
where name in ('idle_session_timeout', 'statement_timeout', 'lock_timeout');
