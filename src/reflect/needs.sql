-- What stands on what (pg_depend), where one of the two is a definition. A rule named _RETURN is its view, a composite
-- type's row its type, an array its element. Each side comes with its catalog and number, and with its name for what is
-- no definition.
select 'need' as catalog, l.class::regclass::text as class, l.oid::int8 as oid, of.type as of_type, to_json(of.object_names)::text as of_names,
  l.refclass::regclass::text as needs_class, l.refoid::int8 as needs_oid, needs.type as needs_type,
  to_json(case when l.refclass = 'pg_type'::regclass then array[tn.nspname::text, t.typname::text] else needs.object_names end)::text as needs_names,
  coalesce(t.typtype = 'c', false) as needs_row
from (
  select distinct
    case when w.oid is not null and w.rulename = '_RETURN' then 'pg_class'::regclass::oid
      when c.relkind = 'c' or o.contypid <> 0 then 'pg_type'::regclass else x.classid end as class,
    case when w.oid is not null and w.rulename = '_RETURN' then w.ev_class when c.relkind = 'c' then c.reltype
      else coalesce(nullif(o.contypid, 0), x.objid) end as oid,
    case when c.relkind in ('r', 'p') then x.objsubid else 0 end as subid,
    x.refclassid as refclass, coalesce(a.typelem, x.refobjid) as refoid, x.refobjsubid as refsubid
  from (
    select x.classid, x.objid, x.objsubid, x.refclassid, x.refobjid, x.refobjsubid
    from pg_depend x
    where x.deptype in ('n', 'a') and x.objid >= 16384 and x.refobjid >= 16384
      and x.refclassid in ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_constraint'::regclass)
      and (x.classid in ('pg_rewrite'::regclass, 'pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_statistic_ext'::regclass,
          'pg_proc'::regclass, 'pg_type'::regclass)
        -- A table is no definition: what its columns, defaults and constraints stand on must be one. Most stand on enums
        -- and on their own sequences, and naming those would cost more than all other selects.
        or x.classid in ('pg_class'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass) and (
          x.refclassid = 'pg_proc'::regclass
          or x.classid = 'pg_class'::regclass and x.objid in (select v.oid from pg_class v where v.relkind in ('c', 'v', 'm'))
          or x.classid = 'pg_constraint'::regclass and x.objid in (select o.oid from pg_constraint o where o.contypid <> 0)
          or x.refclassid = 'pg_class'::regclass and (
            x.refobjid in (select v.oid from pg_class v where v.relkind in ('v', 'm'))
            or x.refobjid in (select s.seqrelid from pg_sequence s) and not exists (
              select from pg_depend own where own.classid = 'pg_class'::regclass and own.objid = x.refobjid
                and own.deptype in ('a', 'i') and own.refclassid = 'pg_class'::regclass))
          or x.refclassid = 'pg_type'::regclass and x.refobjid in (
            select unnest(array[d.oid, d.typarray]) from pg_type d where d.typtype in ('d', 'c'))))
    offset 0
  ) x
  left join pg_rewrite w on x.classid = 'pg_rewrite'::regclass and w.oid = x.objid
  left join pg_class c on x.classid = 'pg_class'::regclass and c.oid = x.objid
  left join pg_constraint o on x.classid = 'pg_constraint'::regclass and o.oid = x.objid
  left join pg_type a on x.refclassid = 'pg_type'::regclass and a.oid = x.refobjid and a.typtype = 'b' and a.typcategory = 'A' and a.typelem <> 0
) l
cross join lateral pg_identify_object_as_address(l.class, l.oid, l.subid) of
cross join lateral pg_identify_object_as_address(l.refclass, l.refoid, l.refsubid) needs
left join pg_type t on l.refclass = 'pg_type'::regclass and t.oid = l.refoid
left join pg_namespace tn on tn.oid = t.typnamespace
where (l.class, l.oid) is distinct from (l.refclass, l.refoid);
