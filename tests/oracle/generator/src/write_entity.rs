//! One entity as text, in its form.

use crate::column::Field;
use crate::names::ident;
use crate::{Crate, Entity, Form, Relation, Version};

impl Crate {
    pub(crate) fn compact(&self, out: &mut String, entity: &Entity) {
        line!(out, "    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]");
        self.model(out, entity, false);
        self.relations(out, entity);
    }

    pub(crate) fn dense(&self, out: &mut String, entity: &Entity) {
        line!(out, "    #[sea_orm::model]\n    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]");
        self.model(out, entity, true);
    }

    fn model(&self, out: &mut String, entity: &Entity, relations: bool) {
        line!(out, "    #[sea_orm({})]\n    pub struct Model {{", named(entity).join(", "));
        for field in &entity.fields {
            let written = attributes(field);
            match (written.as_slice(), field.conditional) {
                ([], _) => {}
                (some, true) => line!(out, "        #[cfg_attr(all(), sea_orm({}))]", some.join(", ")),
                // One attribute, or one for each.
                (some, false) if field.name.len().is_multiple_of(2) => {
                    line!(out, "        #[sea_orm({})]", some.join(", "))
                }
                (some, false) => some.iter().for_each(|one| line!(out, "        #[sea_orm({one})]")),
            }
            line!(out, "        pub {}: {},", ident(&field.name), rust_type(field));
        }
        for relation in entity.relations.iter().filter(|_| relations) {
            self.relation_field(out, entity, relation);
        }
        line!(out, "    }}\n");
    }

    fn relation_field(&self, out: &mut String, entity: &Entity, relation: &Relation) {
        let to_itself = relation.target == entity.number;
        let mut keys = vec![if to_itself { "self_ref" } else { "belongs_to" }.to_owned()];
        keys.push(format!("relation_enum = \"{}\"", relation.name));
        if to_itself {
            keys.push(format!("relation_reverse = \"{}Back\"", relation.name));
        }
        let other = self.entities.iter().find(|other| other.number == relation.target).unwrap_or(entity);
        let side = |owner: &Entity, names: Vec<&String>| {
            // The field's name or the variant, where SeaORM finds it.
            let written = names.into_iter().map(|name| match owner.fields.iter().find(|field| field.name == *name) {
                Some(field) if entity.number.is_multiple_of(2) && *name != "x_y_z" => field.variant(owner.form),
                Some(_) | None => name.clone(),
            });
            let written: Vec<String> = written.collect();
            if written.len() == 1 { written.concat() } else { format!("({})", written.join(", ")) }
        };
        keys.push(format!("from = \"{}\"", side(entity, relation.columns.iter().map(|(from, _)| from).collect())));
        keys.push(format!("to = \"{}\"", side(other, relation.columns.iter().map(|(_, to)| to).collect())));
        keys.extend(relation.on_update.map(|action| format!("on_update = \"{action}\"")));
        keys.extend(relation.on_delete.map(|action| format!("on_delete = \"{action}\"")));
        keys.extend(relation.skip_fk.then(|| "skip_fk".to_owned()));
        let target = if to_itself { "Entity".to_owned() } else { format!("super::e{}::Entity", relation.target) };
        let optional =
            |(from, _): &(String, String)| entity.fields.iter().any(|field| field.name == *from && field.optional);
        let (all, any) = (relation.columns.iter().all(optional), relation.columns.iter().any(optional));
        let field_type = match (all, any, relation.name.ends_with('1')) {
            (true, _, false) => format!("BelongsTo<Option<{target}>>"),
            (_, false, false) => format!("BelongsTo<{target}>"),
            (_, _, true) | (false, true, false) => format!("HasOne<{target}>"),
        };
        line!(out, "        #[sea_orm({})]", keys.join(", "));
        line!(out, "        pub {}: {field_type},", relation.name.to_lowercase());
    }

