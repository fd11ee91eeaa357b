use std::collections::BTreeSet;

use super::build::{Unprintable, only, settle};
use super::{Database, Scratch};
use crate::error::Result;
use crate::reflect::Scope;
use crate::render::{self, Cast};
use crate::schema::{
    Column, ColumnDefault, Constraint, ConstraintKind, Expression, Index, QualifiedName, Schema, Table,
};

impl Scratch {
    /// `wanted` in Postgres' words: the desired schema.
    ///
    /// Affected tables are made again on `bench`, which is a copy of the state of `renamed`. Where `wanted` says the same as `renamed`, in the same words or
    /// in others that Postgres prints alike, the desired schema has the text of `renamed`, so that [`crate::diff`] may
    /// be exact.
    ///
    /// # Errors
    ///
    /// What Postgres refuses of the declared tables, named by object.
    pub async fn canonical(
        &self,
        bench: &Database,
        renamed: &Schema,
        wanted: &Schema,
        scope: &Scope,
    ) -> Result<Schema, Unprintable> {
        let affected = affected(renamed, wanted);
        if affected.is_empty() {
            return Ok(wanted.clone());
        }
        let wanted = &self.recast_defaults(bench, renamed, wanted, scope).await?;
        let printed = settle(bench, wanted, &affected, scope).await?;
        let unclear = printed.tables.iter().any(|table| {
            let before = renamed.table(&table.name);
            before.is_some_and(|before| !expressions_agree(before, table))
        });
        let before = if unclear {
            let there: BTreeSet<QualifiedName> =
                affected.iter().filter(|name| renamed.table(name).is_some()).cloned().collect();
            settle(bench, renamed, &there, scope).await?
        } else {
            Schema::default()
        };
        let tables = wanted.tables.iter().map(|table| match printed.table(&table.name) {
            Some(printed) => Words {
                renamed: renamed.table(&table.name),
                renamed_printed: before.table(&table.name),
                wanted: table,
                printed,
            }
            .chosen(),
            None => table.clone(),
        });
        let tables = tables.collect();
        Ok(Schema { tables, ..wanted.clone() }.sorted())
    }

    /// A default that nobody spoke of stays when its column's type changes; where the old type does not become the new
    /// one by assignment, as Postgres would demand of the default, it says so itself.
    async fn recast_defaults(
        &self,
        bench: &Database,
        renamed: &Schema,
        wanted: &Schema,
        scope: &Scope,
    ) -> Result<Schema> {
        let mut recast = wanted.clone();
        for table in &mut recast.tables {
            let Some(before) = renamed.table(&table.name) else { continue };
            for column in &mut table.columns {
                let Some(old) = before.column(&column.name) else { continue };
                let kept = old.default == column.default && old.data_type != column.data_type;
                if let (ColumnDefault::Expression(default), true) = (&mut column.default, kept) {
                    let types = (&old.data_type, &column.data_type);
                    if self.cast(bench, wanted, types, scope).await? == Cast::Explicit {
                        let target = render::Words::new(&scope.default_namespace).data_type(&column.data_type);
                        default.sql = format!("({})::{target}", default.sql);
                    }
                }
            }
        }
        Ok(recast)
    }

    /// Both schemas as scratch prints them, where they differ; made on `bench`.
    ///
    /// # Errors
    ///
    /// What Postgres refuses of either.
    pub async fn same_words(
        &self,
        bench: &Database,
        a: &Schema,
        b: &Schema,
        scope: &Scope,
    ) -> Result<(Schema, Schema)> {
        let tables = affected(a, b);
        let in_both: BTreeSet<QualifiedName> =
            tables.into_iter().filter(|name| a.table(name).is_some() && b.table(name).is_some()).collect();
        let left = settle(bench, a, &in_both, scope).await?;
        let right = settle(bench, b, &in_both, scope).await?;
        Ok((replace(a, &left, &in_both), replace(b, &right, &in_both)))
    }
}

/// `schema` with these tables as `printed` has them, foreign keys as they were.
fn replace(schema: &Schema, printed: &Schema, tables: &BTreeSet<QualifiedName>) -> Schema {
    let mut replaced = schema.clone();
    for table in only(printed, tables) {
        if let Some(place) = replaced.table_mut(&table.name) {
            let keys = foreign_keys(place);
            *place = table;
            place.constraints.extend(keys);
        }
    }
    replaced.sorted()
}

