//! Names of fields and tables: harmless ones, and such as macros and readers stumble over.

use fastrand::Rng;

/// Fields of models, without raw identifiers' `r#`.
const FIELDS: [&str; 44] = [
    "name",
    "title",
    "type",
    "match",
    "created_at",
    "updated_at",
    "is_active",
    "x2",
    "address1_line",
    "line_2b",
    "_hidden",
    "trailing_",
    "camelCase",
    "x_y_z",
    "amount",
    "price_in_eur",
    "ref",
    "state",
    "kind",
    "payload",
    "owner_id",
    "parent_id",
    "tenant_id",
    "uuid",
    "hash",
    "a",
    "b2c",
    "use",
    "long_name_of_a_field_that_says_a_lot",
    "email",
    "phone",
    "note",
    "lat",
    "lng",
    "url",
    "version",
    "order_no",
    "group",
    "user",
    "desc",
    "i18n_key",
    "utf8",
    "md5sum",
    "mod",
];

const KEYWORDS: [&str; 5] = ["type", "match", "ref", "use", "mod"];

const TABLES: [&str; 10] =
    ["users", "Order Items", "camelTable", "UPPER", "a-b", "t", "with\"quote", "größe", "group", "select"];

/// So many field names that are different for every rule of letters and underscores.
pub(crate) fn fields(random: &mut Rng, count: usize) -> Vec<String> {
    let mut all: Vec<&str> = FIELDS.to_vec();
    random.shuffle(&mut all);
    all.truncate(count);
    all.into_iter().map(str::to_owned).collect()
}

/// As it stands in the source.
pub(crate) fn ident(field: &str) -> String {
    if KEYWORDS.contains(&field) { format!("r#{field}") } else { field.to_owned() }
}

/// The variant that SeaORM's macros make of a field: heck's upper camel case, for the names above.
pub(crate) fn variant(field: &str) -> String {
    let mut variant = String::new();
    for word in field.split('_').filter(|word| !word.is_empty()) {
        let mut letters = word.chars();
        variant.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        variant.extend(letters);
    }
    variant
}

/// A table's name, different for each number.
pub(crate) fn table(random: &mut Rng, number: usize) -> String {
    match random.u8(..10) {
        0 => format!("{}_{number}", TABLES[random.usize(..TABLES.len())]),
        1 => format!("a_table_with_a_name_that_takes_nearly_all_bytes_{number}"),
        _ => format!("table_{number}"),
    }
}
