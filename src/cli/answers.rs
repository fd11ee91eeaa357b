//! What the user answers on the command line: `--rename users.name=full_name`, `--fill users.bio="''"`,
//! `--using users.age="age::integer"`.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::error::{Error, Kind, Result};
use crate::migration::{Folder, rename_line};
use crate::operation::Operation;
use crate::overlay::{applicable, without_done_circles};
use crate::schema::{Object, QualifiedName, Rename, Schema};

/// A name of one to three parts, as people write it: `users`, `users.bio`, `billing.invoices."net.total"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Vec<String>);

impl FromStr for Path {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let mut parts = vec![String::new()];
        let mut quoted = false;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let last = parts.len() - 1;
            match character {
                '"' if quoted && characters.peek() == Some(&'"') => {
                    characters.next();
                    parts[last].push('"');
                }
                '"' => quoted = !quoted,
                '.' if !quoted => parts.push(String::new()),
                other => parts[last].push(other),
            }
        }
        if quoted || parts.iter().any(String::is_empty) || parts.len() > 3 {
            return Err(format!("`{text}` is no name: write table, table.column or namespace.table.column"));
        }
        Ok(Self(parts))
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

impl Path {
    /// The table and the name inside of it that the path may mean, the default namespace first.
    fn inside(&self, default_namespace: &str) -> Option<(QualifiedName, String)> {
        match self.0.as_slice() {
            [table, name] => Some((QualifiedName::new(default_namespace, table), name.clone())),
            [namespace, table, name] => Some((QualifiedName::new(namespace, table), name.clone())),
            _ => None,
        }
    }

    /// The path as a table or type.
    fn whole(&self, default_namespace: &str) -> Option<QualifiedName> {
        match self.0.as_slice() {
            [name] => Some(QualifiedName::new(default_namespace, name)),
            [namespace, name] => Some(QualifiedName::new(namespace, name)),
            _ => None,
        }
    }
}

/// `LEFT=RIGHT`, split at the first `=` outside of quotes.
fn split(text: &str) -> std::result::Result<(Path, &str), String> {
    let mut quoted = false;
    let at = text.char_indices().find(|(_, character)| {
        quoted ^= *character == '"';
        *character == '=' && !quoted
    });
    match at {
        Some((at, _)) if at + 1 < text.len() => Ok((text[..at].parse()?, &text[at + 1..])),
        Some(_) | None => Err(format!("`{text}` lacks its right side: write NAME=VALUE")),
    }
}

/// `--rename OLD=NEW`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RenameAnswer {
    old: Path,
    new: Path,
}

impl FromStr for RenameAnswer {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (old, new) = split(text)?;
        Ok(Self { old, new: new.parse()? })
    }
}

impl RenameAnswer {
    /// The rename it means in this schema: a column, an enum label, an index or a constraint of a table, else a table
    /// or an enum type.
    ///
    /// # Errors
    ///
    /// When nothing of the old name is there, or the new name moves it to another place.
    pub(super) fn resolve(&self, current: &Schema, default_namespace: &str) -> Result<Rename> {
        let inside = self.old.inside(default_namespace).and_then(|(owner, from)| {
            let to = self.new_name(&owner, default_namespace)?;
            inside(current, owner, from, to)
        });
        let whole = || {
            let from = self.old.whole(default_namespace)?;
            let new = self.new.whole(default_namespace)?;
            let to = QualifiedName::new(if self.new.0.len() == 1 { &from.namespace } else { &new.namespace }, new.name);
            if current.table(&from).is_some() {
                return Some(Rename::Table { from, to });
            }
            let is_type = current.enum_type(&from).is_some() && from.namespace == to.namespace;
            is_type.then_some(Rename::EnumType { from, to })
        };
        inside.or_else(whole).ok_or_else(|| {
            let message = format!("--rename {}={}: nothing here is called {}", self.old, self.new, self.old);
            let error = Error::new(Kind::Usage, message);
            let error = match nearest(&self.old.to_string(), current, default_namespace) {
                Some(name) => error.hint(format!("did you mean {name}?")),
                None => error,
            };
            error
                .hint("write --rename table.old_column=new_column or --rename old_table=new_table, names as the database has them")
        })
    }

    /// The new name, with or without the table before it.
    fn new_name(&self, owner: &QualifiedName, default_namespace: &str) -> Option<String> {
        match self.new.0.as_slice() {
            [name] => Some(name.clone()),
            _ => self.new.inside(default_namespace).filter(|(table, _)| table == owner).map(|(_, name)| name),
        }
    }
}

