-- What a role may do in a database. Variables: namespace, its name; extensions, those that are configured.
SELECT current_user::text AS role,
       rolsuper AS superuser,
       pg_is_in_recovery() AS standby,
       has_database_privilege(current_database(), 'CREATE') AS creates_schemas,
       to_regnamespace(quote_ident(:'namespace')) IS NOT NULL AS has_namespace,
       coalesce(has_schema_privilege(to_regnamespace(quote_ident(:'namespace'))::oid, 'CREATE'), false) AS creates,
       to_regclass(quote_ident(:'namespace') || '.autogen_history') IS NOT NULL AS has_history,
       coalesce(
           has_table_privilege(
               to_regclass(quote_ident(:'namespace') || '.autogen_history')::oid, 'INSERT,UPDATE,DELETE'
           ),
           false
       ) AS writes_history,
       (SELECT count(*)
          FROM pg_class
         WHERE relnamespace = to_regnamespace(quote_ident(:'namespace'))::oid
           AND relkind IN ('r', 'p')
           AND NOT pg_has_role(relowner, 'USAGE')) AS tables_of_others,
       ARRAY(SELECT name
               FROM unnest(:'extensions'::text[]) AS name
              WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = name)) AS missing_extensions,
       ARRAY(SELECT name
               FROM unnest(:'extensions'::text[]) AS name
              WHERE NOT EXISTS (SELECT FROM pg_available_extensions AS available WHERE available.name = name.name))
           AS unavailable_extensions
  FROM pg_roles
 WHERE rolname = current_user
