use super::{Change, Operation};
use crate::schema::{
    Action, Column, ColumnDefault, Constraint, ConstraintKind, Deferrability, Definition, DefinitionKind, ForeignKey,
    Generated, Index, IndexKey, KeyTarget, Object, Part, QualifiedName, Rename, Table,
};

/// An operation in words: what the terminal, the file and the JSON say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// What happens to it.
    pub sign: Sign,
    /// `add`, `drop`, `alter`, `create`, `rename`.
    pub verb: &'static str,
    /// `column users.bio`.
    pub object: String,
    /// What it becomes, or what changes: `text`, `varchar(20) -> varchar(50)`. May be empty.
    pub detail: String,
}

/// Whether something comes, goes or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `+`
    Add,
    /// `-`
    Drop,
    /// `~`
    Alter,
}

impl Description {
    /// The line above the SQL in the file: `add column users.bio`.
    #[must_use]
    pub fn title(&self) -> String {
        match self.sign {
            Sign::Alter if self.verb == "rename" => format!("rename {} {}", self.object, self.detail),
            Sign::Alter if !self.detail.is_empty() => format!("{} {}: {}", self.verb, self.object, self.detail),
            Sign::Add | Sign::Drop | Sign::Alter => format!("{} {}", self.verb, self.object),
        }
    }
}

impl Operation {
    /// The operation in words. Names of the default namespace stand alone, all others qualified.
    #[must_use]
    pub fn describe(&self, default_namespace: &str) -> Description {
        let object = display_object(&self.object(), default_namespace);
        match self {
            Self::Rename(rename) => Description {
                sign: Sign::Alter,
                verb: "rename",
                object: display_object(&before(rename), default_namespace),
                detail: format!("-> {}", own_name(&self.object(), default_namespace)),
            },
            Self::Namespace(change) => changed(change, "create", object, |_| String::new(), |_, _| comment_change()),
            Self::EnumType(change, _) => changed(
                change,
                "create",
                object,
                |enum_type| enum_type.labels.join(", "),
                |from, to| labels_change(&from.labels, &to.labels),
            ),
            Self::Table(change) => {
                changed(change, "create", object, |table| count(table.columns.len(), "column"), table_change)
            }
            Self::Column(_, change) => changed(change, "add", object, column_detail, column_change),
            Self::Constraint(table, change) => {
                let kind = constraint_kind(change.subject());
                let name = format!("{kind} {}.{}", table.display(default_namespace), change.subject().name);
                changed(change, "add", name, |it| constraint_detail(it, default_namespace), constraint_change)
            }
            Self::Index(_, change) => changed(change, "create", object, index_detail, |_, _| comment_change()),
            Self::Definition(change, _) => changed(change, "create", object, |_| String::new(), definition_change),
        }
    }
}

/// `column users.bio`, as people say it.
#[must_use]
pub fn display_object(object: &Object, default_namespace: &str) -> String {
    let whole = |kind: &str, name: &QualifiedName| format!("{kind} {}", name.display(default_namespace));
    match object {
        Object::Namespace(name) => format!("schema {name}"),
        Object::EnumType(name) => whole("enum", name),
        Object::EnumLabel(owner, label) => format!("{}.{label}", whole("enum label", owner)),
        Object::Table(name) => whole("table", name),
        Object::Column(owner, name) => format!("{}.{name}", whole("column", owner)),
        Object::Constraint(owner, name) => format!("{}.{name}", whole("constraint", owner)),
        Object::Index(owner, name) => format!("{}.{name}", whole("index", owner)),
        Object::Definition(name) => name.display(default_namespace),
    }
}

fn own_name(object: &Object, default_namespace: &str) -> String {
    match object {
        Object::EnumType(name) | Object::Table(name) => name.display(default_namespace),
        Object::Namespace(name)
        | Object::EnumLabel(_, name)
        | Object::Column(_, name)
        | Object::Constraint(_, name)
        | Object::Index(_, name) => name.clone(),
        Object::Definition(name) => name.display(default_namespace),
    }
}

fn before(rename: &Rename) -> Object {
    Operation::Rename(rename.reverse()).object()
}

