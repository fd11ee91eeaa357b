-- Rows with a parent constraint belong to partitions. NOT NULLs, which 18 lists as contype 'n', are facts of columns.
-- `definition` is for what has no structure here: exclusions, and WITHOUT OVERLAPS, PERIOD and NOT ENFORCED of 18.
-- Columns come as numbers, those of another table as names. Columns of a catalog that an older server does not have mean
-- those of `none` there.
select 'constraint' as catalog, k.oid::int8 as oid, k.conrelid::int8 as table_oid, k.conname::text as name, k.contype::text as kind,
  array_to_json(k.conkey)::text as columns,
  case when i.indnatts > i.indnkeyatts then array_to_json(i.indkey::int2[])::text end as index_columns,
  k.contype = 'u' and (select indnullsnotdistinct from (select i.*) x) as nulls_not_distinct,
  fn.nspname::text as referenced_namespace, f.relname::text as referenced_name,
  case when k.contype = 'f' then
    case when cardinality(k.confkey) = 1
      then json_build_array((select a.attname from pg_attribute a where a.attrelid = k.confrelid and a.attnum = k.confkey[1]))
      else (select json_agg(a.attname order by u.position) from unnest(k.confkey) with ordinality u(number, position)
            join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number) end::text end as referenced_columns,
  k.confupdtype::text as on_update, k.confdeltype::text as on_delete, k.confmatchtype::text as match_type,
  case when k.confdeltype in ('n', 'd') then
    (select array_to_json(confdelsetcols) from (select k.*) x)::text end as on_delete_columns,
  k.condeferrable as deferrable, k.condeferred as deferred, k.convalidated as validated, k.connoinherit as no_inherit,
  case when k.contype = 'c' then pg_get_expr(k.conbin, k.conrelid) end as expression,
  case when k.contype = 'x' or (select conperiod or not conenforced from (select k.*) x)
    then pg_get_constraintdef(k.oid) end as definition,
  case when k.contype = 'x' then
    (select json_agg(distinct x.refobjsubid) from pg_depend x
     where x.classid = 'pg_class'::regclass and x.objid = k.conindid and x.refclassid = 'pg_class'::regclass
       and x.refobjid = k.conrelid and x.refobjsubid > 0)::text end as mentions
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
cross join (select false as indnullsnotdistinct, null::int2[] as confdelsetcols, false as conperiod, true as conenforced) none
left join pg_index i on i.indexrelid = k.conindid and k.contype in ('p', 'u')
left join pg_class f on f.oid = k.confrelid
left join pg_namespace fn on fn.oid = f.relnamespace
where k.contype in ('p', 'u', 'f', 'c', 'x') and k.conparentid = 0
  and c.relkind in ('r', 'p') and not c.relispartition
  and n.nspname = any(current_setting('autogen.namespaces')::text[]);
