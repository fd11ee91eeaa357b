//! The table of what the reader does otherwise on purpose: SeaORM's faults are not copied (issue 3, point 5b).
//!
//! A difference that no line of this table explains fails the oracle, and so does a line that explains nothing in the
//! fixtures.

use crate::facts::{Difference, Facts, Key};

/// Stands before a comment that SeaORM keeps and does not write.
pub(crate) const NOT_WRITTEN: &str = "(not written) ";

/// Both sides, for what a single difference does not show.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// Of the reader.
    pub reader: &'a Facts,
    /// Of SeaORM.
    pub runtime: &'a Facts,
    /// Which SeaORM.
    pub version: Versions,
}

/// Versions of SeaORM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// Every one.
    All,
    /// 0.12 and 1.
    Before2,
    /// 2.
    Since2,
}

/// A deliberate difference.
pub struct Known {
    /// What people call it, also in `soak.json`.
    pub name: &'static str,
    /// Why the reader does not follow SeaORM.
    pub reason: &'static str,
    /// Which versions it is about.
    pub versions: Versions,
    /// Whether it is this one.
    explains: fn(&Difference, Sides<'_>) -> bool,
}

impl Known {
    /// Whether the version has it.
    #[must_use]
    pub fn is_about(&self, version: Versions) -> bool {
        self.versions == Versions::All || self.versions == version
    }
}

/// Every deliberate difference.
pub const KNOWN: [Known; 16] = [
    Known {
        name: "an enum in arrays only is created",
        versions: Versions::All,
        reason: "SeaORM creates the enums of scalar columns only, so that CREATE TABLE fails on `mood[]`",
        explains: |difference, sides| {
            is_enum(difference) && difference.runtime.is_none() && {
                let array = format!("{}[]", difference.key.object);
                sides.reader.0.values().any(|value| *value == array)
                    && !sides.reader.0.values().any(|value| *value == difference.key.object)
            }
        },
    },
    Known {
        name: "an enum lies in the schema of its table",
        versions: Versions::All,
        reason: "SeaORM creates each enum in the first schema of search_path, also that of a table with a `schema_name`",
        explains: |difference, sides| {
            let (key, Some(table_or_labels)) = (&difference.key, said(difference)) else { return false };
            match key.fact {
                "type" => same_but_namespace(difference) && !key.table.starts_with("public."),
                // The same labels stand under the name with the other schema.
                "labels" => {
                    let other_side = if difference.reader.is_some() { sides.runtime } else { sides.reader };
                    enum_name(&key.object).is_some_and(|name| {
                        other_side.0.iter().any(|(other, labels)| {
                            enum_name(&other.object) == Some(name)
                                && other.object != key.object
                                && (labels == table_or_labels
                                    || sides.version == Versions::Before2
                                        && (holds(labels, table_or_labels) || holds(table_or_labels, labels)))
                        }) || created_for_arrays(key, sides)
                    })
                }
                _ => false,
            }
        },
    },
    Known {
        name: "the name of an enum keeps its capitals",
        versions: Versions::All,
        reason: "SeaORM quotes the name in CREATE TYPE and not in the column, where Postgres folds it to another name",
        explains: |difference, _| match (&difference.reader, &difference.runtime) {
            (Some(reader), Some(runtime)) => {
                let name = |text: &str| text.rsplit('.').next().unwrap_or_default().to_lowercase();
                difference.key.fact == "type"
                    && reader.starts_with("enum ")
                    && runtime.starts_with("enum ")
                    && reader != &reader.to_lowercase()
                    && name(reader) == name(runtime)
            }
            _ => false,
        },
    },
    Known {
        name: "comments are written",
        versions: Versions::All,
        reason: "sea-query's writer for Postgres leaves comments of tables and columns out",
        explains: |difference, _| {
            let written = difference.runtime.as_ref().and_then(|text| text.strip_prefix(NOT_WRITTEN));
            difference.key.fact == "comment" && written.is_some() && written == difference.reader.as_deref()
        },
    },
    Known {
        name: "a comment on `Entity` counts",
        versions: Versions::All,
        reason: "in the expanded form SeaORM takes `comment` on the struct and drops it",
        explains: |difference, _| {
            difference.key.object == "table" && difference.key.fact == "comment" && difference.runtime.is_none()
        },
    },
    Known {
        name: "renamed_from is a rename",
        versions: Versions::Since2,
        reason: "SeaORM 2 hides the old name in the comment of the column",
        explains: |difference, sides| {
            let key = &difference.key;
            let comment = sides.runtime.get(&key.table, &key.object, "comment").unwrap_or_default();
            let renamed = sides.reader.get(&key.table, &key.object, "renamed from");
            let own = sides.reader.get(&key.table, &key.object, "comment");
            let hidden = renamed.map(|from| format!("renamed_from \"{from}\""));
            let whole = hidden.map(|hidden| match own {
                Some(own) => format!("{NOT_WRITTEN}{own}; {hidden}"),
                None => format!("{NOT_WRITTEN}{hidden}"),
            });
            matches!(key.fact, "renamed from" | "comment") && whole.as_deref() == Some(comment)
        },
    },
    Known {
        name: "only integers count up",
        versions: Versions::All,
        reason: "SeaORM writes an identity or serial column of any type, which panics in its writer or fails in Postgres",
        explains: |difference, sides| {
            let key = &difference.key;
            let data_type = sides.reader.get(&key.table, &key.object, "type").unwrap_or_default();
            key.fact == "counts up"
                && difference.reader.is_none()
                && !matches!(data_type, "smallint" | "integer" | "bigint")
        },
    },
    Known {
        name: "a written default stands instead of counting up",
        versions: Versions::All,
        reason: "SeaORM writes both, and Postgres refuses a column with two defaults",
        explains: |difference, sides| {
            let key = &difference.key;
            let has = |fact| sides.reader.get(&key.table, &key.object, fact).is_some();
            key.fact == "counts up" && difference.reader.is_none() && (has("default") || has("generated"))
        },
    },
    Known {
        name: "a key column is not null",
        versions: Versions::All,
        reason: "SeaORM writes an `Option` in a key without NOT NULL; Postgres makes it not null all the same",
        explains: |difference, _| {
            difference.key.fact == "written as"
                && difference.reader.is_none()
                && difference.runtime.as_deref() == Some("NULL")
        },
    },
    Known {
        name: "money has no precision",
        versions: Versions::All,
        reason: "SeaORM writes `money(19, 4)`, which Postgres refuses",
        explains: |difference, _| {
            let runtime = difference.runtime.as_deref().unwrap_or_default();
            let bare = runtime.split('(').next().unwrap_or_default();
            let brackets = if runtime.ends_with("[]") { "[]" } else { "" };
            difference.key.fact == "type"
                && bare == "money"
                && difference.reader.as_deref() == Some(&format!("money{brackets}"))
        },
    },
    Known {
        name: "a schema is created",
        versions: Versions::All,
        reason: "SeaORM expects the schema that a `schema_name` names to be there",
        explains: |difference, _| difference.key.object.starts_with("namespace ") && difference.runtime.is_none(),
    },
    Known {
        name: "a name has 63 bytes",
        versions: Versions::All,
        reason: "Postgres cuts longer names without a word, so that two become one; the reader shortens them with a hash",
        explains: |difference, _| match (&difference.reader, &difference.runtime) {
            (Some(reader), Some(runtime)) => {
                matches!(difference.key.fact, "name" | "counts up") && shortened(reader, runtime)
            }
            _ => false,
        },
    },
    Known {
        name: "a foreign key is there once",
        versions: Versions::All,
        reason: "two relations over the same columns make SeaORM write one constraint twice, which Postgres refuses",
        explains: |difference, sides| {
            let key = &difference.key;
            let first = key.object.split(", number ").next().unwrap_or_default();
            key.object.starts_with("foreign key ")
                && difference.reader.is_none()
                && first != key.object
                && sides.reader.get(&key.table, first, key.fact) == difference.runtime.as_deref()
        },
    },
    Known {
        name: "every label of an enum is there",
        versions: Versions::Before2,
        reason: "SeaORM 1 leaves the labels that `rename_all` makes out of CREATE TYPE, and writes them into the column",
        explains: |difference, _| match (&difference.reader, &difference.runtime) {
            (Some(reader), Some(runtime)) => is_enum(difference) && holds(reader, runtime),
            _ => false,
        },
    },
    Known {
        name: "a foreign key refers to the table of its target",
        versions: Versions::Before2,
        reason: "SeaORM 1 leaves the `schema_name` of the other table out of REFERENCES",
        explains: |difference, sides| {
            let key = &difference.key;
            let other_side = if difference.reader.is_some() { sides.runtime } else { sides.reader };
            let there = other_side.0.iter().filter(|(other, _)| other.table == key.table && other.fact == key.fact);
            let parts = |object: &str| -> Option<(String, String, String)> {
                let (columns, references) = object.strip_prefix("foreign key ")?.split_once(" -> ")?;
                let (namespace, rest) = references.split_once('.')?;
                Some((columns.to_owned(), namespace.to_owned(), rest.to_owned()))
            };
            let Some((columns, namespace, rest)) = parts(&key.object) else { return false };
            there.into_iter().any(|(other, value)| {
                parts(&other.object).is_some_and(|(c, n, r)| c == columns && r == rest && n != namespace)
                    && said(difference)
                        .is_some_and(|said| said == value || shortened(value, said) || shortened(said, value))
            })
        },
    },
    Known {
        name: "an index is on the table of its entity",
        versions: Versions::Before2,
        reason: "SeaORM 1 leaves the `schema_name` out of CREATE INDEX",
        explains: |difference, _| {
            let name = |text: &Option<String>| {
                text.as_ref().and_then(|text| text.split_once('.')).map(|(_, name)| name.to_owned())
            };
            difference.key.fact == "on table"
                && name(&difference.reader).is_some()
                && name(&difference.reader) == name(&difference.runtime)
                && difference.reader.as_ref() == Some(&difference.key.table)
        },
    },
];

/// What the table says to this difference.
#[must_use]
pub fn explain(difference: &Difference, sides: Sides<'_>) -> Option<&'static Known> {
    KNOWN.iter().filter(|known| known.is_about(sides.version)).find(|known| (known.explains)(difference, sides))
}

/// Whether `short` is what became of the name `long`, which Postgres would cut.
fn shortened(short: &str, long: &str) -> bool {
    let begin = |text: &str| text.chars().take(20).collect::<String>();
    let name = |text: &str| {
        text.strip_prefix("serial, ").and_then(|name| name.split_once('.')).map_or(text.len(), |(_, name)| name.len())
    };
    name(long) > 63 && name(short) <= 63 && begin(short) == begin(long)
}

/// Whether all labels of the second list are in the first one, in the same order.
fn holds(all: &str, some: &str) -> bool {
    let labels = |text: &str| -> Vec<String> { text.trim_matches(['[', ']']).split(", ").map(str::to_owned).collect() };
    let (all, some) = (labels(all), labels(some));
    all.iter().filter(|label| some.contains(label)).eq(some.iter())
}

fn is_enum(difference: &Difference) -> bool {
    difference.key.fact == "labels" && difference.key.object.starts_with("enum ")
}

fn said(difference: &Difference) -> Option<&String> {
    difference.reader.as_ref().or(difference.runtime.as_ref())
}

/// `mood` of `enum public.mood`.
fn enum_name(object: &str) -> Option<&str> {
    object.strip_prefix("enum ")?.split_once('.').map(|(_, name)| name)
}

/// `enum audit.mood` and `enum public.mood`.
fn same_but_namespace(difference: &Difference) -> bool {
    match (&difference.reader, &difference.runtime) {
        (Some(reader), Some(runtime)) => enum_name(reader).is_some_and(|name| Some(name) == enum_name(runtime)),
        _ => false,
    }
}

/// An enum of another schema that only arrays use there, and scalar columns use elsewhere.
fn created_for_arrays(key: &Key, sides: Sides<'_>) -> bool {
    sides.reader.0.values().any(|value| *value == format!("{}[]", key.object))
}
