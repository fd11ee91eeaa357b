-- Indexes that no constraint owns. Keys come as numbers of columns (0: an expression) with their options, in order, then
-- the INCLUDE columns; what a key has besides, index_keys.sql says. `indnullsnotdistinct` is there from 15 on: before,
-- the name means the one of `none`.
select 'index' as catalog, i.indexrelid::int8 as oid, i.indrelid::int8 as table_oid, c.relname::text as name, i.indisunique as unique,
  am.amname::text as method, i.indisvalid as valid,
  array_to_json(i.indkey::int2[])::text as columns, i.indnkeyatts as key_count, array_to_json(i.indoption::int2[])::text as options_of_keys,
  i.indisunique and (select indnullsnotdistinct from (select i.*) x) as nulls_not_distinct,
  pg_get_expr(i.indpred, i.indrelid) as predicate, i.indpred::text as predicate_tree,
  case when c.reloptions is not null then (select json_agg(o order by o) from unnest(c.reloptions) o)::text end as options
from pg_index i
join pg_class t on t.oid = i.indrelid
join pg_namespace n on n.oid = t.relnamespace
cross join (select false as indnullsnotdistinct) none
join pg_class c on c.oid = i.indexrelid
join pg_am am on am.oid = c.relam
where t.relkind in ('r', 'p') and not t.relispartition
  and n.nspname = any(current_setting('autogen.namespaces')::text[])
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'));
