-- Seconds since 1970, as sea-orm-migration writes them.
insert into :"table" (version, applied_at) values (:'version', extract(epoch from now())::bigint)
on conflict (version) do nothing;
