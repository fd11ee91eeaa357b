//! Values of Postgres' own types, as text that their input functions read: small, plain, and distinct as far as the
//! type goes.

use crate::schema::DataType;

/// How many distinct values a type gives, where it has as many.
pub(super) const VALUES: usize = 8;

/// Values of a type of `pg_catalog`; none for what cannot be a column, or is not known.
pub(super) fn builtin(name: &str, data_type: &DataType) -> Vec<String> {
    (0..VALUES).map_while(|number| value(name, data_type, number)).collect()
}

/// Whether a type holds any text.
pub(super) fn is_text(name: &str) -> bool {
    matches!(name, "text" | "character varying" | "character" | "bpchar" | "name" | "citext")
}

/// The longest text that it holds, where there is a bound.
pub(super) fn length(name: &str, data_type: &DataType) -> Option<usize> {
    let modifier = || data_type.modifiers.as_deref().and_then(|it| it.parse().ok());
    match name {
        "character varying" | "bit varying" => modifier(),
        "character" | "bit" => Some(modifier().unwrap_or(1)),
        "name" => Some(63),
        "\"char\"" => Some(1),
        _ => None,
    }
}

/// Whether it is a number.
pub(super) fn is_number(name: &str) -> bool {
    matches!(name, "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "money")
}

/// The value of this number, counted from 0; none where the type has no more.
fn value(name: &str, data_type: &DataType, number: usize) -> Option<String> {
    let n = number + 1;
    Some(match name {
        "smallint" | "integer" | "bigint" | "oid" | "xid" | "xid8" | "cid" => n.to_string(),
        "numeric" => numeric(data_type, n)?,
        "real" | "double precision" => format!("{n}.5"),
        "money" => format!("{n}.00"),
        "boolean" => ["true", "false"].get(number)?.to_string(),
        "text" | "character varying" | "character" | "bpchar" | "name" | "\"char\"" | "refcursor" => {
            word(number, length(name, data_type))
        }
        "bytea" => format!("\\x{n:02x}"),
        "date" => format!("2024-01-{n:02}"),
        "time without time zone" => format!("12:30:{n:02}"),
        "time with time zone" => format!("12:30:{n:02}+00"),
        "timestamp without time zone" => format!("2024-01-{n:02} 12:30:15"),
        "timestamp with time zone" => format!("2024-01-{n:02} 12:30:15+00"),
        name if name == "interval" || name.starts_with("interval ") => interval(data_type, n),
        "uuid" => format!("00000000-0000-4000-8000-{n:012}"),
        "json" | "jsonb" => format!("{{\"n\": {n}}}"),
        "jsonpath" => format!("$.\"a{n}\""),
        "xml" => format!("<a>{n}</a>"),
        "inet" => format!("10.0.0.{n}"),
        "cidr" => format!("10.0.{n}.0/24"),
        "macaddr" => format!("08:00:2b:01:02:{n:02x}"),
        "macaddr8" => format!("08:00:2b:01:02:03:04:{n:02x}"),
        "bit" => bits(length(name, data_type)?, number)?,
        "bit varying" => bits(length(name, data_type).unwrap_or(4).min(4), number)?,
        "point" => format!("({n},{n})"),
        "line" => format!("{{1,-1,{n}}}"),
        "lseg" | "path" => format!("[({n},{n}),({},{n})]", n + 1),
        "box" => format!("({},{}),({n},{n})", n + 1, n + 1),
        "polygon" => format!("(({n},{n}),({},{n}),({n},{}))", n + 1, n + 1),
        "circle" => format!("<({n},{n}),1>"),
        "tsvector" => format!("'a{n}'"),
        "tsquery" => format!("'a{n}'"),
        "pg_lsn" => format!("0/{n}"),
        "txid_snapshot" | "pg_snapshot" => format!("{n}:{n}:"),
        "tid" => format!("(0,{n})"),
        "int2vector" | "oidvector" => format!("{n} {n}"),
        "regtype" => ["integer", "text", "boolean"].get(number)?.to_string(),
        "regclass" => ["pg_class", "pg_type", "pg_proc"].get(number)?.to_string(),
        "regproc" => ["pg_typeof", "pg_backend_pid"].get(number)?.to_string(),
        "regprocedure" => ["lower(text)", "upper(text)"].get(number)?.to_string(),
        "regnamespace" => ["pg_catalog", "public"].get(number)?.to_string(),
        "regconfig" => ["simple", "english"].get(number)?.to_string(),
        "regdictionary" => ["simple", "english_stem"].get(number)?.to_string(),
        "regcollation" => ["\"C\"", "\"POSIX\""].get(number)?.to_string(),
        "regoper" => ["|/", "||/"].get(number)?.to_string(),
        "regrole" => ["pg_monitor", "pg_read_all_stats"].get(number)?.to_string(),
        "regoperator" => ["+(integer,integer)", "-(integer,integer)"].get(number)?.to_string(),
        "int4range" | "int8range" | "numrange" => format!("[{},{})", n * 10, n * 10 + 5),
        "daterange" => format!("[2024-{n:02}-01,2024-{n:02}-05)"),
        "tsrange" => format!("[\"2024-{n:02}-01 00:00:00\",\"2024-{n:02}-05 00:00:00\")"),
        "tstzrange" => format!("[\"2024-{n:02}-01 00:00:00+00\",\"2024-{n:02}-05 00:00:00+00\")"),
        "int4multirange" | "int8multirange" | "nummultirange" => format!("{{[{},{})}}", n * 10, n * 10 + 5),
        "datemultirange" => format!("{{[2024-{n:02}-01,2024-{n:02}-05)}}"),
        "tsmultirange" => format!("{{[\"2024-{n:02}-01 00:00:00\",\"2024-{n:02}-05 00:00:00\")}}"),
        "tstzmultirange" => format!("{{[\"2024-{n:02}-01 00:00:00+00\",\"2024-{n:02}-05 00:00:00+00\")}}"),
        _ => return None,
    })
}

/// Values of common extensions' types.
pub(super) fn of_extension(name: &str, data_type: &DataType) -> Vec<String> {
    let own = name.rsplit('.').next().unwrap_or(name);
    let dimensions: usize =
        data_type.modifiers.as_deref().and_then(|it| it.split(',').next_back()?.parse().ok()).unwrap_or(3);
    let vector = |n: usize| vec![n.to_string(); dimensions].join(",");
    let value = |n: usize| -> Option<String> {
        Some(match own {
            "citext" => word(n - 1, None),
            "hstore" => format!("\"a\"=>\"{n}\""),
            "ltree" => format!("a.b{n}"),
            "lquery" => format!("a.b{n}"),
            "ltxtquery" => format!("a{n}"),
            "cube" => format!("({n})"),
            "seg" => n.to_string(),
            "vector" | "halfvec" => format!("[{}]", vector(n)),
            "sparsevec" => format!("{{1:{n}}}/{dimensions}"),
            "geometry" | "geography" => format!("POINT({n} {n})"),
            "query_int" => n.to_string(),
            _ => return None,
        })
    };
    (1..=VALUES).map_while(value).collect()
}

/// `a1`, `b2`, ..; letters alone where there is room for one.
fn word(number: usize, length: Option<usize>) -> String {
    let letter = char::from(b'a' + u8::try_from(number % 26).unwrap_or(0));
    match length {
        Some(0 | 1) => letter.to_string(),
        Some(_) | None => format!("{letter}{}", number + 1),
    }
}

/// A number with a fraction where it has room for one, so that rounding is seen.
fn numeric(data_type: &DataType, n: usize) -> Option<String> {
    let mut parts = data_type.modifiers.as_deref().unwrap_or_default().split(',');
    let (precision, scale) = (parts.next().and_then(number), parts.next().and_then(number).unwrap_or(0));
    let Some(precision) = precision else { return Some(format!("{n}.25")) };
    match (precision - scale, scale) {
        (digits, scale) if digits >= 1 && scale >= 2 => Some(format!("{n}.25")),
        (digits, 1) if digits >= 1 => Some(format!("{n}.5")),
        (digits, 0) if digits >= 1 => Some(n.to_string()),
        // All digits stand behind the point, or none of the last ones is kept (since 15).
        (_, scale) if scale > 0 => {
            let zeros = "0".repeat(usize::try_from(scale - 1).ok()?);
            Some(format!("0.{zeros}{n}"))
        }
        (_, scale) => Some(format!("{n}{}", "0".repeat(usize::try_from(-scale).ok()?))),
    }
}

fn number(text: &str) -> Option<i32> {
    text.trim().parse().ok()
}

/// `interval year to month` keeps no days.
fn interval(data_type: &DataType, n: usize) -> String {
    match data_type.to_string() {
        name if name.contains("year") || name.contains("month") => format!("{n} years"),
        name if name.contains("hour") || name.contains("minute") || name.contains("second") => {
            format!("{n:02}:00:00")
        }
        _ => format!("{n} days"),
    }
}

fn bits(length: usize, number: usize) -> Option<String> {
    let all = 1_usize.checked_shl(u32::try_from(length).ok()?).unwrap_or(usize::MAX);
    (number < all).then(|| format!("{number:0length$b}"))
}