fn changed<T>(
    change: &Change<T>,
    add: &'static str,
    object: String,
    detail: impl Fn(&T) -> String,
    difference: impl Fn(&T, &T) -> String,
) -> Description {
    match change {
        Change::Add(thing) => Description { sign: Sign::Add, verb: add, object, detail: detail(thing) },
        Change::Drop(_) => Description { sign: Sign::Drop, verb: "drop", object, detail: String::new() },
        Change::Alter { from, to } => {
            Description { sign: Sign::Alter, verb: "alter", object, detail: difference(from, to) }
        }
    }
}

fn comment_change() -> String {
    "comment".to_owned()
}

fn definition_change(from: &Definition, to: &Definition) -> String {
    if from.create != to.create {
        return match from.name.kind {
            DefinitionKind::Function | DefinitionKind::Procedure => "body".to_owned(),
            DefinitionKind::View => "query".to_owned(),
            DefinitionKind::Extension
            | DefinitionKind::Domain
            | DefinitionKind::CompositeType
            | DefinitionKind::Sequence
            | DefinitionKind::MaterializedView
            | DefinitionKind::ViewIndex
            | DefinitionKind::Statistics
            | DefinitionKind::Rule
            | DefinitionKind::Trigger
            | DefinitionKind::Policy
            | DefinitionKind::RowSecurity => String::new(),
        };
    }
    let gone = from.parts.iter().filter(|part| !to.parts.contains(part));
    let come = to.parts.iter().filter(|part| !from.parts.contains(part));
    let mut said: Vec<&str> = gone.chain(come).map(|part| part_said(from.name.kind, part)).collect();
    said.sort_unstable();
    said.dedup();
    said.join(", ")
}

/// What a part of a definition is about.
fn part_said(kind: DefinitionKind, part: &Part) -> &'static str {
    if part.make.starts_with("COMMENT ON ") {
        return "comment";
    }
    match kind {
        DefinitionKind::Domain if part.undo.ends_with(" DROP DEFAULT") => "default",
        DefinitionKind::Domain if part.undo.ends_with(" DROP NOT NULL") => "not null",
        DefinitionKind::Domain => "constraints",
        DefinitionKind::View | DefinitionKind::MaterializedView => "defaults of columns",
        DefinitionKind::Trigger | DefinitionKind::Rule => "when it fires",
        DefinitionKind::RowSecurity => "force",
        DefinitionKind::Statistics => "statistics target",
        DefinitionKind::Extension
        | DefinitionKind::CompositeType
        | DefinitionKind::Sequence
        | DefinitionKind::Function
        | DefinitionKind::Procedure
        | DefinitionKind::ViewIndex
        | DefinitionKind::Policy => "its parts",
    }
}

