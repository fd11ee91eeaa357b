-- Whether a text is a value of a type, domains and modifiers included. It lives as long as the session.
create or replace function pg_temp.autogen_takes(data_type text, value text) returns boolean language plpgsql as $function$
declare
  taken text;
begin
  execute format('select (%L::%s)::text', value, data_type) into taken;
  return true;
exception when others then
  return false;
end
$function$;
