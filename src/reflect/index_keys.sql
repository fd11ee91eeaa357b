-- Keys and INCLUDE columns in order. What equals the default of the key's type is null, as pg_get_indexdef leaves it
-- out (ruleutils.c); a type's default operator class is looked up as in GetDefaultOpClass: an exact match comes first.
select 'index key' as catalog, i.indexrelid::int8 as index_oid, i.indrelid::int8 as table_oid, k.position > i.indnkeyatts as included,
  a.attname::text as column_name,
  case when i.indkey[k.position - 1] = 0 then pg_get_indexdef(i.indexrelid, k.position, false) end as expression,
  case when i.indkey[k.position - 1] = 0 then
    (select json_agg(distinct v[1]::int2) from regexp_matches(i.indexprs::text, ':varattno (\d+)', 'g') v)::text
    end as mentions,
  case when co.oid is not null and co.oid <> coalesce(a.attcollation, kt.typcollation)
    then format('%I.%I', cn.nspname, co.collname) end as collation,
  case when ka.attoptions is not null or not oc.opcdefault
      or oc.opckeytype = 0 and oc.opcintype <> ktb.oid and exists (
        select from pg_opclass p where p.opcmethod = oc.opcmethod and p.opcintype = ktb.oid and p.opcdefault)
    then case when pg_opclass_is_visible(oc.oid) then quote_ident(oc.opcname) else format('%I.%I', ocn.nspname, oc.opcname) end
      || coalesce((select ' (' || string_agg(format('%I=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') || ')'
                   from unnest(ka.attoptions) o), '')
    end as operator_class,
  coalesce(i.indoption[k.position - 1] & 1 = 1, false) as descending,
  coalesce(i.indoption[k.position - 1] & 2 = 2, false) as nulls_first
from pg_index i
join pg_class t on t.oid = i.indrelid
join pg_namespace n on n.oid = t.relnamespace
cross join lateral generate_series(1, i.indnatts::int4) k(position)
join pg_attribute ka on ka.attrelid = i.indexrelid and ka.attnum = k.position
join pg_type kt on kt.oid = ka.atttypid
left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k.position - 1] and a.attnum <> 0
left join pg_type at on at.oid = a.atttypid
left join pg_type ktb on ktb.oid = coalesce(nullif(at.typbasetype, 0), at.oid, kt.oid)
left join pg_opclass oc on oc.oid = i.indclass[k.position - 1] and k.position <= i.indnkeyatts
left join pg_namespace ocn on ocn.oid = oc.opcnamespace
left join pg_collation co on co.oid = i.indcollation[k.position - 1] and k.position <= i.indnkeyatts
left join pg_namespace cn on cn.oid = co.collnamespace
where t.relkind in ('r', 'p') and not t.relispartition
  and n.nspname = any(current_setting('autogen.namespaces')::text[])
  and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
order by i.indexrelid, k.position;
