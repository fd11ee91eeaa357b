-- Whether a function made by this transaction speaks of a view: by its rows, or in a body that Postgres looks into.
select exists (
  select from pg_proc p
  join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid
  left join pg_type t on d.refclassid = 'pg_type'::regclass and t.oid = d.refobjid
  left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
  join pg_class c on c.oid in (t.typrelid, e.typrelid) or d.refclassid = 'pg_class'::regclass and c.oid = d.refobjid
  where p.xmin = pg_current_xact_id()::xid and c.relkind in ('v', 'm'))
