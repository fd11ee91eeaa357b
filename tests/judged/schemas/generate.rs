use super::{Column, Constraint, EnumType, Family, Index, Name, Schema, Table, Type, View, constant, list, sql_name};
use crate::random::Random;
use crate::walk::{NAMESPACES, quoted};

/// Names as people should not give them, and some that they do.
const NAMES: &[&str] = &[
    "users",
    "order",
    "Select",
    "Mixed Case",
    "we\"ird",
    "größe",
    "a.b",
    "it's",
    "日本語",
    "$dollar",
    "1st",
    "per%cent",
    "back\\slash",
    "user_id",
    "id",
    "name",
    "created_at",
    "group",
    "x",
    "UPPER",
    "tab\tinside",
    "-- no comment",
    "{brace}",
    "$1",
    "a_name_that_is_as_long_as_a_name_may_be_in_postgres_63_bytes_xx",
    "deux_noms_très_longs_qui_ont_soixante_trois_octets_exactement_",
];

const TYPES: &[(&str, Family, &[&str])] = &[
    ("integer", Family::Number, &["0", "42", "-1", "1 + 1"]),
    ("bigint", Family::Number, &["0", "9000000000"]),
    ("smallint", Family::Number, &["1", "-3"]),
    ("numeric", Family::Number, &["1.50", "0"]),
    ("numeric(10,2)", Family::Number, &["1.5", "-0.01"]),
    ("real", Family::Number, &["0.5"]),
    ("double precision", Family::Number, &["1e10", "'NaN'"]),
    ("text", Family::Text, &["'x'", "'it''s'", "''", "E'a\\\\b'", "upper('x')", "current_user"]),
    ("varchar(20)", Family::Text, &["'x'", "'y'::varchar"]),
    ("varchar", Family::Text, &["'x'"]),
    ("varchar(255)", Family::Text, &["''"]),
    ("char(3)", Family::Text, &["'abc'", "'a'"]),
    ("text collate \"C\"", Family::Text, &["'x'"]),
    ("boolean", Family::Bool, &["true", "false", "not true"]),
    ("date", Family::Time, &["current_date", "'2020-01-01'", "now()"]),
    ("timestamp", Family::Time, &["now()", "'2020-01-01 12:00'", "current_timestamp"]),
    ("timestamp(3)", Family::Time, &["localtimestamp"]),
    ("timestamptz", Family::Time, &["now()", "'2020-01-01 12:00+02'", "now() at time zone 'utc'"]),
    ("timestamptz(2)", Family::Time, &["current_timestamp"]),
    ("time", Family::Other, &["'12:00'", "localtime"]),
    ("interval", Family::Other, &["'1 day'", "interval '2 hours'"]),
    ("interval(3)", Family::Other, &["'1.5 s'"]),
    ("uuid", Family::Other, &["gen_random_uuid()"]),
    ("json", Family::Other, &["'{}'", "json_build_object('a', 1)"]),
    ("jsonb", Family::Json, &["'{}'", "'[1, 2]'::jsonb"]),
    ("bytea", Family::Other, &["'\\xdead'"]),
    ("inet", Family::Other, &["'127.0.0.1'"]),
    ("cidr", Family::Other, &["'10.0.0.0/8'"]),
    ("macaddr", Family::Other, &[]),
    ("money", Family::Other, &["1.5"]),
    ("point", Family::Other, &["point(1, 2)"]),
    ("bit(3)", Family::Other, &["B'101'"]),
    ("bit varying(5)", Family::Other, &["B'1'"]),
    ("tsvector", Family::Json, &["to_tsvector('simple', 'a b')"]),
    ("int4range", Family::Range, &["'[1,5)'", "int4range(1, 3)"]),
    ("tstzrange", Family::Range, &[]),
    ("text[]", Family::Array, &["'{}'", "array['a', 'b']", "array[]::text[]"]),
    ("integer[]", Family::Array, &["'{1,2}'"]),
    ("varchar(10)[]", Family::Array, &["'{a}'"]),
    ("oid", Family::Other, &["0"]),
    ("\"char\"", Family::Other, &["'a'"]),
    ("name", Family::Other, &["'x'"]),
];

/// A whole schema.
pub(crate) fn schema(random: &mut Random) -> Schema {
    let mut schema = Schema::default();
    for _ in 0..random.below(3) {
        let enum_type = enum_type(random, &schema);
        schema.enums.push(enum_type);
    }
    for _ in 0..=random.below(4) {
        let table = table(random, &schema);
        schema.tables.push(table);
    }
    for _ in 0..random.below(4) {
        add_foreign_key(random, &mut schema);
    }
    if random.one(3) {
        add_view(random, &mut schema);
    }
    schema
}

