-- How far a session's statement is, where Postgres counts: what, phase, units done and in all.
-- psql: \set pid 1
select
  case when command like '%CONCURRENTLY' then 'index, concurrently' else 'index' end as what, phase,
  case
    when phase like 'waiting%' then lockers_done
    when tuples_total > 0 then tuples_done
    else blocks_done
  end as done,
  case
    when phase like 'waiting%' then lockers_total
    when tuples_total > 0 then tuples_total
    else blocks_total
  end as total
from pg_stat_progress_create_index where pid = :'pid'::text::integer
union all
select 'table', phase, heap_blks_scanned, heap_blks_total
from pg_stat_progress_cluster where pid = :'pid'::text::integer
union all
select 'statistics', phase, sample_blks_scanned, sample_blks_total
from pg_stat_progress_analyze where pid = :'pid'::text::integer
union all
select 'vacuum', phase, heap_blks_scanned, heap_blks_total
from pg_stat_progress_vacuum where pid = :'pid'::text::integer;
