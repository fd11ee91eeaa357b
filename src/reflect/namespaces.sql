select 'namespace' as catalog, n.nspname::text as name, d.description as comment
from pg_namespace n
left join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = n.oid and d.objsubid = 0
where n.nspname = any(current_setting('autogen.namespaces')::text[]);
