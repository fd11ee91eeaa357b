-- The namespaces and extensions to look at, where the selects beside this file find them: a simple-query message has no
-- parameters. They take as long as they take, whatever role or database are limited to.
-- psql: \set namespaces '{public}' \set extensions '{}' and, since it holds for the session, \set local false
select set_config('autogen.namespaces', (:'namespaces'::text[])::text, :local),
  set_config('autogen.extensions', (:'extensions'::text[])::text, :local),
  set_config('statement_timeout', '0', :local);
