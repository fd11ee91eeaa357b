-- psql: \set revision abc \set parents 'x,y' \set message m \set hash 00 \set downgrade '' \set source ''
insert into autogen_history (revision, parents, message, hash, downgrade, source)
values (
  :'revision'::text, string_to_array(:'parents'::text, ','), :'message'::text, :'hash'::text,
  :'downgrade'::text, :'source'::text
);
