-- Indexes that no constraint owns.
select 'index' as catalog, i.indexrelid::int8 as oid, i.indrelid::int8 as table_oid, c.relname::text as name, i.indisunique as unique,
  am.amname::text as method, i.indisvalid as valid,
  i.indisunique and coalesce(to_jsonb(i) ->> 'indnullsnotdistinct' = 'true', false) as nulls_not_distinct,
  pg_get_expr(i.indpred, i.indrelid) as predicate,
  case when i.indpred is not null then
    (select json_agg(distinct v[1]::int2) from regexp_matches(i.indpred::text, ':varattno (\d+)', 'g') v)::text
    end as predicate_mentions,
  case when c.reloptions is not null then (select json_agg(o order by o) from unnest(c.reloptions) o)::text end as options,
  d.description as comment
from pg_index i
join pg_class t on t.oid = i.indrelid
join pg_namespace n on n.oid = t.relnamespace
join pg_class c on c.oid = i.indexrelid
join pg_am am on am.oid = c.relam
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
where t.relkind in ('r', 'p') and not t.relispartition
  and n.nspname = any(current_setting('autogen.namespaces')::text[])
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'));