/// The table or column whose name is most like this one.
fn nearest(name: &str, schema: &Schema, default_namespace: &str) -> Option<String> {
    let names: Vec<String> = schema
        .tables
        .iter()
        .flat_map(|table| {
            let owner = table.name.display(default_namespace);
            let columns = table.columns.iter().map(|column| format!("{owner}.{}", column.name)).collect::<Vec<_>>();
            [owner].into_iter().chain(columns)
        })
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    similar::get_close_matches(name, &names, 1, 0.6).first().map(|&name| name.to_owned())
}

fn inside(current: &Schema, owner: QualifiedName, from: String, to: String) -> Option<Rename> {
    if let Some(table) = current.table(&owner) {
        return if table.column(&from).is_some() {
            Some(Rename::Column { table: owner, from, to })
        } else if table.index(&from).is_some() {
            Some(Rename::Index { table: owner, from, to })
        } else {
            table.constraint(&from).is_some().then_some(Rename::Constraint { table: owner, from, to })
        };
    }
    let enum_type = current.enum_type(&owner)?;
    enum_type.labels.contains(&from).then_some(Rename::EnumLabel { enum_type: owner, from, to })
}

/// The renames that the answers mean, tables first. What is inside of a renamed table may be named by its old name or
/// its new one.
///
/// # Errors
///
/// When nothing of an old name is there.
pub(super) fn renames(answers: &[RenameAnswer], current: &Schema, default_namespace: &str) -> Result<Vec<Rename>> {
    let mut renamed = current.clone();
    let mut whole: Vec<Rename> = Vec::new();
    let mut inside = Vec::new();
    for answer in answers {
        match answer.resolve(current, default_namespace) {
            Ok(rename @ (Rename::Table { .. } | Rename::EnumType { .. })) => {
                rename.follow(&mut renamed);
                whole.push(rename);
            }
            found => inside.push((answer, found)),
        }
    }
    for (answer, found) in inside {
        let rename = match found {
            Ok(rename) => whole.iter().fold(rename, |inner, outer| inner.after(outer)),
            Err(missing) => answer.resolve(&renamed, default_namespace).map_err(|_| missing)?,
        };
        whole.push(rename);
    }
    // An answer that cannot be carried out is no answer: passed over, what it speaks of would be dropped.
    match applicable(&whole, current).left.first() {
        Some(rename) => Err(Error::new(
            Kind::Usage,
            format!("--rename {}: the new name is there already", rename_line(rename, default_namespace)),
        )
        .hint("drop or move one of the two in a revision of its own: autogen create MESSAGE --no-autogenerate")),
        None => Ok(whole),
    }
}

/// The renames of `[renames]` that are still to be done, tables first: like the attribute of an entity, a line that was
/// carried out does no harm.
///
/// # Errors
///
/// [`Kind::Usage`] when a line holds no names.
pub(super) fn configured(folder: &Folder, current: &Schema) -> Result<Vec<Rename>> {
    let (lines, default_namespace) = (&folder.config().renames, &folder.config().default_namespace);
    let parse = |text: &String| text.parse::<Path>();
    let answer = |(old, new): (&String, &String)| Ok(RenameAnswer { old: parse(old)?, new: parse(new)? });
    let answers = lines.iter().map(answer).collect::<std::result::Result<Vec<_>, String>>().map_err(|problem| {
        Error::new(Kind::Usage, format!("[renames] in autogen.toml: {problem}"))
            .hint("write \"users.name\" = \"full_name\", or \"users\" = \"people\"")
    })?;
    let mut renames: Vec<Rename> = Vec::new();
    let mut names = current.clone();
    for is_whole in [true, false] {
        for answer in &answers {
            let now = answer.resolve(&names, default_namespace);
            let before = || {
                let found = answer.resolve(current, default_namespace);
                found.map(|found| renames.iter().fold(found, |inner: Rename, outer| inner.after(outer)))
            };
            let Ok(rename) = now.or_else(|_| before()) else { continue };
            if matches!(rename, Rename::Table { .. } | Rename::EnumType { .. }) == is_whole {
                if is_whole {
                    rename.follow(&mut names);
                }
                renames.push(rename);
            }
        }
    }
    Ok(without_done_circles(renames, |it| folder.has_done(it)))
}

/// `--no-rename=OLD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OldName(Path);

impl FromStr for OldName {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        text.parse().map(Self)
    }
}

impl OldName {
    /// What `--no-rename` stands for without a name.
    pub(super) const ALL: &'static str = "*";

    /// Whether it stands for all that goes.
    pub(super) fn is_all(&self) -> bool {
        self.0.0 == [Self::ALL]
    }
}