/// A name that no relation or type of the schema has.
pub(super) fn fresh(random: &mut Random, schema: &Schema) -> Name {
    let namespace = if random.one(3) { random.pick(NAMESPACES) } else { "public" };
    (namespace.to_owned(), free_name(random, |name| schema.has(name)))
}

fn free_name(random: &mut Random, taken: impl Fn(&str) -> bool) -> String {
    let name = random.pick(NAMES);
    if !taken(name) {
        return name.to_owned();
    }
    loop {
        let name = format!("n{}", random.below(1000));
        if !taken(&name) {
            return name;
        }
    }
}

/// Marked as the name of its kind, within 63 bytes. A table that takes the name of a type that goes is a riddle of its own.
fn marked(mark: char, name: &str) -> String {
    let mut marked = format!("{mark} {name}");
    while marked.len() > 63 {
        marked.pop();
    }
    marked
}

pub(super) fn enum_type(random: &mut Random, schema: &Schema) -> EnumType {
    const LABELS: &[&str] = &["sad", "it's", "Ok", "", "so so", "a,b", "{x}", "\"q\"", "NULL", "ü", "happy"];
    let (namespace, name) = fresh(random, schema);
    let name = (namespace, marked('e', &name));
    let mut labels: Vec<String> = Vec::new();
    for _ in 0..=random.below(5) {
        let label = random.pick(LABELS).to_owned();
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    EnumType { name, labels }
}

pub(super) fn table(random: &mut Random, schema: &Schema) -> Table {
    let mut table = Table {
        name: fresh(random, schema),
        columns: Vec::new(),
        constraints: Vec::new(),
        indexes: Vec::new(),
        comment: comment(random),
        // A key that a logged table refers to cannot be in an unlogged one.
        unlogged: random.one(60),
    };
    for _ in 0..=random.below(6) {
        let column = column(random, schema, &table);
        table.columns.push(column);
    }
    if !random.one(5) {
        add_key(random, schema, &mut table, true);
    }
    for _ in 0..random.below(3) {
        add_constraint(random, schema, &mut table);
    }
    for _ in 0..random.below(3) {
        add_index(random, schema, &mut table);
    }
    table
}

pub(super) fn comment(random: &mut Random) -> Option<String> {
    random.one(6).then(|| random.pick(&["a comment", "it's 100%", "two\nlines", "\"quoted\" \\ $$"]).to_owned())
}

pub(super) fn column(random: &mut Random, schema: &Schema, table: &Table) -> Column {
    let name = free_name(random, |name| table.columns.iter().any(|it| it.name == name));
    let (data_type, defaults) = data_type(random, schema);
    let not_null = random.one(3);
    let (clause, mentions) = clause(random, table, &data_type, &defaults);
    // Of two texts behind a type only one is the clause; a serial is a type of its own.
    let serial = data_type.sql == "integer" && clause.is_none() && random.one(6);
    let data_type = if serial { Type { sql: "serial".to_owned(), family: Family::Other } } else { data_type };
    Column { name, data_type, not_null, clause, mentions, comment: comment(random) }
}

fn data_type(random: &mut Random, schema: &Schema) -> (Type, Vec<String>) {
    if !schema.enums.is_empty() && random.one(5) {
        let EnumType { name, labels } = &schema.enums[random.below(schema.enums.len())];
        let label = constant(&labels[random.below(labels.len())]);
        return match random.one(4) {
            true => (Type { sql: format!("{}[]", sql_name(name)), family: Family::Array }, vec!["'{}'".to_owned()]),
            false => (Type { sql: sql_name(name), family: Family::Enum }, vec![label]),
        };
    }
    let (sql, family, defaults) = TYPES[random.below(TYPES.len())];
    (Type { sql: sql.to_owned(), family }, defaults.iter().map(|&it| it.to_owned()).collect())
}

/// Another type, with a default that suits it.
pub(super) fn retype(random: &mut Random, schema: &Schema, table: &Table, column: &mut Column) {
    let (data_type, defaults) = data_type(random, schema);
    (column.clause, column.mentions) = clause(random, table, &data_type, &defaults);
    column.data_type = data_type;
}

/// A default, an identity or a generated column; mostly nothing.
fn clause(random: &mut Random, table: &Table, data_type: &Type, defaults: &[String]) -> (Option<String>, Vec<String>) {
    let whole = ["integer", "bigint", "smallint"].contains(&data_type.sql.as_str());
    if whole && random.one(6) {
        let how = random.pick(&[
            "always as identity",
            "by default as identity",
            "by default as identity (start 5 increment 3)",
        ]);
        return (Some(format!("generated {how}")), Vec::new());
    }
    let plain = |it: &&Column| it.clause.as_ref().is_none_or(|it| it.starts_with("default"));
    let source = table.columns.iter().filter(plain).find(|it| it.data_type == *data_type);
    if let (Some(source), true) = (source, random.one(5)) {
        let name = quoted(&source.name);
        let expression = match data_type.family {
            Family::Number => Some(format!("{name} * 2")),
            Family::Text => Some(format!("upper({name})")),
            Family::Bool => Some(format!("not {name}")),
            Family::Time | Family::Json | Family::Array | Family::Range | Family::Enum | Family::Other => None,
        };
        if let Some(expression) = expression {
            let clause = format!("generated always as ({expression}) stored");
            return (Some(clause), vec![source.name.clone()]);
        }
    }
    let default = (!defaults.is_empty() && random.one(2)).then(|| &defaults[random.below(defaults.len())]);
    (default.map(|it| format!("default ({it})")), Vec::new())
}

/// A few columns, each once.
fn some(random: &mut Random, table: &Table, suits: impl Fn(&Column) -> bool) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for _ in 0..=random.below(2) {
        let column = &table.columns[random.below(table.columns.len())];
        if suits(column) && !columns.contains(&column.name) {
            columns.push(column.name.clone());
        }
    }
    columns
}

