//! What the entities declare, for people.

use std::collections::BTreeMap;

use anstyle::Style;

use super::change::shorten;
use super::layout::{Piece, left_and_right, paragraph, rows};
use super::out::print;
use super::{dim, talk};
use crate::cli::global::Global;
use crate::schema::{
    Action, Column, ColumnDefault, Constraint, ConstraintKind, EnumType, Fact, ForeignKey, Generated, Index, Models,
    Object, QualifiedName, Table,
};
use crate::scratch::Statement;

/// A cell wider than this does not widen its column for all others.
const WIDEST: usize = 30;

/// Tables, then enums, then SQL, a block each. On a terminal lines are broken at its width; elsewhere a row is a line.
pub(crate) fn models(global: &Global, models: &Models, statements: &[Statement<'_>], default_namespace: &str) {
    let terminal = terminal_size::terminal_size_of(std::io::stdout());
    let width = terminal.map(|(terminal_size::Width(columns), _)| usize::from(columns).clamp(40, 120));
    let view = View { models, old_names: models.old_names(), default_namespace, width, verbose: global.verbose > 0 };
    print!("{}", view.text(statements));
    if !global.quiet && view.leaves_unsaid() {
        talk(&dim("in [ ]: left unsaid; what is new gets it, what is there keeps its own"));
    }
}

struct View<'a> {
    models: &'a Models,
    old_names: BTreeMap<Object, &'a str>,
    default_namespace: &'a str,
    /// Columns of the terminal, if there is one.
    width: Option<usize>,
    /// Whether names that nobody wrote and places of columns are shown.
    verbose: bool,
}