fn foreign_keys(table: &Table) -> Vec<Constraint> {
    table.constraints.iter().filter(|it| it.is_foreign_key()).cloned().collect()
}

/// Tables of `wanted` that are new or differ in any word.
fn affected(renamed: &Schema, wanted: &Schema) -> BTreeSet<QualifiedName> {
    wanted
        .tables
        .iter()
        .filter(|table| renamed.table(&table.name) != Some(table))
        .map(|table| table.name.clone())
        .collect()
}

/// Whether every column, check and index that both have reads the same in both.
fn expressions_agree(before: &Table, printed: &Table) -> bool {
    let columns =
        printed.columns.iter().all(|it| before.column(&it.name).is_none_or(|other| other.default == it.default));
    let constraints = printed.constraints.iter().all(|it| before.constraint(&it.name).is_none_or(|other| other == it));
    let indexes = printed.indexes.iter().all(|it| before.index(&it.name).is_none_or(|other| other == it));
    columns && constraints && indexes
}

/// One table in its four forms.
struct Words<'a> {
    /// As it is, in its own words. `None` for a new table.
    renamed: Option<&'a Table>,
    /// As it is, printed by scratch; only there where something is unclear.
    renamed_printed: Option<&'a Table>,
    /// As the models want it, in mixed words.
    wanted: &'a Table,
    /// As the models want it, printed by scratch.
    printed: &'a Table,
}

impl Words<'_> {
    fn chosen(&self) -> Table {
        let mut table = self.printed.clone();
        for column in &mut table.columns {
            column.default = self.default(column);
        }
        for constraint in &mut table.constraints {
            *constraint =
                self.choose(constraint, |table, it: &Constraint| table.constraint(&it.name).cloned(), same_constraint);
        }
        for index in &mut table.indexes {
            *index = self.choose(index, |table, it: &Index| table.index(&it.name).cloned(), same_index);
        }
        table.constraints.extend(foreign_keys(self.wanted));
        table.comment.clone_from(&self.wanted.comment);
        table
    }

    fn default(&self, printed: &Column) -> ColumnDefault {
        let default = |table: &Table, it: &ColumnDefault| {
            let _ = it;
            table.column(&printed.name).map(|column| column.default.clone())
        };
        self.choose(&printed.default, default, same_default)
    }

    /// The text of `renamed` where `wanted` has the same text, or where scratch prints both alike.
    fn choose<T: Clone + PartialEq>(
        &self,
        printed: &T,
        find: impl Fn(&Table, &T) -> Option<T>,
        same_words: impl Fn(&T, &T) -> bool,
    ) -> T {
        let Some(renamed) = self.renamed.and_then(|table| find(table, printed)) else { return printed.clone() };
        let unsaid = find(self.wanted, printed).is_some_and(|wanted| same_words(&wanted, &renamed));
        let alike = self.renamed_printed.and_then(|table| find(table, printed)).is_some_and(|it| &it == printed);
        if unsaid || alike { renamed } else { printed.clone() }
    }
}

/// Equal but for the columns that an expression mentions, which only Postgres knows.
fn same_default(a: &ColumnDefault, b: &ColumnDefault) -> bool {
    match (a, b) {
        (ColumnDefault::Expression(a), ColumnDefault::Expression(b)) => same_text(a, b),
        (ColumnDefault::Generated(a), ColumnDefault::Generated(b)) => {
            a.stored == b.stored && same_text(&a.expression, &b.expression)
        }
        (a, b) => a == b,
    }
}

fn same_text(a: &Expression, b: &Expression) -> bool {
    a.sql == b.sql
}

fn same_constraint(a: &Constraint, b: &Constraint) -> bool {
    match (&a.kind, &b.kind) {
        (
            ConstraintKind::Check { expression: text, no_inherit: inherit },
            ConstraintKind::Check { expression: other, no_inherit: other_inherit },
        ) => {
            same_text(text, other) && inherit == other_inherit && Constraint { kind: b.kind.clone(), ..a.clone() } == *b
        }
        _ => a == b,
    }
}

fn same_index(a: &Index, b: &Index) -> bool {
    a == b
}
