-- What decides who runs the next message, and how it is read.
reset role;
set standard_conforming_strings = on;
set client_encoding = 'UTF8';