/// Types that a btree can hold.
fn has_order(column: &Column) -> bool {
    !["json", "point", "tsvector"].contains(&column.data_type.sql.as_str())
}

/// A primary key or a unique constraint.
pub(super) fn add_key(random: &mut Random, schema: &Schema, table: &mut Table, primary: bool) {
    let columns = some(random, table, has_order);
    // Postgres makes one of two keys with the same columns.
    let same = |it: &Constraint| it.mentions == columns && !it.sql.starts_with("check");
    if columns.is_empty()
        || table.constraints.iter().any(same)
        || primary && table.constraints.iter().any(|it| it.sql.starts_with("primary"))
    {
        return;
    }
    let kind = if primary { "primary key" } else { "unique" };
    let deferrable = if random.one(6) { random.pick(&[" deferrable", " deferrable initially deferred"]) } else { "" };
    let sql = format!("{kind} ({}){deferrable}", list(&columns));
    push_constraint(random, schema, table, sql, columns, None);
}

/// A check or a unique.
pub(super) fn add_constraint(random: &mut Random, schema: &Schema, table: &mut Table) {
    if random.one(2) {
        return add_key(random, schema, table, false);
    }
    let column = table.columns[random.below(table.columns.len())].clone();
    let name = quoted(&column.name);
    let condition = match column.data_type.family {
        Family::Number => random.pick(&[
            "@ > 0",
            "@ between 1 and 10",
            "@ in (1, 2, 3)",
            "@ <> 5 or @ is null",
            "@ = any (array[1, 2])",
        ]),
        Family::Text => {
            random.pick(&["@ <> ''", "length(@) < 10", "@ in ('a', 'b')", "@ ~ '^a'", "@ like 'x%'", "lower(@) = @"])
        }
        Family::Bool => random.pick(&["@", "@ is not false"]),
        Family::Time => random.pick(&["@ > '2000-01-01'", "extract(year from @) > 1999"]),
        Family::Array => "cardinality(@) < 3",
        Family::Range => "not isempty(@)",
        Family::Json | Family::Enum | Family::Other => "@ is not null",
    };
    let more = if random.one(8) { " no inherit" } else { "" };
    let sql = format!("check ({}){more}", condition.replace('@', &name));
    push_constraint(random, schema, table, sql, vec![column.name], None);
}

fn push_constraint(
    random: &mut Random,
    schema: &Schema,
    table: &mut Table,
    sql: String,
    mentions: Vec<String>,
    refers: Option<(Name, Vec<String>)>,
) {
    let own = |name: &str| {
        table.constraints.iter().any(|it| it.name == name) || table.indexes.iter().any(|it| it.name == name)
    };
    let mut name = marked('c', &fresh(random, schema).1);
    while own(&name) || schema.has(&name) {
        name = format!("c{}", random.below(10_000));
    }
    table.constraints.push(Constraint { name, sql, mentions, refers, comment: comment(random) });
}