fn table_change(from: &Table, to: &Table) -> String {
    let facts = [
        (from.comment != to.comment, "comment"),
        (from.unlogged != to.unlogged, if to.unlogged { "set unlogged" } else { "set logged" }),
        (from.partition_by != to.partition_by, "partition key"),
    ];
    facts.into_iter().filter(|(differs, _)| *differs).map(|(_, fact)| fact).collect::<Vec<_>>().join(", ")
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn labels_change(from: &[String], to: &[String]) -> String {
    let added = to.iter().filter(|label| !from.contains(label)).map(|label| format!("add '{label}'"));
    let removed = from.iter().filter(|label| !to.contains(label)).map(|label| format!("remove '{label}'"));
    let changes: Vec<String> = added.chain(removed).collect();
    match (changes.is_empty(), from == to) {
        (false, _) => changes.join(", "),
        (true, true) => comment_change(),
        (true, false) => "order of labels".to_owned(),
    }
}

fn column_detail(column: &Column) -> String {
    let mut words = vec![column.data_type.to_string()];
    words.extend((!column.nullable).then(|| "not null".to_owned()));
    words.extend(default_words(&column.default));
    words.join(" ")
}

fn default_words(default: &ColumnDefault) -> Option<String> {
    match default {
        ColumnDefault::None => None,
        ColumnDefault::Expression(expression) => Some(format!("default {}", expression.sql)),
        ColumnDefault::Identity(_) => Some("identity".to_owned()),
        ColumnDefault::Serial(_) => Some("serial".to_owned()),
        ColumnDefault::Generated(Generated { expression, stored: true }) => {
            Some(format!("generated {}", expression.sql))
        }
        ColumnDefault::Generated(Generated { expression, stored: false }) => {
            Some(format!("virtual {}", expression.sql))
        }
    }
}

fn column_change(from: &Column, to: &Column) -> String {
    let mut changes = Vec::new();
    if from.data_type != to.data_type {
        changes.push(format!("{} -> {}", from.data_type, to.data_type));
    }
    if from.nullable != to.nullable {
        changes.push(if to.nullable { "drop not null" } else { "set not null" }.to_owned());
    }
    if let (ColumnDefault::Serial(before), ColumnDefault::Serial(after)) = (&from.default, &to.default) {
        if before.name != after.name {
            changes.push(format!("its sequence {} -> {}", before.name.name, after.name.name));
        }
        if (&before.data_type, &before.options) != (&after.data_type, &after.options) {
            changes.push(format!("its sequence counts as {}", after.data_type));
        }
    } else if from.default != to.default {
        changes.push(match (default_words(&from.default), default_words(&to.default)) {
            (Some(words), None) => format!("drop {words}"),
            (_, Some(words)) => format!("set {words}"),
            (None, None) => String::new(),
        });
    }
    if from.collation != to.collation {
        changes.push(format!("collate {}", to.collation.as_deref().unwrap_or("default")));
    }
    if from.comment != to.comment {
        changes.push(comment_change());
    }
    changes.join(", ")
}

fn constraint_change(from: &Constraint, to: &Constraint) -> String {
    let when = match to.deferrability {
        Deferrability::NotDeferrable => "not deferrable",
        Deferrability::InitiallyImmediate => "deferrable",
        Deferrability::InitiallyDeferred => "deferrable, initially deferred",
    };
    let facts = [
        (from.validated != to.validated, if to.validated { "validate" } else { "not valid" }),
        (from.deferrability != to.deferrability, when),
        (from.comment != to.comment, "comment"),
    ];
    facts.into_iter().filter(|(differs, _)| *differs).map(|(_, fact)| fact).collect::<Vec<_>>().join(", ")
}

/// What people call it: `unique constraint`, `check`.
#[must_use]
pub fn constraint_kind(constraint: &Constraint) -> &'static str {
    match constraint.kind {
        ConstraintKind::PrimaryKey { .. } => "primary key",
        ConstraintKind::Unique { .. } => "unique constraint",
        ConstraintKind::ForeignKey(_) => "foreign key",
        ConstraintKind::Check { .. } => "check",
        ConstraintKind::Exclusion { .. } => "exclusion",
    }
}

fn constraint_detail(constraint: &Constraint, default_namespace: &str) -> String {
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
            format!("({})", columns.join(", "))
        }
        ConstraintKind::ForeignKey(key) => format!(
            "({}) -> {} ({}){}",
            key.columns.join(", "),
            QualifiedName::display(&key.references, default_namespace),
            key.referenced_columns.join(", "),
            actions(key),
        ),
        ConstraintKind::Check { expression, .. } => expression.sql.clone(),
        ConstraintKind::Exclusion { definition } => definition.sql.clone(),
    }
}

/// ` on update cascade on delete set null`; nothing for Postgres' own NO ACTION.
fn actions(key: &ForeignKey) -> String {
    let words = |action: Action| match action {
        Action::NoAction => None,
        Action::Restrict => Some("restrict"),
        Action::Cascade => Some("cascade"),
        Action::SetNull => Some("set null"),
        Action::SetDefault => Some("set default"),
    };
    let said = [("on update", words(key.on_update)), ("on delete", words(key.on_delete))];
    said.into_iter().filter_map(|(when, words)| Some(format!(" {when} {}", words?))).collect()
}

fn index_detail(index: &Index) -> String {
    let key = |key: &IndexKey| match &key.target {
        KeyTarget::Column(name) => name.clone(),
        KeyTarget::Expression(expression) => expression.sql.clone(),
    };
    let keys: Vec<String> = index.keys.iter().map(key).collect();
    let unique = if index.unique { "unique " } else { "" };
    let predicate = index.predicate.as_ref().map(|it| format!(" where {}", it.sql)).unwrap_or_default();
    format!("{unique}({}){predicate}", keys.join(", "))
}
