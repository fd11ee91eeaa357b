-- Since 14: rows and bytes of a COPY, whose total is known only for files.
-- psql: \set pid 1
select 'copy' as what, tuples_processed || ' rows' as phase, bytes_processed as done, bytes_total as total
from pg_stat_progress_copy where pid = :'pid'::text::integer;
