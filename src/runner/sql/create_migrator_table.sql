-- As sea-orm-migration makes it.
create table if not exists :"table" (version varchar not null primary key, applied_at bigint not null);