impl View<'_> {
    fn text(&self, statements: &[Statement<'_>]) -> String {
        let schema = &self.models.schema;
        let tables = schema.tables.iter().map(|it| self.table(it));
        let enums = schema.enum_types.iter().map(|it| self.enum_type(it));
        let sql = (!statements.is_empty()).then(|| self.sql(statements));
        tables.chain(enums).chain(sql).collect::<Vec<_>>().join("\n")
    }

    /// What extras.sql says: the beginning of each statement.
    fn sql(&self, statements: &[Statement<'_>]) -> String {
        let width = self.width.unwrap_or(80);
        let line = |statement: &Statement<'_>| {
            let place = Piece::dim(&statement.place.to_string());
            let left =
                Piece::new(&format!("  {}", shorten(statement.sql, width.saturating_sub(place.width() + 4).max(30))));
            left_and_right(&left, &place, width)
        };
        let head = Piece::styled("sql beside the entities", Style::new().bold());
        left_and_right(&head, &Piece::default(), 0) + &statements.iter().map(line).collect::<String>()
    }

    /// Whether anything stands in brackets.
    fn leaves_unsaid(&self) -> bool {
        let columns =
            self.models.schema.tables.iter().flat_map(|table| table.columns.iter().map(move |it| (table, it)));
        columns.into_iter().any(|(table, column)| {
            let object = Object::Column(table.name.clone(), column.name.clone());
            let default = column.default != ColumnDefault::None && !self.states(&object, Fact::Default);
            !self.states(&object, Fact::Type) || default || self.verbose
        })
    }

    fn table(&self, table: &Table) -> String {
        let object = Object::Table(table.name.clone());
        let mut text = self.head("table", &table.name.display(self.default_namespace), &object);
        text.push_str(&self.comment(table.comment.as_deref(), 2));
        text.push_str(&self.columns(table));
        let hanging: Vec<Vec<Piece>> = self.keys(table).chain(self.indexes(table)).collect();
        if !hanging.is_empty() {
            text.push('\n');
        }
        text.push_str(&rows(&hanging, 48, self.width).concat());
        text
    }

    fn enum_type(&self, enum_type: &EnumType) -> String {
        let object = Object::EnumType(enum_type.name.clone());
        let head = self.head("enum", &enum_type.name.display(self.default_namespace), &object);
        let labels: Vec<String> = enum_type.labels.iter().map(|label| shown_label(label)).collect();
        head + &self.comment(enum_type.comment.as_deref(), 2)
            + &paragraph(&Piece::new(&labels.join(", ")), 2, self.width)
    }

    /// `table users`, its place at the right end, and the name that it had before.
    fn head(&self, kind: &str, name: &str, object: &Object) -> String {
        let left = Piece::styled(&format!("{kind} {name}"), Style::new().bold());
        let head = left_and_right(&left, &Piece::dim(&self.place(object)), self.width.unwrap_or(80));
        let before = self.old_names.get(object).map(|from| Piece::new(&format!("renamed from {from}")));
        head + &before.map(|before| paragraph(&before, 2, self.width)).unwrap_or_default()
    }

    fn comment(&self, comment: Option<&str>, indent: usize) -> String {
        let Some(comment) = comment else { return String::new() };
        let comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
        paragraph(&Piece::dim(&format!("-- {comment}")), indent, self.width)
    }

    fn columns(&self, table: &Table) -> String {
        let head = ["column", "type", "null", "default"].map(Piece::dim).to_vec();
        let lines: Vec<Vec<Piece>> =
            [head].into_iter().chain(table.columns.iter().map(|column| self.column(table, column))).collect();
        let comments = table.columns.iter().map(|column| self.comment(column.comment.as_deref(), 6));
        rows(&lines, WIDEST, self.width)
            .into_iter()
            .zip([String::new()].into_iter().chain(comments))
            .fold(String::new(), |text, (row, comment)| text + &row + &comment)
    }

    fn column(&self, table: &Table, column: &Column) -> Vec<Piece> {
        let object = Object::Column(table.name.clone(), column.name.clone());
        let default = match (&column.default, self.states(&object, Fact::Default)) {
            (ColumnDefault::None, true) => "none".to_owned(),
            (default, _) => shown_default(default),
        };
        vec![
            Piece::new(&column.name),
            self.said(&object, Fact::Type, &self.shown_type(column)),
            Piece::new(if column.nullable { "null" } else { "" }),
            self.said(&object, Fact::Default, &default),
            Piece::new(&self.marks(table, column).join(", ")),
            Piece::dim(&if self.verbose { self.place(&object) } else { String::new() }),
        ]
    }

    fn shown_type(&self, column: &Column) -> String {
        match column.data_type.enum_name() {
            Some(name) => {
                let array = if column.data_type.array { "[]" } else { "" };
                format!("{}{array}", name.display(self.default_namespace))
            }
            None => column.data_type.to_string(),
        }
    }

    /// What the column alone is the key of, and what else is said of it.
    fn marks(&self, table: &Table, column: &Column) -> Vec<String> {
        let mut marks = Vec::new();
        for constraint in &table.constraints {
            match &constraint.kind {
                ConstraintKind::PrimaryKey { columns, .. } if columns.contains(&column.name) => {
                    marks.insert(0, "key".to_owned());
                }
                ConstraintKind::Unique { columns, .. } if *columns == [column.name.as_str()] => {
                    marks.push("unique".to_owned());
                }
                ConstraintKind::PrimaryKey { .. }
                | ConstraintKind::Unique { .. }
                | ConstraintKind::ForeignKey(_)
                | ConstraintKind::Check { .. }
                | ConstraintKind::Exclusion { .. } => {}
            }
        }
        let own = table.indexes.iter().filter(|index| covers_only(index, &column.name));
        marks.extend(own.map(|index| if index.unique { "unique index" } else { "index" }.to_owned()));
        marks.extend(column.collation.as_ref().map(|collation| format!("collate {collation}")));
        let object = Object::Column(table.name.clone(), column.name.clone());
        marks.extend(self.old_names.get(&object).map(|from| format!("renamed from {from}")));
        marks
    }

    /// Constraints that a mark cannot tell: of several columns, named, foreign keys, checks.
    fn keys<'b>(&'b self, table: &'b Table) -> impl Iterator<Item = Vec<Piece>> + 'b {
        let mut keys: Vec<&Constraint> = table.constraints.iter().collect();
        keys.sort_by_key(|constraint| match constraint.kind {
            ConstraintKind::PrimaryKey { .. } => 0,
            ConstraintKind::ForeignKey(_) => 1,
            ConstraintKind::Unique { .. } => 2,
            ConstraintKind::Check { .. } => 3,
            ConstraintKind::Exclusion { .. } => 4,
        });
        keys.into_iter().filter_map(|constraint| {
            let object = Object::Constraint(table.name.clone(), constraint.name.clone());
            let (kind, detail, facts) = match &constraint.kind {
                ConstraintKind::PrimaryKey { columns, .. } => ("primary key", list(columns), Vec::new()),
                ConstraintKind::Unique { columns, .. } => ("unique", list(columns), Vec::new()),
                ConstraintKind::ForeignKey(key) => {
                    ("foreign key", self.shown_foreign_key(key), self.actions(&object, key))
                }
                ConstraintKind::Check { expression, .. } => ("check", format!("({})", expression.sql), Vec::new()),
                ConstraintKind::Exclusion { definition } => ("exclusion", definition.sql.clone(), Vec::new()),
            };
            let told = match &constraint.kind {
                ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => {
                    columns.len() == 1 && !self.states(&object, Fact::Name)
                }
                ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } | ConstraintKind::Exclusion { .. } => {
                    false
                }
            };
            (!told || self.verbose).then(|| self.hanging(&object, kind, &detail, &constraint.name, facts))
        })
    }

    fn indexes<'b>(&'b self, table: &'b Table) -> impl Iterator<Item = Vec<Piece>> + 'b {
        table.indexes.iter().filter_map(|index| {
            let object = Object::Index(table.name.clone(), index.name.clone());
            let kind = if index.unique { "unique index" } else { "index" };
            let columns = index.columns();
            let told = index.column_keys().is_some_and(|keys| keys.len() == 1) && !self.states(&object, Fact::Name);
            (!told || self.verbose).then(|| self.hanging(&object, kind, &list(&columns), &index.name, Vec::new()))
        })
    }

    /// A constraint or an index: what it is, over what, and the name if somebody wrote it.
    fn hanging(&self, object: &Object, kind: &str, detail: &str, name: &str, facts: Vec<Piece>) -> Vec<Piece> {
        let mut cells = vec![Piece::dim(kind), Piece::new(detail)];
        cells.extend(facts);
        if self.states(object, Fact::Name) {
            cells.push(Piece::new(&format!("named {name}")));
        } else if self.verbose {
            cells.push(Piece::dim(&format!("[named {name}]")));
        }
        if self.verbose {
            cells.push(Piece::dim(&self.place(object)));
        }
        cells
    }

    fn shown_foreign_key(&self, key: &ForeignKey) -> String {
        let references = key.references.display(self.default_namespace);
        match (key.columns.as_slice(), key.referenced_columns.as_slice()) {
            ([column], [referenced]) => format!("{column} -> {references}.{referenced}"),
            (columns, referenced) => format!("{} -> {references} {}", list(columns), list(referenced)),
        }
    }

    fn actions(&self, object: &Object, key: &ForeignKey) -> Vec<Piece> {
        let facts = [(Fact::OnUpdate, "on update", key.on_update), (Fact::OnDelete, "on delete", key.on_delete)];
        let shown = facts.into_iter().filter_map(|(fact, words, action)| {
            let text = format!("{words} {}", shown_action(action));
            if self.states(object, fact) { Some(text) } else { self.verbose.then(|| format!("[{text}]")) }
        });
        vec![Piece::new(&shown.collect::<Vec<_>>().join(", "))]
    }

    /// A fact as it is if the entities spell it out, else in brackets.
    fn said(&self, object: &Object, fact: Fact, text: &str) -> Piece {
        if text.is_empty() || self.states(object, fact) { Piece::new(text) } else { Piece::dim(&format!("[{text}]")) }
    }

    fn states(&self, object: &Object, fact: Fact) -> bool {
        self.models.stated.contains(object, fact)
    }

    fn place(&self, object: &Object) -> String {
        self.models.places.get(object).map(ToString::to_string).unwrap_or_default()
    }
}