    /// The enum `Relation`, and what stands beside it.
    fn relations(&self, out: &mut String, entity: &Entity) {
        line!(out, "    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]\n    pub enum Relation {{");
        for relation in &entity.relations {
            let columns = |module: &str, target: &Entity, names: Vec<&String>| {
                let variants: Vec<String> = names
                    .iter()
                    .filter_map(|name| target.fields.iter().find(|field| field.name == **name))
                    .map(|field| format!("{module}Column::{}", escaped(&field.variant(target.form))))
                    .collect();
                if variants.len() == 1 { variants.concat() } else { format!("({})", variants.join(", ")) }
            };
            let other = self.entities.iter().find(|other| other.number == relation.target).unwrap_or(entity);
            let module =
                if other.number == entity.number { String::new() } else { format!("super::e{}::", other.number) };
            let mut keys = vec![format!("belongs_to = \"{module}Entity\"")];
            keys.push(format!(
                "from = \"{}\"",
                columns("", entity, relation.columns.iter().map(|(from, _)| from).collect())
            ));
            keys.push(format!(
                "to = \"{}\"",
                columns(&module, other, relation.columns.iter().map(|(_, to)| to).collect())
            ));
            keys.extend(relation.on_update.map(|action| format!("on_update = \"{action}\"")));
            keys.extend(relation.on_delete.map(|action| format!("on_delete = \"{action}\"")));
            keys.extend(relation.fk_name.as_ref().map(|name| format!("fk_name = {name:?}")));
            keys.extend(relation.skip_fk.then(|| "skip_fk".to_owned()));
            let keys = keys.join(if relation.commas { ", " } else { " " });
            line!(out, "        #[sea_orm({keys})]\n        {},", relation.name);
        }
        for other in &entity.has_many {
            line!(out, "        #[sea_orm(has_many = \"super::e{other}::Entity\")]\n        Many{other},");
        }
        line!(out, "    }}\n");
        for relation in entity.relations.iter().filter(|relation| relation.related) {
            line!(
                out,
                "    impl Related<super::e{}::Entity> for Entity {{\n        fn to() -> RelationDef {{\n            \
                 Relation::{}.def()\n        }}\n    }}\n",
                relation.target,
                relation.name
            );
        }
    }

    pub(crate) fn expanded(&self, out: &mut String, entity: &Entity) {
        line!(out, "    #[derive(Copy, Clone, Default, Debug, DeriveEntity)]\n    pub struct Entity;\n");
        line!(out, "    impl EntityName for Entity {{");
        if let Some(namespace) = &entity.namespace {
            line!(
                out,
                "        fn schema_name(&self) -> Option<&str> {{\n            Some({namespace:?})\n        }}\n"
            );
        }
        let returns = if self.version == Version::Two { "&'static str" } else { "&str" };
        line!(out, "        fn table_name(&self) -> {returns} {{\n            {:?}\n        }}", entity.table);
        if let Some(comment) = &entity.comment {
            line!(out, "\n        fn comment(&self) -> Option<&str> {{\n            Some({comment:?})\n        }}");
        }
        line!(
            out,
            "    }}\n\n    #[derive(Clone, Debug, PartialEq, DeriveModel, DeriveActiveModel)]\n    pub struct Model {{"
        );
        for field in &entity.fields {
            line!(out, "        pub {}: {},", ident(&field.name), rust_type(field));
        }
        line!(out, "    }}\n\n    #[derive(Copy, Clone, Debug, EnumIter, DeriveColumn)]\n    pub enum Column {{");
        let variants = |out: &mut String, key: bool| {
            for field in entity.fields.iter().filter(|field| field.key || !key) {
                if let Some(name) = &field.column_name {
                    line!(out, "        #[sea_orm(column_name = {name:?})]");
                }
                line!(out, "        {},", escaped(&field.variant(Form::Expanded)));
            }
        };
        variants(out, false);
        line!(
            out,
            "    }}\n\n    #[derive(Copy, Clone, Debug, EnumIter, DerivePrimaryKey)]\n    pub enum PrimaryKey {{"
        );
        variants(out, true);
        let keys: Vec<&Field> = entity.fields.iter().filter(|field| field.key).collect();
        let types: Vec<String> = keys.iter().map(|field| field.rust_type.clone()).collect();
        let value = if types.len() == 1 { types.concat() } else { format!("({})", types.join(", ")) };
        let counts = keys.iter().any(|field| field.auto_increment == Some(true));
        line!(
            out,
            "    }}\n\n    impl PrimaryKeyTrait for PrimaryKey {{\n        type ValueType = {value};\n\n        fn auto_increment() -> \
             bool {{\n            {counts}\n        }}\n    }}\n\n    impl ColumnTrait for Column {{\n        type EntityName = \
             Entity;\n\n        fn def(&self) -> ColumnDef {{\n            match self {{"
        );
        for field in &entity.fields {
            line!(out, "                Self::{} => {},", escaped(&field.variant(Form::Expanded)), definition(field));
        }
        line!(out, "            }}\n        }}\n    }}\n");
        self.relations(out, entity);
    }
}

