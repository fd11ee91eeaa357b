CREATE TYPE public.cake_kind AS ENUM (
    'sponge',
    'pie'
);
CREATE FUNCTION public.order_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.note := coalesce(NEW.note, 'none');
    RETURN NEW;
END
$$;
CREATE TABLE public.cake (
    id integer NOT NULL,
    name character varying(120) NOT NULL,
    price numeric(10,2) DEFAULT 0 NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    kind public.cake_kind DEFAULT 'sponge'::public.cake_kind NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);
CREATE SEQUENCE public.cake_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.cake_id_seq OWNED BY public.cake.id;
CREATE TABLE public.filling (
    id integer NOT NULL,
    cake_id integer NOT NULL,
    name text NOT NULL,
    tags text[],
    CONSTRAINT filling_name_check CHECK ((name <> ''::text))
);
CREATE SEQUENCE public.filling_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.filling_id_seq OWNED BY public.filling.id;
CREATE TABLE public."order" (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number character varying(20) NOT NULL,
    placed_on date DEFAULT CURRENT_DATE NOT NULL,
    note character varying(500),
    CONSTRAINT order_number_form CHECK (((number)::text ~ '^[A-Z]{2}[0-9]+$'::text))
);
CREATE VIEW public.order_count AS
 SELECT "order".placed_on,
    count(*) AS orders
   FROM public."order"
  GROUP BY "order".placed_on;
ALTER TABLE ONLY public.cake ALTER COLUMN id SET DEFAULT nextval('public.cake_id_seq'::regclass);
ALTER TABLE ONLY public.filling ALTER COLUMN id SET DEFAULT nextval('public.filling_id_seq'::regclass);
ALTER TABLE ONLY public.cake
    ADD CONSTRAINT cake_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.filling
    ADD CONSTRAINT filling_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public."order"
    ADD CONSTRAINT order_number_unique UNIQUE (number);
ALTER TABLE ONLY public."order"
    ADD CONSTRAINT order_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX filling_once ON public.filling USING btree (cake_id, lower(name));
CREATE INDEX filling_tags ON public.filling USING gin (tags);
CREATE INDEX idx_cake_name ON public.cake USING btree (name);
CREATE INDEX order_recent ON public."order" USING btree (placed_on DESC) WHERE (note IS NOT NULL);
CREATE TRIGGER order_changed BEFORE UPDATE ON public."order" FOR EACH ROW EXECUTE FUNCTION public.order_changed();
ALTER TABLE ONLY public.filling
    ADD CONSTRAINT "fk-filling-of-cake" FOREIGN KEY (cake_id) REFERENCES public.cake(id) ON UPDATE CASCADE ON DELETE CASCADE;
