-- One runner at a time: what `autogen upgrade` holds while it works, until this session ends. Then the state that the
-- script was written for. The text of a DO statement.
-- psql: \set default_namespace public \set present '{}' \set absent '{}'
declare
  present text[] := :'present'::text::text[];
  absent text[] := :'absent'::text::text[];
  applied text[] := '{}';
begin
  if not pg_try_advisory_lock(hashtextextended('autogen ' || :'default_namespace'::text, 0))
    or not pg_try_advisory_lock(hashtextextended('autogen work ' || :'default_namespace'::text, 0))
  then
    raise exception 'another runner is at work';
  end if;
  if to_regclass(quote_ident(:'default_namespace'::text) || '.autogen_history') is not null then
    applied := array(select revision from autogen_history);
  end if;
  if not present <@ applied then
    raise exception using
      message = 'this script begins where these revisions are applied, and they are not: '
        || array_to_string(array(select unnest(present) except select unnest(applied)), ', '),
      hint = 'autogen current   shows what is applied';
  end if;
  if absent && applied then
    raise exception using
      message = 'this script applies revisions that are applied already: '
        || array_to_string(array(select unnest(absent) intersect select unnest(applied)), ', '),
      hint = 'autogen upgrade --sql FROM:TO   writes what is missing';
  end if;
end
