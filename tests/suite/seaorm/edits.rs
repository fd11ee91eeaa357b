//! Edits of entities, one after the other, the same every time.

use anyhow::{Context as _, Result};

use crate::project::Project;

/// What was done so far, and what is to be done next.
pub(super) struct Edits {
    seed: u64,
    count: usize,
    /// Optional texts that are there, and what they were called when the round began; nothing for those of the round.
    columns: Vec<String>,
    before: Vec<String>,
    /// Tables: their modules as they were written.
    tables: Vec<String>,
    /// Enums, each with so many values.
    enums: Vec<(String, usize)>,
    answers: Vec<String>,
    dense: bool,
}

/// In front of the fields of the first entity of a file.
const FIELDS: &str = "pub struct Model {\n";

impl Edits {
    /// Those of a project of this name. Dense: relations are fields, as 2.0 writes them.
    pub(super) fn new(name: &str, seed: u64, dense: bool) -> Self {
        let seed = name.bytes().fold(seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        Self {
            seed,
            count: 0,
            columns: Vec::new(),
            before: Vec::new(),
            tables: Vec::new(),
            enums: Vec::new(),
            answers: Vec::new(),
            dense,
        }
    }

    /// Flags that answer what `create` would ask.
    pub(super) fn answers(&self) -> Vec<String> {
        self.answers.clone()
    }

    pub(super) fn forget_answers(&mut self) {
        self.answers.clear();
    }

    fn random(&mut self, below: usize) -> usize {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.seed >> 33).unwrap_or_default() % below.max(1)
    }

    /// One to three edits; says which.
    pub(super) fn next(&mut self, project: &Project, entity: &str, modules: &str) -> Result<String> {
        let many = 1 + self.random(3);
        let mut told = Vec::new();
        self.before = self.columns.clone();
        let (tables, enums) = (self.tables.len(), self.enums.len());
        for _ in 0..many {
            let known = self.columns.iter().any(|it| self.before.contains(it));
            told.push(match self.random(12) {
                0 if tables > 0 && tables == self.tables.len() => self.drop_table(project, modules)?,
                1 if known => self.rename_column(project, entity)?,
                2 if known => self.make_required(project, entity)?,
                3 if enums > 0 => self.change_enum(project, entity)?,
                4 => self.add_enum(project, entity)?,
                0 | 5 => self.add_table(project, entity, modules)?,
                6 if !self.columns.is_empty() => self.drop_column(project, entity)?,
                7 if !self.columns.is_empty() => self.make_unique(project, entity)?,
                8 if !self.columns.is_empty() => self.change_type(project, entity)?,
                9 => self.add_with_default(project, entity)?,
                _ => self.add_column(project, entity)?,
            });
        }
        Ok(told.join("; "))
    }

