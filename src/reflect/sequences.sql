-- Sequences that a column owns: `serial` is a default of exactly `nextval` on such a sequence (pg_depend 'a', chapter
-- "Serial Types"); an identity's sequence is an internal part of its column ('i').
select 'sequence' as catalog, x.refobjid::int8 as table_oid, x.refobjsubid::int2 as column_number,
  n.nspname::text as namespace, c.relname::text as name, format_type(s.seqtypid, null) as data_type,
  -- Not %L: it writes E'' where the name has a backslash, an expression is never printed so.
  case when x.deptype = 'a' then format('nextval(''%s''::regclass)', replace(c.oid::regclass::text, '''', '''''')) end as nextval,
  s.seqstart as start, s.seqincrement as increment, s.seqmin as min, s.seqmax as max, s.seqcache as cache,
  s.seqcycle as cycle, (
    select json_agg(g.words order by g.words)
    from (
      select concat(g.privilege_type, ' ', case g.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(g.grantee)) end,
        case when g.is_grantable then ' WITH GRANT OPTION' end) as words
      from aclexplode(c.relacl) g
      where x.deptype = 'a' and g.grantee <> c.relowner) g
  )::text as kept
from pg_sequence s
join pg_class c on c.oid = s.seqrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_depend x on x.classid = 'pg_class'::regclass and x.objid = s.seqrelid and x.objsubid = 0
  and x.refclassid = 'pg_class'::regclass and x.deptype in ('a', 'i')
join pg_class t on t.oid = x.refobjid
join pg_namespace tn on tn.oid = t.relnamespace
where tn.nspname = any(current_setting('autogen.namespaces')::text[]);
