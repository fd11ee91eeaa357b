-- psql: \set revision abc \set parents 'x,y' \set message m \set hash 00 \set downgrade ''
insert into autogen_history (revision, parents, message, hash, downgrade)
values (
  :'revision'::text, string_to_array(:'parents'::text, ','), :'message'::text, :'hash'::text,
  :'downgrade'::text
);
