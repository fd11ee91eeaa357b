-- What is said of tables, their parts and enum types: few have a comment, so that looking each of them up would cost more.
-- Everything that is not a part of Postgres has a number from 16384 on (FirstNormalObjectId).
select 'comment' as catalog, d.classoid::regclass::text as class, d.objoid::int8 as oid, d.objsubid::int2 as number, d.description as comment
from pg_description d
where d.classoid in ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_type'::regclass) and d.objoid >= 16384;