/// What goes and was not renamed, by its name after these renames. What is inside of a renamed table may be named by
/// its old name or its new one.
///
/// # Errors
///
/// When nothing of a name is there.
pub(super) fn gone(
    names: &[&OldName],
    current: &Schema,
    renames: &[Rename],
    default_namespace: &str,
) -> Result<BTreeSet<Object>> {
    let mut renamed = current.clone();
    for rename in renames {
        rename.follow(&mut renamed);
    }
    let object = |OldName(old): &&OldName| {
        // As if it became something else.
        let answer = RenameAnswer { old: old.clone(), new: Path(vec![String::new()]) };
        let now = answer.resolve(&renamed, default_namespace);
        let before = || {
            let found = answer.resolve(current, default_namespace)?;
            Ok(renames.iter().fold(found, |inner, outer| inner.after(outer)))
        };
        let found = now.or_else(|_: Error| before()).map_err(|_: Error| {
            let error = Error::new(Kind::Usage, format!("--no-rename={old}: nothing here is called {old}"));
            let error = match nearest(&old.to_string(), current, default_namespace) {
                Some(name) => error.hint(format!("did you mean {name}?")),
                None => error,
            };
            error.hint("names as the database has them: --no-rename=table.column; alone it stands for all")
        })?;
        Ok(Operation::Rename(found.reverse()).object())
    };
    names.iter().map(object).collect()
}

/// `--fill COLUMN=EXPR` and `--using COLUMN=EXPR`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExpressionAnswer {
    column: Path,
    sql: String,
}

impl FromStr for ExpressionAnswer {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (column, sql) = split(text)?;
        Ok(Self { column, sql: sql.to_owned() })
    }
}

/// The answers by column.
///
/// # Errors
///
/// When a name has no table part.
pub(super) fn by_column(
    answers: &[ExpressionAnswer],
    option: &str,
    default_namespace: &str,
) -> Result<BTreeMap<Object, String>> {
    answers
        .iter()
        .map(|answer| match answer.column.inside(default_namespace) {
            Some((table, column)) => Ok((Object::Column(table, column), answer.sql.clone())),
            None => Err(Error::new(Kind::Usage, format!("{option} {}: this names no column", answer.column))
                .hint(format!("write {option} table.column=EXPRESSION"))),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Column, ColumnDefault, DataType, Table};

    fn schema() -> Schema {
        let mut users = Table::new(QualifiedName::new("public", "users"));
        users.columns.push(Column {
            name: "name".to_owned(),
            data_type: DataType::builtin("text"),
            nullable: true,
            default: ColumnDefault::None,
            collation: None,
            comment: None,
        });
        Schema { tables: vec![users], ..Schema::default() }
    }

    fn resolve(text: &str) -> Option<Rename> {
        text.parse::<RenameAnswer>().unwrap().resolve(&schema(), "public").ok()
    }

    #[test]
    fn a_column_is_renamed_with_or_without_its_table_on_the_right() {
        let rename = Rename::Column {
            table: QualifiedName::new("public", "users"),
            from: "name".to_owned(),
            to: "full_name".to_owned(),
        };
        assert_eq!(resolve("users.name=full_name"), Some(rename.clone()));
        assert_eq!(resolve("users.name=users.full_name"), Some(rename.clone()));
        assert_eq!(resolve("public.users.name=full_name"), Some(rename));
        assert_eq!(resolve("users.name=people.full_name"), None);
        assert_eq!(resolve("users.nick=full_name"), None);
    }

    #[test]
    fn a_column_of_a_renamed_table_has_either_name() {
        let people = QualifiedName::new("public", "people");
        for column in ["users.name=full_name", "people.name=full_name"] {
            let answers = [column.parse().unwrap(), "users=people".parse().unwrap()];
            let found = renames(&answers, &schema(), "public").unwrap();
            let (from, to) = ("name".to_owned(), "full_name".to_owned());
            assert_eq!(found[1], Rename::Column { table: people.clone(), from, to });
        }
    }

    #[test]
    fn a_table_is_renamed_in_its_namespace() {
        let rename =
            Rename::Table { from: QualifiedName::new("public", "users"), to: QualifiedName::new("public", "people") };
        assert_eq!(resolve("users=people"), Some(rename.clone()));
        assert_eq!(resolve("public.users=people"), Some(rename));
    }

    #[test]
    fn a_table_moves_to_another_namespace() {
        let from = QualifiedName::new("public", "users");
        let to = QualifiedName::new("billing", "people");
        assert_eq!(resolve("users=billing.people"), Some(Rename::Table { from, to }));
    }

    #[test]
    fn an_expression_may_hold_what_a_name_may_not() {
        let answer: ExpressionAnswer = "users.bio=CASE WHEN a = b THEN '=' END".parse().unwrap();
        assert_eq!(answer.sql, "CASE WHEN a = b THEN '=' END");
        assert!("users.bio".parse::<ExpressionAnswer>().is_err());
        assert!(r#""a.b"."c=d"=1"#.parse::<ExpressionAnswer>().is_ok());
    }
}