pub(super) fn add_index(random: &mut Random, schema: &Schema, table: &mut Table) {
    let column = table.columns[random.below(table.columns.len())].clone();
    let name = quoted(&column.name);
    let mut mentions = vec![column.name.clone()];
    let mut sql = match column.data_type.family {
        Family::Json => format!("using gin ({name})"),
        Family::Array if random.one(2) => format!("using gin ({name})"),
        Family::Range if random.one(2) => format!("using gist ({name})"),
        _ if !has_order(&column) => return,
        Family::Text => match random.below(5) {
            0 => format!("(lower({name}))"),
            1 if column.data_type.sql.starts_with("text") => format!("({name} text_pattern_ops)"),
            2 => format!("({name} collate \"POSIX\" desc)"),
            3 => format!("using hash ({name})"),
            _ => format!("({name})"),
        },
        Family::Number => match random.below(4) {
            0 => format!("(({name} + 1))"),
            1 => format!("using brin ({name}) with (pages_per_range=16)"),
            _ => format!("({name} desc nulls last)"),
        },
        Family::Bool | Family::Time | Family::Array | Family::Range | Family::Enum | Family::Other => {
            format!("({name}{})", random.pick(&["", " desc", " nulls first", " desc nulls last"]))
        }
    };
    let btree = !sql.starts_with("using");
    if btree && random.one(4) {
        let other = &table.columns[random.below(table.columns.len())];
        sql.push_str(&format!(" include ({})", quoted(&other.name)));
        mentions.push(other.name.clone());
    }
    if btree && random.one(5) {
        sql.push_str(" with (fillfactor=70)");
    }
    if random.one(4) {
        let other = &table.columns[random.below(table.columns.len())];
        sql.push_str(&format!(" where {} is not null", quoted(&other.name)));
        mentions.push(other.name.clone());
    }
    let own = |name: &str| {
        table.constraints.iter().any(|it| it.name == name) || table.indexes.iter().any(|it| it.name == name)
    };
    let mut name = marked('i', &fresh(random, schema).1);
    while own(&name) || schema.has(&name) {
        name = format!("i{}", random.below(10_000));
    }
    let unique = btree && random.one(3);
    table.indexes.push(Index { name, unique, sql, mentions, comment: comment(random) });
}

/// From some columns to a key of the same types, in whatever table has one.
pub(super) fn add_foreign_key(random: &mut Random, schema: &mut Schema) {
    let is_key = |it: &&Constraint| it.sql.starts_with("primary") || it.sql.starts_with("unique");
    let mut found = Vec::new();
    for table in &schema.tables {
        for key in
            table.constraints.iter().filter(is_key).filter(|it| !it.sql.contains("deferr") && it.mentions.len() == 1)
        {
            let to = table.columns.iter().find(|it| it.name == key.mentions[0]);
            for (at, from) in schema.tables.iter().enumerate() {
                let same = |it: &&Column| {
                    to.is_some_and(|to| to.data_type == it.data_type)
                        && !it.clause.as_ref().is_some_and(|it| it.starts_with("generated"))
                };
                for column in from.columns.iter().filter(same) {
                    found.push((at, column.name.clone(), table.name.clone(), key.mentions.clone()));
                }
            }
        }
    }
    if found.is_empty() {
        return;
    }
    let (at, column, to, columns) = found.swap_remove(random.below(found.len()));
    let action = random.pick(&[
        "",
        " on delete cascade",
        " on delete set null",
        " on update cascade on delete restrict",
        " deferrable",
        " match full",
        " not valid",
    ]);
    let sql = format!("foreign key ({}) references {} ({}){action}", quoted(&column), sql_name(&to), list(&columns));
    let mut table = schema.tables[at].clone();
    push_constraint(random, schema, &mut table, sql, vec![column], Some((to, columns)));
    schema.tables[at] = table;
}

pub(super) fn add_view(random: &mut Random, schema: &mut Schema) {
    if schema.tables.is_empty() {
        return;
    }
    let table = &schema.tables[random.below(schema.tables.len())];
    let columns = some(random, table, |_| true);
    let view = View {
        name: (table.name.0.clone(), fresh(random, schema).1),
        table: table.name.clone(),
        columns,
        materialized: random.one(4),
    };
    if !view.columns.is_empty() {
        schema.views.push(view);
    }
}
