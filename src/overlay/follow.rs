use crate::schema::{ColumnDefault, Fact, Models, Object, QualifiedName, Rename, Schema, Table};

/// Postgres cuts names after so many bytes.
const LONGEST: usize = 63;

/// The renames that follow from others: constraints and indexes whose names were made from the old name of their table
/// or column, and that nobody names. Else a new table of the old name would find them taken.
#[must_use]
pub fn following(renames: &[Rename], current: &Schema, models: &Models) -> Vec<Rename> {
    let mut following: Vec<Rename> = Vec::new();
    for (table, after) in renamed_tables(renames, current) {
        let stated = |object: Object| {
            models.stated.contains(&object, Fact::Name) || models.stated.contains(&object, Fact::Whole)
        };
        let answered = |name: &str| {
            renames.iter().any(|it| match it {
                Rename::Constraint { table, from, .. } | Rename::Index { table, from, .. } => {
                    (table == &after.name || table == &after.old) && from == name
                }
                Rename::Table { .. } | Rename::Column { .. } | Rename::EnumType { .. } | Rename::EnumLabel { .. } => {
                    false
                }
            })
        };
        let constraints = table.constraints.iter().filter_map(|it| {
            let to = after.follow(&it.name, &it.columns())?;
            let free = !stated(Object::Constraint(after.name.clone(), it.name.clone()));
            free.then(|| Rename::Constraint { table: after.name.clone(), from: it.name.clone(), to })
        });
        let indexes = table.indexes.iter().filter_map(|it| {
            let to = after.follow(&it.name, &it.column_keys()?)?;
            let free = !stated(Object::Index(after.name.clone(), it.name.clone()));
            free.then(|| Rename::Index { table: after.name.clone(), from: it.name.clone(), to })
        });
        for rename in constraints.chain(indexes) {
            let (Rename::Constraint { from, to, .. } | Rename::Index { from, to, .. }) = &rename else { continue };
            if !answered(from) && !is_taken(to, &after.name.namespace, current) && !following.contains(&rename) {
                following.push(rename);
            }
        }
    }
    following
}

/// The same for the sequences of serial columns, which are facts of their columns.
pub fn follow_sequences(wanted: &mut Schema, renames: &[Rename], current: &Schema) {
    for (table, after) in renamed_tables(renames, current) {
        for column in &table.columns {
            let ColumnDefault::Serial(sequence) = &column.default else { continue };
            let Some(name) = after.follow(&sequence.name.name, &[column.name.as_str()]) else { continue };
            let column = after.column(&column.name);
            let place = wanted.table_mut(&after.name).and_then(|it| it.columns.iter_mut().find(|it| it.name == column));
            match place.map(|it| &mut it.default) {
                Some(ColumnDefault::Serial(there))
                    if there.name.name == sequence.name.name && !is_taken(&name, &there.name.namespace, current) =>
                {
                    there.name.name = name;
                }
                Some(_) | None => {}
            }
        }
    }
}

/// The names of a table and its columns after all renames.
struct After<'a> {
    old: QualifiedName,
    name: QualifiedName,
    columns: Vec<(&'a str, &'a str)>,
}

fn renamed_tables<'a>(renames: &'a [Rename], current: &'a Schema) -> Vec<(&'a Table, After<'a>)> {
    let after = |table: &'a Table| {
        let name = renames.iter().fold(table.name.clone(), |name, it| match it {
            Rename::Table { from, to } if *from == name => to.clone(),
            _ => name,
        });
        // Names that change places go by way of a third.
        let columns = table.columns.iter().filter_map(|column| {
            let last = renames.iter().fold(column.name.as_str(), |last, it| match it {
                Rename::Column { table, from, to } if *table == name && from == last => to,
                _ => last,
            });
            (last != column.name).then_some((column.name.as_str(), last))
        });
        let columns: Vec<_> = columns.collect();
        (name != table.name || !columns.is_empty()).then(|| (table, After { old: table.name.clone(), name, columns }))
    };
    current.tables.iter().filter_map(after).collect()
}

impl After<'_> {
    fn column(&self, name: &str) -> String {
        self.columns.iter().find(|(from, _)| *from == name).map_or(name, |it| it.1).to_owned()
    }

    /// The new name of something on these columns, if its name was made from the old ones.
    fn follow(&self, name: &str, columns: &[&str]) -> Option<String> {
        let old: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
        let new: Vec<String> = columns.iter().map(|&column| self.column(column)).collect();
        let made = given(&self.old.name, &old).iter().position(|it| it == name)?;
        let to = given(&self.name.name, &new).into_iter().nth(made)?;
        (to != name && to.len() <= LONGEST).then_some(to)
    }
}

/// The names that Postgres and SeaORM make up.
fn given(table: &str, columns: &[String]) -> Vec<String> {
    let (words, dashed) = (columns.join("_"), columns.join("-"));
    let postgres = ["key", "fkey", "idx", "excl", "check", "seq"].map(|suffix| format!("{table}_{words}_{suffix}"));
    let sea_orm = ["idx", "fk", "uk", "uq"].map(|prefix| format!("{prefix}-{table}-{dashed}"));
    let whole = [format!("{table}_pkey"), format!("{table}_check"), format!("pk-{table}")];
    postgres.into_iter().chain(sea_orm).chain(whole).collect()
}

fn is_taken(name: &str, namespace: &str, schema: &Schema) -> bool {
    let here = schema.tables.iter().filter(|it| it.name.namespace == namespace);
    let mut tables = here;
    tables.any(|it| {
        let serial =
            it.columns.iter().any(|it| matches!(&it.default, ColumnDefault::Serial(it) if it.name.name == name));
        it.name.name == name || serial || it.index(name).is_some() || it.constraint(name).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Column, DataType, Index};

    #[test]
    fn names_made_from_the_old_name_follow() {
        let name = |name: &str| QualifiedName::new("public", name);
        let mut posts = Table::new(name("posts"));
        posts.indexes.push(Index::plain("idx-posts-title", false, ["title"]));
        posts.columns.push(Column {
            name: "title".to_owned(),
            data_type: DataType::builtin("text"),
            nullable: true,
            default: ColumnDefault::None,
            collation: None,
            comment: None,
        });
        posts.indexes.push(Index::plain("by_title", false, ["title"]));
        let current = Schema { tables: vec![posts], ..Schema::default() };
        let renames = [
            Rename::Table { from: name("posts"), to: name("articles") },
            Rename::Column { table: name("articles"), from: "title".to_owned(), to: "headline".to_owned() },
        ];
        let followed = Rename::Index {
            table: name("articles"),
            from: "idx-posts-title".to_owned(),
            to: "idx-articles-headline".to_owned(),
        };
        assert_eq!(following(&renames, &current, &Models::default()), [followed]);
    }
}
