//! What must hold, in words.

/// What is said of an expectation.
#[derive(Debug, Clone)]
pub(super) struct Sentences {
    pub(super) holds: String,
    pub(super) violated: String,
    pub(super) hazard: String,
    pub(super) one: String,
    pub(super) many: String,
}

fn said(holds: String, violated: String, one: impl Into<String>, many: impl Into<String>) -> Sentences {
    let hazard = format!("this fails if {violated}.");
    Sentences { holds, violated, hazard, one: one.into(), many: many.into() }
}

/// A table and some of its columns, as people write them.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub(super) table: String,
    pub(super) columns: Vec<String>,
}

impl Names {
    /// `users.name`, or `(a, b) of users`.
    fn path(&self) -> String {
        match self.columns.as_slice() {
            [column] => format!("{}.{column}", self.table),
            columns => format!("({}) of {}", columns.join(", "), self.table),
        }
    }
}

pub(super) fn not_null(names: &Names) -> Sentences {
    let path = names.path();
    said(format!("{path} holds no NULL"), format!("{path} holds a NULL"), "row holds NULL", "rows hold NULL")
}

pub(super) fn empty(names: &Names) -> Sentences {
    let (table, path) = (&names.table, names.path());
    let hazard = format!("{path} is NOT NULL and has no default: this fails if {table} has rows.");
    let violated = format!("{table} has rows, and {path} is NOT NULL without a default");
    Sentences { hazard, ..said(format!("{table} holds no row"), violated, "row is there", "rows are there") }
}

pub(super) fn filled(names: &Names) -> Sentences {
    let path = names.path();
    said(
        format!("what fills {path} has a value for every row"),
        format!("what fills {path} has no value for a row"),
        "row gets no value",
        "rows get no value",
    )
}

pub(super) fn longer(names: &Names, limit: &str, unit: &str) -> Sentences {
    let path = names.path();
    let longer = format!("longer than {limit} {unit}");
    said(
        format!("no value of {path} is {longer}"),
        format!("a value of {path} is {longer}"),
        format!("value is {longer}"),
        format!("values are {longer}"),
    )
}

pub(super) fn fits(names: &Names, data_type: &str) -> Sentences {
    let path = names.path();
    said(
        format!("every value of {path} fits into {data_type}"),
        format!("a value of {path} does not fit into {data_type}"),
        format!("value does not fit into {data_type}"),
        format!("values do not fit into {data_type}"),
    )
}

pub(super) fn becomes(names: &Names, data_type: &str) -> Sentences {
    let path = names.path();
    said(
        format!("every value of {path} becomes {data_type}"),
        format!("a value of {path} does not become {data_type}"),
        format!("value does not become {data_type}"),
        format!("values do not become {data_type}"),
    )
}

pub(super) fn no_label<S: AsRef<str>>(names: &Names, labels: &[S]) -> Sentences {
    let labels: Vec<String> = labels.iter().map(|label| format!("'{}'", label.as_ref())).collect();
    let (path, labels) = (names.path(), labels.join(" or "));
    said(
        format!("no {path} holds {labels}"),
        format!("{path} holds {labels}"),
        format!("row holds {labels}"),
        format!("rows hold {labels}"),
    )
}

pub(super) fn unique(names: &Names) -> Sentences {
    said(
        format!("{} holds no value twice", names.path()),
        format!("({}) holds a duplicate in {}", names.columns.join(", "), names.table),
        "value is there more than once",
        "values are there more than once",
    )
}

pub(super) fn unique_index(names: &Names, index: &str) -> Sentences {
    let table = &names.table;
    said(
        format!("no key of {index} stands in {table} twice"),
        format!("a key of {index} stands in {table} twice"),
        "key is there more than once",
        "keys are there more than once",
    )
}

pub(super) fn at_most_one(names: &Names) -> Sentences {
    let Names { table, columns } = names;
    said(
        format!("{table} holds at most one row"),
        format!("{table} has more than one row: all get the same ({})", columns.join(", ")),
        "row is too many",
        "rows are too many",
    )
}

pub(super) fn found(names: &Names, there: &Names) -> Sentences {
    let (here, table) = (&names.table, &there.table);
    said(
        format!("every {} is found in {}", names.path(), there.path()),
        format!("a row of {here} has no counterpart in {table}"),
        format!("row has no counterpart in {table}"),
        format!("rows have no counterpart in {table}"),
    )
}

pub(super) fn satisfied(names: &Names, constraint: &str) -> Sentences {
    let table = &names.table;
    said(
        format!("every row of {table} satisfies {constraint}"),
        format!("a row of {table} violates {constraint}"),
        format!("row violates {constraint}"),
        format!("rows violate {constraint}"),
    )
}

pub(super) fn excluded(names: &Names, constraint: &str) -> Sentences {
    let table = &names.table;
    said(
        format!("no two rows of {table} violate {constraint}"),
        format!("two rows of {table} violate {constraint}"),
        format!("row violates {constraint}"),
        format!("rows violate {constraint}"),
    )
}
