-- Keys that are more than a column in the way of its type. What equals the default of the key's type is null, as
-- pg_get_indexdef leaves it out (ruleutils.c); a type's default operator class is looked up as in GetDefaultOpClass: an
-- exact match comes first. Looking up each column by itself keeps the planner from reading all of pg_attribute.
select 'index key' as catalog, k.indexrelid::int8 as index_oid, k.indrelid::int8 as table_oid, k.position,
  -- One expression prints alone as it does among the keys, without a look at the whole index.
  case when k.number = 0 then case when cardinality(array_positions(k.indkey::int2[], 0::int2)) = 1
    then pg_get_expr(k.indexprs, k.indrelid) else pg_get_indexdef(k.indexrelid, k.position, false) end end as expression,
  case when k.number = 0 then k.indexprs::text end as tree,
  case when k.collation then (select format('%I.%I', cn.nspname, co.collname)
    from pg_collation co join pg_namespace cn on cn.oid = co.collnamespace where co.oid = k.collation_oid) end as collation,
  case when k.operator_class then
    (select case when pg_opclass_is_visible(oc.oid) then quote_ident(oc.opcname) else format('%I.%I', ocn.nspname, oc.opcname) end
     from pg_opclass oc join pg_namespace ocn on ocn.oid = oc.opcnamespace where oc.oid = k.class_oid)
    || coalesce((select ' (' || string_agg(format('%I=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')'
                 from unnest(k.attoptions) o), '')
    end as operator_class
from (
  select i.indexrelid, i.indrelid, i.indkey, i.indexprs, ka.attnum as position, i.indkey[ka.attnum - 1] as number,
    i.indcollation[ka.attnum - 1] as collation_oid, i.indclass[ka.attnum - 1] as class_oid, ka.attoptions,
    i.indcollation[ka.attnum - 1] <> 0 and i.indcollation[ka.attnum - 1] <> coalesce(a.attcollation, kt.typcollation) as collation,
    ka.attoptions is not null or not oc.opcdefault
      or oc.opckeytype = 0 and oc.opcintype <> coalesce(nullif(at.typbasetype, 0), at.oid, kt.oid) and exists (
        select from pg_opclass p where p.opcmethod = oc.opcmethod and p.opcdefault
          and p.opcintype = coalesce(nullif(at.typbasetype, 0), at.oid, kt.oid)) as operator_class
  from (
    select i.indexrelid, i.indrelid, i.indnkeyatts, i.indkey, i.indclass, i.indcollation, i.indexprs
    from pg_index i
    join pg_class t on t.oid = i.indrelid
    join pg_namespace n on n.oid = t.relnamespace
    where t.relkind in ('r', 'p') and not t.relispartition
      and n.nspname = any(current_setting('autogen.namespaces')::text[])
      and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
    offset 0
  ) i
  join pg_attribute ka on ka.attrelid = i.indexrelid and ka.attnum <= i.indnkeyatts
  join pg_type kt on kt.oid = ka.atttypid
  left join lateral (select a.atttypid, a.attcollation from pg_attribute a
    where a.attrelid = i.indrelid and a.attnum = i.indkey[ka.attnum - 1] and a.attnum <> 0 offset 0) a on true
  left join pg_type at on at.oid = a.atttypid
  join pg_opclass oc on oc.oid = i.indclass[ka.attnum - 1]
) k
where k.number = 0 or k.collation or k.operator_class;
