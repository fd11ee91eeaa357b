//! The second half of [`super::lower`]: constraints and indexes.

use std::collections::BTreeMap;

use super::entity::{Entity, EntityColumn, Relation};
use super::lower::Lowering;
use super::name::{fitting, given};
use crate::schema::{Action, Constraint, ConstraintKind, Expression, Fact, ForeignKey, Index, Object, Place, Table};

impl Lowering<'_> {
    fn add_constraint(&mut self, table: &mut Table, constraint: Constraint, place: &Place, named: bool) {
        let object = Object::Constraint(table.name.clone(), constraint.name.clone());
        self.models.places.insert(object.clone(), place.clone());
        if named {
            self.models.stated.insert(object, Fact::Name);
        }
        table.constraints.push(constraint);
    }

    pub(super) fn keys(&mut self, entity: &Entity, table: &mut Table) {
        let columns: Vec<String> =
            entity.primary_key.iter().filter_map(|variant| entity.column_name(variant)).map(str::to_owned).collect();
        // SeaORM names a key of several columns; one column is a key inline, and Postgres names it.
        let name = match columns.len() {
            1 => given(&table.name.name, None, "pkey"),
            _ => fitting(format!("pk-{}", table.name.name)),
        };
        let key = Constraint::new(name, ConstraintKind::PrimaryKey { columns, include: Vec::new() });
        self.add_constraint(table, key, &entity.key_place, false);
        for column in entity.columns.iter().filter(|column| column.unique) {
            let name = given(&table.name.name, Some(&column.name), "key");
            let columns = vec![column.name.clone()];
            let kind = ConstraintKind::Unique { columns, include: Vec::new(), nulls_not_distinct: false };
            self.add_constraint(table, Constraint::new(name, kind), &column.place, false);
        }
    }

    pub(super) fn checks(&mut self, entity: &Entity, table: &mut Table) {
        for column in &entity.columns {
            for (written, condition) in &column.extra.checks {
                let name = written.clone().unwrap_or_else(|| check_name(table, condition));
                let kind = ConstraintKind::Check { expression: Expression::new(condition.as_str()), no_inherit: false };
                self.add_constraint(table, Constraint::new(name, kind), &column.place, written.is_some());
            }
        }
    }

    pub(super) fn foreign_keys(&mut self, entity: &Entity, table: &mut Table) {
        for relation in &entity.relations {
            let Some(key) = self.foreign_key(entity, relation) else { continue };
            let name = relation
                .name
                .clone()
                .unwrap_or_else(|| fitting(format!("fk-{}-{}", table.name.name, key.columns.join("-"))));
            let constraint = Constraint::new(name, ConstraintKind::ForeignKey(key));
            match table.constraint(&constraint.name) {
                // Two relations may share one key.
                Some(same) if *same == constraint => continue,
                Some(_) => {
                    let problem = entity
                        .item
                        .file
                        .error_at(
                            &relation.place,
                            format!("a second foreign key would be called `{}`", constraint.name),
                        )
                        .help("leave one of the two out: `skip_fk` (SeaORM 2)");
                    // A relation field cannot name its key.
                    self.problems.push(match entity.item.is_dense() {
                        true => problem,
                        false => problem.help("or give it a name: `fk_name = \"..\"`"),
                    });
                    continue;
                }
                None => {}
            }
            let object = Object::Constraint(table.name.clone(), constraint.name.clone());
            for (fact, action) in [(Fact::OnUpdate, relation.on_update), (Fact::OnDelete, relation.on_delete)] {
                if action.is_some() {
                    self.models.stated.insert(object.clone(), fact);
                }
            }
            self.add_constraint(table, constraint, &relation.place, relation.name.is_some());
        }
    }

    fn foreign_key(&mut self, entity: &Entity, relation: &Relation) -> Option<ForeignKey> {
        let target = *self.all.get(&relation.target.key())?;
        let columns = self.columns(entity, relation, entity, &relation.from)?;
        let referenced_columns = self.columns(entity, relation, target, &relation.to)?;
        if columns.len() != referenced_columns.len() {
            let problem = entity
                .item
                .file
                .error_at(&relation.place, "`from` and `to` name different numbers of columns")
                .help("pair them: `from = \"(a, b)\", to = \"(x, y)\"`");
            self.problems.push(problem);
            return None;
        }
        Some(ForeignKey {
            columns,
            references: target.table.clone(),
            referenced_columns,
            on_update: relation.on_update.unwrap_or(Action::NoAction),
            on_delete: relation.on_delete.unwrap_or(Action::NoAction),
            on_delete_columns: Vec::new(),
            match_full: false,
        })
    }

    fn columns(
        &mut self,
        entity: &Entity,
        relation: &Relation,
        owner: &Entity,
        variants: &[String],
    ) -> Option<Vec<String>> {
        let names = variants.iter().map(|variant| match owner.column_name(variant) {
            Some(name) => Ok(name.to_owned()),
            None => Err(variant),
        });
        match names.collect() {
            Ok(names) => Some(names),
            Err(variant) => {
                let has: Vec<&str> = owner.columns.iter().map(|column| column.variant.as_str()).collect();
                let problem = entity
                    .item
                    .file
                    .error_at(&relation.place, format!("`{}` has no column `{variant}`", owner.table.name))
                    .help(format!("it has {}", has.join(", ")));
                self.problems.push(problem);
                None
            }
        }
    }

    pub(super) fn indexes(&mut self, entity: &Entity, table: &mut Table) {
        for column in entity.columns.iter().filter(|column| column.indexed) {
            if !column.unique || self.rules.index_beside_unique {
                let name = fitting(format!("idx-{}-{}", table.name.name, column.name));
                self.add_index(table, Index::plain(name, false, [column.name.as_str()]), &column.place);
            }
        }
        let mut groups: BTreeMap<&str, Vec<&EntityColumn>> = BTreeMap::new();
        for column in &entity.columns {
            if let Some(group) = &column.unique_key {
                groups.entry(group).or_default().push(column);
            }
        }
        for (group, columns) in groups {
            let name = fitting(format!("idx-{}-{group}", table.name.name));
            let index = Index::plain(name, true, columns.iter().map(|column| column.name.as_str()));
            self.add_index(table, index, &columns[0].place);
        }
    }

    fn add_index(&mut self, table: &mut Table, index: Index, place: &Place) {
        self.models.places.insert(Object::Index(table.name.clone(), index.name.clone()), place.clone());
        table.indexes.push(index);
    }
}

/// The name that Postgres gives: with the column if the condition mentions just one, and a number if it is taken.
fn check_name(table: &Table, condition: &str) -> String {
    let words: Vec<&str> = condition.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut mentioned = table.columns.iter().filter(|column| words.contains(&column.name.as_str()));
    let column = match (mentioned.next(), mentioned.next()) {
        (Some(only), None) => Some(only.name.as_str()),
        (Some(_), Some(_)) | (None, _) => None,
    };
    let numbered = |number: usize| if number == 0 { "check".to_owned() } else { format!("check{number}") };
    let mut names = (0..).map(|number| given(&table.name.name, column, &numbered(number)));
    names.find(|name| table.constraint(name).is_none()).unwrap_or_default()
}
