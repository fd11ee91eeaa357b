-- Every table, column, enum type and label under the number that stays with it when it gets another name.
-- psql: \set namespaces '{public}'
select 'table' as kind, c.oid::int8 as oid, 0::int8 as number, n.nspname::text as namespace, c.relname::text as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any(:'namespaces'::text[])
union all
select 'column', c.oid::int8, a.attnum::int8, n.nspname::text, a.attname::text
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any(:'namespaces'::text[])
  and a.attnum > 0 and not a.attisdropped
union all
select 'enum', t.oid::int8, 0, n.nspname::text, t.typname::text
from pg_type t join pg_namespace n on n.oid = t.typnamespace
where t.typtype = 'e' and n.nspname = any(:'namespaces'::text[])
union all
select 'label', t.oid::int8, v.oid::int8, n.nspname::text, v.enumlabel::text
from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_enum v on v.enumtypid = t.oid
where n.nspname = any(:'namespaces'::text[])
order by 1, 2, 3;
