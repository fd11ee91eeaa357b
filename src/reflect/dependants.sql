-- What stands on tables and on columns and keeps them from being dropped or changed: views, rules, policies, triggers
-- and functions that mention them, and foreign keys that refer to them. A view's rule is the view.
-- psql: \set namespaces '{public,public}' \set tables '{users,users}' \set columns '{NULL,age}'
select distinct o.number, d.type as kind, d.object_names
from unnest(:'namespaces'::text[], :'tables'::text[], :'columns'::text[]) with ordinality o (namespace, table_name, column_name, number)
join pg_namespace n on n.nspname = o.namespace
join pg_class c on c.relnamespace = n.oid and c.relname = o.table_name
left join pg_attribute a on a.attrelid = c.oid and a.attname = o.column_name and not a.attisdropped
join pg_depend x on x.refclassid = 'pg_class'::regclass and x.refobjid = c.oid
  and (o.column_name is null or x.refobjsubid = a.attnum) and x.deptype = 'n'
  and x.classid in ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass, 'pg_proc'::regclass,
    'pg_constraint'::regclass)
left join pg_rewrite w on x.classid = 'pg_rewrite'::regclass and w.oid = x.objid
cross join lateral pg_identify_object_as_address(
  case when w.rulename = '_RETURN' then 'pg_class'::regclass else x.classid end,
  case when w.rulename = '_RETURN' then w.ev_class else x.objid end, 0) d
order by 1, 2, 3;
