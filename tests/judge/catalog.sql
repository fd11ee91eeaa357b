-- Everything that the catalogs say about the structure of a database, a line each, sorted. It shares nothing with the
-- product's own selects. Numbers, and the order of columns, are left out: a column that comes back stands last.
with namespace as (
  select oid, nspname, nspacl, nspowner from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
),
relation as (
  select c.*, n.nspname, format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join namespace n on n.oid = c.relnamespace
  where c.relname !~ '^autogen_(history|journal)' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'i', 'I', 'f')
),
line as (
  select format('namespace %I acl %s comment %L', nspname, nspacl, obj_description(oid, 'pg_namespace')) as text from namespace
  union all
  select format('extension %I in %s', extname, extnamespace::regnamespace) from pg_extension
  union all
  select format('relation %s kind %s persistence %s options %s acl %s owner %s row security %s %s identity %s key %s bound %s parents %s comment %L',
    name, relkind, relpersistence, reloptions, relacl, relowner::regrole, relrowsecurity, relforcerowsecurity, relreplident,
    pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid),
    (select string_agg(inhparent::regclass::text, ' ' order by inhseqno) from pg_inherits where inhrelid = r.oid),
    obj_description(oid, 'pg_class'))
  from relation r where relkind not in ('i', 'I')
  union all
  select format('column %s.%I type %s collation %s not null %s identity %L generated %L default %s storage %s compression %s statistics %s options %s acl %s comment %L',
    r.name, a.attname, format_type(a.atttypid, a.atttypmod), nullif(a.attcollation, 0)::regcollation, a.attnotnull, a.attidentity,
    a.attgenerated, pg_get_expr(d.adbin, d.adrelid), a.attstorage, nullif(to_jsonb(a) ->> 'attcompression', ''),
    nullif(a.attstattarget, -1),
    -- Some servers keep a number of their own there.
    (select string_agg(o, ' ' order by o) from unnest(a.attoptions) o where o !~ '^pg_attver='), a.attacl, col_description(r.oid, a.attnum))
  from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
  where r.relkind in ('r', 'p', 'f')
  union all
  select format('sequence %s type %s start %s by %s from %s to %s cache %s cycle %s of %s', r.name, s.seqtypid::regtype, s.seqstart,
    s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
    (select string_agg(format('%s.%I %s', x.refobjid::regclass, a.attname, x.deptype), ' ') from pg_depend x
     join pg_attribute a on a.attrelid = x.refobjid and a.attnum = x.refobjsubid
     where x.classid = 'pg_class'::regclass and x.objid = r.oid and x.deptype in ('a', 'i')))
  from relation r join pg_sequence s on s.seqrelid = r.oid
  union all
  select format('constraint %I of %s %s: %s validated %s local %s inherited %s comment %L', o.conname, coalesce(r.name, o.contypid::regtype::text),
    o.contype, pg_get_constraintdef(o.oid), o.convalidated, o.conislocal, o.coninhcount, obj_description(o.oid, 'pg_constraint'))
  from pg_constraint o left join relation r on r.oid = o.conrelid
  where o.connamespace in (select oid from namespace) and (o.conrelid = 0 or r.oid is not null)
  union all
  select format('index of %s %s: %s valid %s clustered %s identity %s statistics %s comment %L', i.indrelid::regclass, r.relkind,
    pg_get_indexdef(r.oid), i.indisvalid, i.indisclustered, i.indisreplident,
    (select string_agg(nullif(a.attstattarget, -1)::text, ' ' order by a.attnum) from pg_attribute a where a.attrelid = r.oid),
    obj_description(r.oid, 'pg_class'))
  from relation r join pg_index i on i.indexrelid = r.oid
  where i.indrelid in (select oid from relation)
  union all
  select format('type %I.%I kind %s labels %s base %s not null %s default %s attributes %s acl %s comment %L', n.nspname, t.typname, t.typtype,
    (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
    case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end, t.typnotnull, t.typdefault,
    case when t.typtype = 'c' then (select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
      from pg_attribute a where a.attrelid = t.typrelid and not a.attisdropped) end,
    t.typacl, obj_description(t.oid, 'pg_type'))
  from pg_type t join namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
  where t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and c.relkind = 'c'
  union all
  select format('view %s: %s', name, pg_get_viewdef(oid)) from relation where relkind in ('v', 'm')
  union all
  select format('routine %s acl %s comment %L: %s', p.oid::regprocedure, p.proacl, obj_description(p.oid, 'pg_proc'),
    case when p.prokind <> 'a' then pg_get_functiondef(p.oid) end)
  from pg_proc p join namespace n on n.oid = p.pronamespace
  where not exists (select from pg_depend x where x.classid = 'pg_proc'::regclass and x.objid = p.oid and x.deptype in ('e', 'i'))
  union all
  select format('trigger %s enabled %s comment %L', pg_get_triggerdef(g.oid), g.tgenabled, obj_description(g.oid, 'pg_trigger'))
  from pg_trigger g where not g.tgisinternal and g.tgrelid in (select oid from relation)
  union all
  select format('rule %s enabled %s comment %L', pg_get_ruledef(w.oid), w.ev_enabled, obj_description(w.oid, 'pg_rewrite'))
  from pg_rewrite w where w.rulename <> '_RETURN' and w.ev_class in (select oid from relation)
  union all
  select format('policy %I on %s for %s permissive %s to %s using %s check %s comment %L', p.polname, p.polrelid::regclass, p.polcmd,
    p.polpermissive, (select string_agg(case r when 0 then 'public' else r::regrole::text end, ', ' order by 1) from unnest(p.polroles) r),
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), obj_description(p.oid, 'pg_policy'))
  from pg_policy p where p.polrelid in (select oid from relation)
  union all
  select format('statistics %s target %s comment %L', pg_get_statisticsobjdef(s.oid), nullif(s.stxstattarget, -1), obj_description(s.oid, 'pg_statistic_ext'))
  from pg_statistic_ext s where s.stxnamespace in (select oid from namespace)
)
select coalesce(string_agg(text, E'\n' order by text collate "C"), '') from line
