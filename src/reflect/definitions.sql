-- What Postgres prints whole: what makes it, what takes it away, what is said of it ("parts": pairs of a statement and
-- the one that takes it back), and what others see of it ("shape"). Members of extensions belong to these, what stands
-- on a partition to the parent.
select 'definition' as catalog, d.class, d.oid::int8 as oid, d.kind, d.namespace::text as namespace, d.name::text as name,
  d.part::text as part, d.create, d.drop, d.shape, (
  select json_agg(json_build_array(s.make, s.undo) order by s.position, s.make)
  from (
    select 1 as position, said.make, said.undo from unnest(d.makes, d.undos) as said (make, undo)
    union all
    select 2, format('COMMENT ON %s IS %L', d.called, c.description), format('COMMENT ON %s IS NULL', d.called)
    from pg_description c
    where c.classoid::regclass::text = d.class and c.objoid = d.oid and c.objsubid = 0 and d.called is not null
    union all
    select 3, format('COMMENT ON COLUMN %s.%I IS %L', d.oid::regclass, a.attname, c.description),
      format('COMMENT ON COLUMN %s.%I IS NULL', d.oid::regclass, a.attname)
    from pg_description c
    join pg_attribute a on a.attrelid = c.objoid and a.attnum = c.objsubid
    where c.classoid = 'pg_class'::regclass and d.class = 'pg_class' and c.objoid = d.oid and c.objsubid > 0
    union all
    select 3, format('COMMENT ON COLUMN %s.%I IS %L', d.oid::regtype, a.attname, c.description),
      format('COMMENT ON COLUMN %s.%I IS NULL', d.oid::regtype, a.attname)
    from pg_type t
    join pg_description c on c.classoid = 'pg_class'::regclass and c.objoid = t.typrelid and c.objsubid > 0
    join pg_attribute a on a.attrelid = c.objoid and a.attnum = c.objsubid
    where d.kind = 'composite type' and t.oid = d.oid
    union all
    select 3, format('COMMENT ON CONSTRAINT %I ON DOMAIN %s IS %L', o.conname, d.oid::regtype, c.description),
      format('COMMENT ON CONSTRAINT %I ON DOMAIN %s IS NULL', o.conname, d.oid::regtype)
    from pg_constraint o
    join pg_description c on c.classoid = 'pg_constraint'::regclass and c.objoid = o.oid
    where d.kind = 'domain' and o.contypid = d.oid
  ) s
)::text as parts, (
  select json_agg(k.words order by k.position, k.words)
  from (
    select 1 as position, format('ALTER %s OWNER TO %I', d.called, pg_get_userbyid(o.owner)) as words
    where pg_get_userbyid(o.owner) <> current_user
    union all
    select 2, format('REVOKE ALL ON %s FROM PUBLIC', o.granted)
    where d.class <> 'pg_class' and o.acl is not null and not exists (select from aclexplode(o.acl) g where g.grantee = 0)
    union all
    select 3, format('GRANT %s ON %s TO %s', g.privilege_type, o.granted, r.role)
    from aclexplode(o.acl) g
    cross join lateral (select concat(case g.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(g.grantee)) end,
      case when g.is_grantable then ' WITH GRANT OPTION' end) as role) r
    where g.grantee <> o.owner and (g.grantee <> 0 or d.class = 'pg_class')
    union all
    select 4, format('GRANT %s (%I) ON %s TO %s', g.privilege_type, a.attname, o.granted, r.role)
    from pg_attribute a
    cross join aclexplode(a.attacl) g
    cross join lateral (select concat(case g.grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(g.grantee)) end,
      case when g.is_grantable then ' WITH GRANT OPTION' end) as role) r
    where d.class = 'pg_class' and a.attrelid = d.oid and a.attacl is not null and g.grantee <> o.owner
  ) k
)::text as kept
from (
  select 'pg_extension' as class, e.oid, 'extension' as kind, '' as namespace, e.extname::text as name, null as part,
    concat('CREATE EXTENSION IF NOT EXISTS ', quote_ident(e.extname), case
      when quote_ident(n.nspname) <> current_setting('search_path') then ' WITH SCHEMA ' || quote_ident(n.nspname) end) as create,
    format('DROP EXTENSION %I', e.extname) as drop, null::text as called, null::text as shape, null::text[] as makes, null::text[] as undos
  from pg_extension e
  join pg_namespace n on n.oid = e.extnamespace
  where e.extname = any(current_setting('autogen.extensions')::text[])
  union all
  select 'pg_class', c.oid, 'sequence', n.nspname, c.relname, null,
    format('CREATE SEQUENCE %s AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %s', c.oid::regclass,
      format_type(s.seqtypid, null), s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache,
      case when s.seqcycle then 'CYCLE' else 'NO CYCLE' end),
    format('DROP SEQUENCE %s', c.oid::regclass), format('SEQUENCE %s', c.oid::regclass), null, null, null
  from pg_sequence s
  join pg_class c on c.oid = s.seqrelid
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any(current_setting('autogen.namespaces')::text[])
    and not exists (select from pg_depend x where x.classid = 'pg_class'::regclass and x.objid = c.oid
      and (x.deptype = 'e' or x.refobjsubid > 0 and x.deptype in ('a', 'i')))
  union all
  select 'pg_type', t.oid, 'domain', n.nspname, t.typname, null,
    concat(format('CREATE DOMAIN %s AS %s', t.oid::regtype, format_type(t.typbasetype, t.typtypmod)), case
      when t.typcollation <> b.typcollation then ' COLLATE ' || l.collation end),
    format('DROP DOMAIN %s', t.oid::regtype), format('DOMAIN %s', t.oid::regtype),
    json_build_array(format_type(t.typbasetype, t.typtypmod), l.collation)::text,
    array_remove(array[
      case when t.typdefault is not null then format('ALTER DOMAIN %s SET DEFAULT %s', t.oid::regtype, pg_get_expr(t.typdefaultbin, 0)) end,
      case when t.typnotnull then format('ALTER DOMAIN %s SET NOT NULL', t.oid::regtype) end], null) || k.makes,
    array_remove(array[
      case when t.typdefault is not null then format('ALTER DOMAIN %s DROP DEFAULT', t.oid::regtype) end,
      case when t.typnotnull then format('ALTER DOMAIN %s DROP NOT NULL', t.oid::regtype) end], null) || k.undos
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  join pg_type b on b.oid = t.typbasetype
  cross join lateral (
    select array_agg(format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', t.oid::regtype, o.conname, pg_get_constraintdef(o.oid)) order by o.conname) as makes,
      array_agg(format('ALTER DOMAIN %s DROP CONSTRAINT %I', t.oid::regtype, o.conname) order by o.conname) as undos
    from pg_constraint o
    where o.contypid = t.oid and o.contype = 'c') k
  left join lateral (
    select format('%I.%I', ln.nspname, o.collname) as collation
    from pg_collation o
    join pg_namespace ln on ln.oid = o.collnamespace
    where o.oid = t.typcollation) l on true
  where t.typtype = 'd' and n.nspname = any(current_setting('autogen.namespaces')::text[])
    and not exists (select from pg_depend x where x.classid = 'pg_type'::regclass and x.objid = t.oid and x.deptype = 'e')
  union all
  select 'pg_type', t.oid, 'composite type', n.nspname, t.typname, null,
    format('CREATE TYPE %s AS (%s)', t.oid::regtype, (
      select string_agg(concat(quote_ident(a.attname), ' ', format_type(a.atttypid, a.atttypmod), case
        when a.attcollation <> y.typcollation then (
          select format(' COLLATE %I.%I', ln.nspname, o.collname) from pg_collation o
          join pg_namespace ln on ln.oid = o.collnamespace where o.oid = a.attcollation) end), ', ' order by a.attnum)
      from pg_attribute a
      join pg_type y on y.oid = a.atttypid
      where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)),
    format('DROP TYPE %s', t.oid::regtype), format('TYPE %s', t.oid::regtype), null, null, null
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
  where t.typtype = 'c' and n.nspname = any(current_setting('autogen.namespaces')::text[])
    and not exists (select from pg_depend x where x.classid = 'pg_type'::regclass and x.objid = t.oid and x.deptype = 'e')
  union all
  select 'pg_proc', p.oid, k.kind, n.nspname, p.proname,
    oidvectortypes(p.proargtypes),
    pg_get_functiondef(p.oid), format('DROP %s %s', upper(k.kind), p.oid::regprocedure),
    format('%s %s', upper(k.kind), p.oid::regprocedure),
    json_build_array(pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.prokind)::text, null, null
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  cross join lateral (select case p.prokind when 'p' then 'procedure' else 'function' end as kind) k
  where p.prokind in ('f', 'p', 'w') and n.nspname = any(current_setting('autogen.namespaces')::text[])
    and not exists (select from pg_depend x where x.classid = 'pg_proc'::regclass and x.objid = p.oid and x.deptype in ('e', 'i'))
  union all
  select 'pg_class', c.oid, k.kind, n.nspname, c.relname, null,
    concat('CREATE ', upper(k.kind), ' ', c.oid::regclass, ' WITH (' || array_to_string(c.reloptions, ', ') || ')', E' AS\n',
      rtrim(pg_get_viewdef(c.oid), ';')),
    format('DROP %s %s', upper(k.kind), c.oid::regclass), format('%s %s', upper(k.kind), c.oid::regclass),
    json_build_array(c.reloptions, (
      select json_agg(concat(quote_ident(a.attname), ' ', format_type(a.atttypid, a.atttypmod), ' ', a.attcollation) order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped))::text,
    v.makes, v.undos
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (select case c.relkind when 'm' then 'materialized view' else 'view' end as kind) k
  cross join lateral (
    select array_agg(format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', c.oid::regclass, a.attname, pg_get_expr(f.adbin, f.adrelid)) order by a.attnum) as makes,
      array_agg(format('ALTER VIEW %s ALTER COLUMN %I DROP DEFAULT', c.oid::regclass, a.attname) order by a.attnum) as undos
    from pg_attrdef f
    join pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum
    where f.adrelid = c.oid) v
  where c.relkind in ('v', 'm') and n.nspname = any(current_setting('autogen.namespaces')::text[])
    and not exists (select from pg_depend x where x.classid = 'pg_class'::regclass and x.objid = c.oid and x.deptype = 'e')
  union all
  select 'pg_class', i.indexrelid, 'view index', n.nspname, t.relname, c.relname,
    pg_get_indexdef(i.indexrelid, 0, true), format('DROP INDEX %s', c.oid::regclass), format('INDEX %s', c.oid::regclass), null, null, null
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_class t on t.oid = i.indrelid and t.relkind = 'm'
  join pg_namespace n on n.oid = t.relnamespace
  where n.nspname = any(current_setting('autogen.namespaces')::text[])
  union all
  select 'pg_statistic_ext', s.oid, 'statistics', n.nspname, t.relname, s.stxname,
    -- Postgres prints its columns as they stand in the table; where a column that came back stands, says nothing.
    case when to_jsonb(s) ->> 'stxexprs' is null then regexp_replace(pg_get_statisticsobjdef(s.oid), ' ON .* FROM ', (
      select replace(format(' ON %s FROM ', string_agg(quote_ident(a.attname), ', ' order by a.attname)), '\', '\\')
      from pg_attribute a where a.attrelid = s.stxrelid and a.attnum = any(s.stxkeys::int2[])))
    else pg_get_statisticsobjdef(s.oid) end, format('DROP STATISTICS %I.%I', sn.nspname, s.stxname),
    format('STATISTICS %I.%I', sn.nspname, s.stxname), null,
    case when s.stxstattarget >= 0 then array[format('ALTER STATISTICS %I.%I SET STATISTICS %s', sn.nspname, s.stxname, s.stxstattarget)] end,
    case when s.stxstattarget >= 0 then array[format('ALTER STATISTICS %I.%I SET STATISTICS -1', sn.nspname, s.stxname)] end
  from pg_statistic_ext s
  join pg_namespace sn on sn.oid = s.stxnamespace
  join pg_class t on t.oid = s.stxrelid and not t.relispartition
  join pg_namespace n on n.oid = t.relnamespace
  where n.nspname = any(current_setting('autogen.namespaces')::text[])
  union all
  select 'pg_rewrite', w.oid, 'rule', n.nspname, t.relname, w.rulename,
    rtrim(pg_get_ruledef(w.oid, true), ';'), format('DROP RULE %I ON %s', w.rulename, t.oid::regclass),
    format('RULE %I ON %s', w.rulename, t.oid::regclass), null,
    case when w.ev_enabled <> 'O' then array[format('ALTER TABLE %s %s RULE %I', t.oid::regclass, e.enabled, w.rulename)] end,
    case when w.ev_enabled <> 'O' then array[format('ALTER TABLE %s ENABLE RULE %I', t.oid::regclass, w.rulename)] end
  from pg_rewrite w
  join pg_class t on t.oid = w.ev_class and not t.relispartition
  join pg_namespace n on n.oid = t.relnamespace
  cross join lateral (select case w.ev_enabled when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' else 'ENABLE ALWAYS' end as enabled) e
  where w.rulename <> '_RETURN' and n.nspname = any(current_setting('autogen.namespaces')::text[])
  union all
  select 'pg_trigger', g.oid, 'trigger', n.nspname, t.relname, g.tgname,
    pg_get_triggerdef(g.oid, true), format('DROP TRIGGER %I ON %s', g.tgname, t.oid::regclass),
    format('TRIGGER %I ON %s', g.tgname, t.oid::regclass), null,
    case when g.tgenabled <> 'O' then array[format('ALTER TABLE %s %s TRIGGER %I', t.oid::regclass, e.enabled, g.tgname)] end,
    case when g.tgenabled <> 'O' then array[format('ALTER TABLE %s ENABLE TRIGGER %I', t.oid::regclass, g.tgname)] end
  from pg_trigger g
  join pg_class t on t.oid = g.tgrelid and not t.relispartition
  join pg_namespace n on n.oid = t.relnamespace
  cross join lateral (select case g.tgenabled when 'D' then 'DISABLE' when 'R' then 'ENABLE REPLICA' else 'ENABLE ALWAYS' end as enabled) e
  where not g.tgisinternal and n.nspname = any(current_setting('autogen.namespaces')::text[])
  union all
  select 'pg_policy', p.oid, 'policy', n.nspname, t.relname, p.polname,
    concat(format('CREATE POLICY %I ON %s', p.polname, t.oid::regclass), case when not p.polpermissive then ' AS RESTRICTIVE' end,
      case p.polcmd when 'r' then ' FOR SELECT' when 'a' then ' FOR INSERT' when 'w' then ' FOR UPDATE' when 'd' then ' FOR DELETE' end,
      case when p.polroles <> '{0}' then (
        select ' TO ' || string_agg(case when r = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(r)) end, ', ' order by pg_get_userbyid(r))
        from unnest(p.polroles) r) end,
      ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
    format('DROP POLICY %I ON %s', p.polname, t.oid::regclass), format('POLICY %I ON %s', p.polname, t.oid::regclass), null, null, null
  from pg_policy p
  join pg_class t on t.oid = p.polrelid and not t.relispartition
  join pg_namespace n on n.oid = t.relnamespace
  where n.nspname = any(current_setting('autogen.namespaces')::text[])
  union all
  -- The table itself stands for it in pg_depend; nothing depends on it.
  select 'row security', c.oid, 'row security', n.nspname, c.relname, null,
    format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.oid::regclass),
    format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', c.oid::regclass), null, null,
    case when c.relforcerowsecurity then array[format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', c.oid::regclass)] end,
    case when c.relforcerowsecurity then array[format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', c.oid::regclass)] end
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relrowsecurity and not c.relispartition and n.nspname = any(current_setting('autogen.namespaces')::text[])
) d
left join lateral (
  select c.relowner as owner, c.relacl as acl, regexp_replace(d.called, '^(MATERIALIZED )?VIEW ', 'TABLE ') as granted
  from pg_class c
  where d.kind in ('sequence', 'view', 'materialized view') and c.oid = d.oid
  union all
  select p.proowner, p.proacl, d.called from pg_proc p where d.class = 'pg_proc' and p.oid = d.oid
  union all
  select t.typowner, t.typacl, d.called from pg_type t where d.class = 'pg_type' and t.oid = d.oid
  union all
  select s.stxowner, null, null from pg_statistic_ext s where d.class = 'pg_statistic_ext' and s.oid = d.oid
) o on true;
