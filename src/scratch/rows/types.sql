-- What types are made from: domains, composite types, ranges, enums that the schema does not list. One row a type and
-- attribute. Types are named as format_type prints them without modifiers; one that is not there has no row.
-- psql: \set types '{citext}'
select w.name as type, n.nspname::text as namespace, t.typname::text as name, t.typtype::text as kind,
  coalesce((select json_agg(v.enumlabel order by v.enumsortorder) from pg_enum v where v.enumtypid = t.oid), '[]')::text as labels,
  coalesce((select json_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum)
    from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), '[]')::text as attributes,
  case t.typtype
    when 'd' then format_type(t.typbasetype, t.typtypmod)
    when 'r' then (select format_type(r.rngsubtype, null) from pg_range r where r.rngtypid = t.oid)
    when 'm' then (select format_type((to_jsonb(r) ->> 'rngtypid')::oid, null) from pg_range r
      where to_jsonb(r) ->> 'rngmultitypid' = t.oid::text)
  end as base,
  coalesce((select json_agg(pg_get_constraintdef(c.oid) order by c.conname) from pg_constraint c where c.contypid = t.oid), '[]')::text
    as checks
from unnest(:'types'::text[]) w (name)
join pg_type t on t.oid = to_regtype(w.name)
join pg_namespace n on n.oid = t.typnamespace
order by w.name;