/// The attributes of a model.
fn named(entity: &Entity) -> Vec<String> {
    let mut keys = vec![format!("table_name = {:?}", entity.table)];
    keys.extend(entity.namespace.as_ref().map(|namespace| format!("schema_name = {namespace:?}")));
    keys.extend(entity.comment.as_ref().map(|comment| format!("comment = {comment:?}")));
    keys.extend(entity.rename_all.map(|case| format!("rename_all = {case:?}")));
    keys
}

/// The attributes of a field.
fn attributes(field: &Field) -> Vec<String> {
    let text = |key: &str, value: &Option<String>| value.as_ref().map(|value| format!("{key} = {value:?}"));
    let word = |key: &str, said: bool| said.then(|| key.to_owned());
    [
        word("primary_key", field.key),
        field.auto_increment.map(|on| format!("auto_increment = {on}")),
        text("column_type", &field.column_type),
        text("column_name", &field.column_name),
        text("enum_name", &field.enum_name),
        word("nullable", field.nullable),
        word("unique", field.unique),
        text("unique_key", &field.unique_key),
        word("indexed", field.indexed),
        field.default_value.as_ref().map(|literal| format!("default_value = {literal}")),
        text("default_expr", &field.default_expr),
        text("extra", &field.extra),
        text("comment", &field.comment),
        text("renamed_from", &field.renamed_from),
        word("ignore", field.ignore),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The builder chain of a column.
fn definition(field: &Field) -> String {
    let mut chain = match &field.column_type {
        Some(constructor) => format!("ColumnType::{constructor}.def()"),
        None => format!("<{} as sea_orm::sea_query::ValueType>::column_type().def()", field.rust_type),
    };
    let text = |method: &str, value: &Option<String>| value.as_ref().map(|value| format!(".{method}({value:?})"));
    let word = |method: &str, said: bool| said.then(|| format!(".{method}()"));
    let methods = [
        word("nullable", field.optional || field.nullable),
        word("indexed", field.indexed),
        word("unique", field.unique),
        text("unique_key", &field.unique_key),
        text("renamed_from", &field.renamed_from),
        field.default_value.as_ref().map(|literal| format!(".default_value({literal})")),
        text("comment", &field.comment),
        field.default_expr.as_ref().map(|code| format!(".default({code})")),
        text("extra", &field.extra),
    ];
    chain.extend(methods.into_iter().flatten());
    chain
}

fn rust_type(field: &Field) -> String {
    if field.optional { format!("Option<{}>", field.rust_type) } else { field.rust_type.clone() }
}

/// A variant that is a word of Rust's own is written as SeaORM escapes it.
fn escaped(variant: &str) -> String {
    if variant == "Self" { format!("{variant}_") } else { variant.to_owned() }
}
