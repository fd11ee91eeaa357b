-- psql: \set revision abc123def456 \set replaced_by def456abc123
insert into autogen_history (revision, parents, message, hash, downgrade)
values (:'revision'::text, '{}', 'replaced by ' || :'replaced_by'::text, '', '');