    fn name(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}_{}", self.count)
    }

    pub(super) fn add_column(&mut self, project: &Project, entity: &str) -> Result<String> {
        let name = self.name("extra");
        let kinds = ["String", "i64", "bool", "Json", "Uuid", "Date", "DateTimeWithTimeZone", "Vec<String>"];
        let kind = kinds[self.random(kinds.len())];
        insert(project, entity, &format!("pub {name}: Option<{kind}>,\n"))?;
        if kind == "String" {
            self.columns.push(name.clone());
        }
        Ok(format!("add {name}: {kind}"))
    }

    fn add_with_default(&mut self, project: &Project, entity: &str) -> Result<String> {
        let name = self.name("count");
        insert(project, entity, &format!("#[sea_orm(default_value = {})]\npub {name}: i32,\n", self.count))?;
        Ok(format!("add {name} with a default"))
    }

    fn drop_column(&mut self, project: &Project, entity: &str) -> Result<String> {
        let position = self.random(self.columns.len());
        let name = self.columns.remove(position);
        let text = text(project, entity)?;
        let is_of = |line: &str| line.trim_start().starts_with(&format!("pub {name}:"));
        let lines: Vec<&str> = text.lines().collect();
        let at = lines.iter().position(|line| is_of(line)).context("the field")?;
        let attributes = lines[..at].iter().rev().take_while(|line| line.trim_start().starts_with("#[")).count();
        let kept: Vec<&str> = lines[..at - attributes].iter().chain(&lines[at + 1..]).copied().collect();
        project.write(entity, &format!("{}\n", kept.join("\n")))?;
        self.answers.push("--no-rename".to_owned());
        Ok(format!("drop {name}"))
    }

    /// A column that was there when the round began.
    fn known_column(&mut self) -> Result<String> {
        let known: Vec<String> = self.columns.iter().filter(|it| self.before.contains(it)).cloned().collect();
        let name = known.get(self.random(known.len())).context("a column")?.clone();
        self.columns.retain(|it| *it != name);
        Ok(name)
    }

    fn rename_column(&mut self, project: &Project, entity: &str) -> Result<String> {
        let (from, to) = (self.known_column()?, self.name("renamed"));
        let text = text(project, entity)?;
        self.answers.push(format!("--rename={}.{from}={to}", table_of(&text)?));
        project.write(entity, &text.replacen(&format!("pub {from}:"), &format!("pub {to}:"), 1))?;
        Ok(format!("{from} is {to}"))
    }

    fn make_required(&mut self, project: &Project, entity: &str) -> Result<String> {
        let name = self.known_column()?;
        let text = text(project, entity)?;
        self.answers.push(format!("--fill={}.{name}='none'", table_of(&text)?));
        let field = format!("pub {name}: Option<String>,");
        project.write(entity, &text.replacen(&field, &format!("pub {name}: String,"), 1))?;
        Ok(format!("{name} is required"))
    }

    /// A type above the model, and a column of it.
    fn add_enum(&mut self, project: &Project, entity: &str) -> Result<String> {
        let name = self.name("kind");
        let number = self.count;
        let text = text(project, entity)?;
        let serde = if text.contains("Deserialize") { ", serde::Serialize, serde::Deserialize" } else { "" };
        let declared = format!(
            "#[derive(Debug, Clone, PartialEq, Eq, EnumIter, DeriveActiveEnum{serde})]\n#[sea_orm(rs_type = \"String\", db_type = \
             \"Enum\", enum_name = \"{name}\")]\npub enum Kind{number} {{\n    #[sea_orm(string_value = \"v0\")]\n    V0,\n    \
             #[sea_orm(string_value = \"v1\")]\n    V1,\n}}\n\n"
        );
        let model = text.find(FIELDS).context("a model")?;
        let model = text[..model].rfind('\n').map_or(0, |at| at + 1);
        let lines: Vec<&str> = text[..model].split_inclusive('\n').collect();
        let is_above = |line: &&&str| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with("use ") && !line.ends_with(['{', '}', ';'])
        };
        let above: usize = lines.iter().rev().take_while(is_above).map(|it| it.len()).sum();
        let (head, rest) = text.split_at(model - above);
        project.write(entity, &format!("{head}{declared}{rest}"))?;
        insert(project, entity, &format!("pub {name}: Option<Kind{number}>,\n"))?;
        self.enums.push((format!("Kind{number}"), 2));
        Ok(format!("add enum {name}"))
    }

    /// A value more, first or last, or the last one less.
    fn change_enum(&mut self, project: &Project, entity: &str) -> Result<String> {
        let position = self.random(self.enums.len());
        let choice = self.random(3);
        let (name, values) = self.enums.get_mut(position).context("an enum")?;
        let text = text(project, entity)?;
        let head = format!("pub enum {name} {{\n");
        let value = |number: usize| format!("    #[sea_orm(string_value = \"v{number}\")]\n    V{number},\n");
        let start = text.find(&head).context("the enum")? + head.len();
        let end = start + text[start..].find('}').context("its end")?;
        let (edited, told) = match choice {
            0 if *values > 2 => {
                *values -= 1;
                self.answers.push("--no-rename".to_owned());
                (text.replacen(&value(*values), "", 1), "a value less")
            }
            1 => (format!("{}{}{}", &text[..start], value(*values), &text[start..]), "a value more, the first"),
            _ => (format!("{}{}{}", &text[..end], value(*values), &text[end..]), "a value more, the last"),
        };
        if told != "a value less" {
            *values += 1;
        }
        let told = format!("{name} has {told}");
        project.write(entity, &edited)?;
        Ok(told)
    }

    fn drop_table(&mut self, project: &Project, modules: &str) -> Result<String> {
        let module = self.tables.pop().context("a table")?;
        let text = text(project, modules)?;
        project.write(modules, &text.replacen(&module, "", 1))?;
        self.answers.push("--no-rename".to_owned());
        Ok("drop a table".to_owned())
    }

    fn make_unique(&mut self, project: &Project, entity: &str) -> Result<String> {
        let position = self.random(self.columns.len());
        let name = self.columns.remove(position);
        let what = ["unique", "indexed"][self.random(2)];
        let field = format!("pub {name}:");
        let edited = text(project, entity)?.replacen(&field, &format!("#[sea_orm({what})]\n    {field}"), 1);
        project.write(entity, &edited)?;
        Ok(format!("{name} is {what}"))
    }

    fn change_type(&mut self, project: &Project, entity: &str) -> Result<String> {
        let position = self.random(self.columns.len());
        let name = self.columns.remove(position);
        let (attribute, kind) =
            [("column_type = \"Text\", nullable", "String"), ("column_type = \"String(StringLen::N(80))\"", "String")]
                [self.random(2)];
        let field = format!("pub {name}: Option<String>,");
        let edited = text(project, entity)?.replacen(
            &field,
            &format!("#[sea_orm({attribute})]\n    pub {name}: Option<{kind}>,"),
            1,
        );
        project.write(entity, &edited)?;
        Ok(format!("{name} is {attribute}"))
    }

    /// A module in the file of the modules, with a foreign key to the entity.
    fn add_table(&mut self, project: &Project, entity: &str, modules: &str) -> Result<String> {
        let name = self.name("further");
        let referred = match entity == modules {
            true => "super::post".to_owned(),
            false => {
                format!("super::{}", std::path::Path::new(entity).file_stem().context("a name")?.to_string_lossy())
            }
        };
        let key = key_of(&text(project, entity)?)?;
        let (attribute, relation) = match self.dense {
            true => (
                "    #[sea_orm::model]\n",
                format!(
                    "        #[sea_orm(belongs_to, from = \"owner_id\", to = \"id\")]\n        pub owner: HasOne<{referred}::Entity>,\n    }}\n"
                ),
            ),
            false => (
                "",
                format!(
                    "    }}\n\n    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]\n    pub enum Relation {{\n        #[sea_orm(belongs_to = \
                     \"{referred}::Entity\", from = \"Column::OwnerId\", to = \"{referred}::Column::Id\", on_delete = \"Cascade\")]\n        Owner,\n    }}\n"
                ),
            ),
        };
        let module = format!(
            "\npub mod {name} {{\n    use sea_orm::entity::prelude::*;\n\n{attribute}    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]\n    \
             #[sea_orm(table_name = \"{name}\")]\n    pub struct Model {{\n        #[sea_orm(primary_key)]\n        pub id: i32,\n        #[sea_orm(unique)]\n        \
             pub code: String,\n        pub owner_id: {key},\n{relation}\n    impl ActiveModelBehavior for ActiveModel {{}}\n}}\n"
        );
        project.write(modules, &format!("{}{module}", text(project, modules)?))?;
        self.tables.push(module);
        Ok(format!("add table {name}"))
    }
}

fn text(project: &Project, path: &str) -> Result<String> {
    std::fs::read_to_string(project.path(path)).with_context(|| path.to_owned())
}

/// The type of the field `id`; every entity that is edited has one.
fn key_of(entity: &str) -> Result<String> {
    let field = entity.lines().find_map(|line| line.trim_start().strip_prefix("pub id:")).context("a field `id`")?;
    Ok(field.trim().trim_end_matches(',').to_owned())
}

/// The table of a file's first entity, with its namespace where it has one.
fn table_of(entity: &str) -> Result<String> {
    let said = |key: &str| Some(entity.split_once(&format!("{key} = \""))?.1.split('"').next()?.to_owned());
    let table = said("table_name").context("a table")?;
    Ok(said("schema_name").map_or(table.clone(), |namespace| format!("{namespace}.{table}")))
}

fn insert(project: &Project, path: &str, field: &str) -> Result<()> {
    let text = text(project, path)?;
    let at = text.find(FIELDS).context("a model")? + FIELDS.len();
    let field: String = field.lines().map(|line| format!("    {line}\n")).collect();
    project.write(path, &format!("{}{field}{}", &text[..at], &text[at..]))
}