/// `create trigger touch on users`.
pub(crate) fn statement_title(statement: &Statement<'_>, default_namespace: &str) -> String {
    let name =
        |name: Option<&QualifiedName>, on: &str| name.map(|it| format!(" {on}{}", it.display(default_namespace)));
    let Statement { verb, name: own, on, .. } = statement;
    format!("{verb}{}{}", name(*own, "").unwrap_or_default(), name(*on, "on ").unwrap_or_default())
}

fn covers_only(index: &Index, column: &str) -> bool {
    index.column_keys().is_some_and(|keys| keys == [column])
}

fn list<S: AsRef<str>>(columns: &[S]) -> String {
    format!("({})", columns.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "))
}

/// A label as it is, or as SQL writes it where a comma or a quote could be misread.
fn shown_label(label: &str) -> String {
    let plain = !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || "_-./ ".contains(c));
    if plain { label.to_owned() } else { crate::render::literal(label) }
}

fn shown_default(default: &ColumnDefault) -> String {
    match default {
        ColumnDefault::None => String::new(),
        ColumnDefault::Expression(expression) => expression.sql.clone(),
        ColumnDefault::Identity(identity) if identity.always => "identity always".to_owned(),
        ColumnDefault::Identity(_) => "identity".to_owned(),
        ColumnDefault::Serial(_) => "serial".to_owned(),
        ColumnDefault::Generated(Generated { expression, stored: true }) => format!("generated ({})", expression.sql),
        ColumnDefault::Generated(Generated { expression, stored: false }) => format!("virtual ({})", expression.sql),
    }
}

fn shown_action(action: Action) -> &'static str {
    match action {
        Action::NoAction => "no action",
        Action::Restrict => "restrict",
        Action::Cascade => "cascade",
        Action::SetNull => "set null",
        Action::SetDefault => "set default",
    }
}
