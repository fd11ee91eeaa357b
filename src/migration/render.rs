//! A plan as text; `parse` is the mirror.

use askama::Template;

use super::{Block, Plan, Statement, split};
use crate::error::{Error, Kind, Result};

#[derive(Template)]
#[template(path = "migration.sql", escape = "none")]
struct File<'a> {
    message: String,
    id: &'a str,
    parents: String,
    create_date: &'a str,
    branch_labels: String,
    depends_on: String,
    replaces: String,
    renames: Vec<String>,
    upgrade: Vec<Section<'a>>,
    downgrade: Vec<Section<'a>>,
}

#[derive(Template)]
#[template(path = "block.sql", escape = "none")]
pub(super) struct Section<'a> {
    titles: Vec<Title>,
    statements: &'a [Statement],
}

/// What is said above statements of one of the operations that they do.
struct Title {
    text: String,
    place: Option<String>,
    hazards: Vec<String>,
}

/// The text of a plan's file.
///
/// # Errors
/// [`Kind::Error`] when a statement cannot stand in a file, for instance because it holds two.
pub fn render(plan: &Plan) -> Result<String> {
    for statement in plan.upgrade_statements().chain(plan.downgrade_statements()) {
        check(statement)?;
    }
    let revision = &plan.revision;
    let file = File {
        message: one_line(&revision.message),
        id: &revision.id,
        parents: revision.parents.join(", "),
        create_date: &revision.create_date,
        branch_labels: revision.branch_labels.join(", "),
        depends_on: revision.depends_on.join(", "),
        replaces: revision.replaces.join(", "),
        renames: plan.renames.iter().map(|rename| one_line(rename)).collect(),
        upgrade: sections(&plan.upgrade),
        downgrade: sections(&plan.downgrade),
    };
    let text =
        file.render().map_err(|cause| Error::new(Kind::Error, "cannot render the migration").caused_by(cause))?;
    Ok(format!("{}\n", text.trim_end()))
}

/// The statements of the upgrade alone, each operation under its title, as they stand in the file.
///
/// # Errors
/// As [`render`].
pub fn render_upgrade(plan: &Plan) -> Result<String> {
    plan.upgrade_statements().try_for_each(check)?;
    Ok(format!("{}\n", section_text(&plan.upgrade)?))
}

/// What the built-in template consists of, for templates of the user's own.
pub(super) struct Parts {
    /// Message, ids, dates and renames, as comments.
    pub(super) header: String,
    /// The statements up, without the marker.
    pub(super) upgrade: String,
    /// The statements down, without the marker.
    pub(super) downgrade: String,
}

impl Parts {
    /// The parts of a plan's file.
    ///
    /// # Errors
    /// As [`render`].
    pub(super) fn of(plan: &Plan) -> Result<Self> {
        let text = render(plan)?;
        let (upgrade, downgrade) = (section_text(&plan.upgrade)?, section_text(&plan.downgrade)?);
        let header = text.split("\n-- autogen: upgrade\n").next().unwrap_or_default();
        Ok(Self { header: header.trim().to_owned(), upgrade, downgrade })
    }
}

fn section_text(blocks: &[Block]) -> Result<String> {
    let blocks = sections(blocks).iter().map(Template::render).collect::<Result<Vec<_>, _>>();
    let blocks = blocks.map_err(|cause| Error::new(Kind::Error, "cannot render the statements").caused_by(cause))?;
    Ok(blocks.concat().trim().to_owned())
}

impl Section<'_> {
    /// Its statements.
    pub(super) fn statements(&self) -> &[Statement] {
        self.statements
    }

    /// What is said above them, a line each.
    pub(super) fn remarks(&self) -> Vec<String> {
        let of = |title: &Title| {
            let place = title.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            let hazards = title.hazards.iter().map(|hazard| format!("hazard {hazard}"));
            std::iter::once(format!("{}{place}", title.text)).chain(hazards).collect::<Vec<_>>()
        };
        self.titles.iter().flat_map(of).collect()
    }

    /// A semicolon after a line comment would be part of it.
    fn ends_in_comment(&self, statement: &Statement) -> bool {
        split(&format!("{};", statement.sql)).is_ok_and(|texts| texts.iter().any(|text| text.sql != statement.sql))
    }
}

/// A section for each block with statements; the titles of those without stand above the next.
pub(super) fn sections(blocks: &[Block]) -> Vec<Section<'_>> {
    let ends = |block: &Block| !block.statements.is_empty();
    let mut sections: Vec<Section<'_>> = Vec::new();
    for group in blocks.split_inclusive(ends) {
        let mut section = Section { titles: Vec::new(), statements: &[] };
        for block in group {
            let title = title(block, &section.titles);
            section.titles.push(title);
            section.statements = &block.statements;
        }
        sections.push(section);
    }
    sections
}

/// What was said before is not said again.
fn title(block: &Block, before: &[Title]) -> Title {
    let said = |hazard: &String| before.iter().any(|it| it.hazards.contains(hazard));
    let hazards = block.hazards.iter().map(|hazard| one_line(hazard)).filter(|hazard| !said(hazard));
    Title { text: one_line(&block.title), place: block.place.as_deref().map(one_line), hazards: hazards.collect() }
}

/// A name may hold a line break, and what follows it would be SQL.
pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .flat_map(|c| if c.is_control() || c == '\u{2028}' { c.escape_default().collect() } else { vec![c] })
        .collect()
}

pub(super) fn check(statement: &Statement) -> Result<()> {
    let sql = &statement.sql;
    let single = split(sql).is_ok_and(|texts| matches!(texts.as_slice(), [single] if single.sql == *sql));
    if single {
        return Ok(());
    }
    Err(Error::new(Kind::Error, format!("this is not one SQL statement without a semicolon at its end: {sql}"))
        .hint("this is a defect of autogen; please report it with the entity that led to it"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revision::Revision;

    #[test]
    fn the_file_of_the_design() {
        let plan = Plan {
            revision: Revision {
                id: "abc123def456".to_owned(),
                parents: vec!["def789abc123".to_owned()],
                message: "add user profile fields".to_owned(),
                create_date: "2024-12-11 14:30:00 UTC".to_owned(),
                ..Revision::default()
            },
            upgrade: vec![Block {
                title: "add column users.bio".to_owned(),
                place: Some("models/src/user.rs:21".to_owned()),
                statements: vec![Statement::new("ALTER TABLE \"users\" ADD COLUMN \"bio\" text")],
                ..Block::default()
            }],
            downgrade: vec![Block {
                title: "drop column users.bio".to_owned(),
                hazards: vec!["loses-data: the values of users.bio are gone.".to_owned()],
                statements: vec![Statement::new("ALTER TABLE \"users\" DROP COLUMN \"bio\"")],
                ..Block::default()
            }],
            renames: Vec::new(),
        };
        let expected = "\
-- add user profile fields
--
-- Revision ID: abc123def456
-- Revises: def789abc123
-- Create Date: 2024-12-11 14:30:00 UTC

-- autogen: upgrade

-- add column users.bio (models/src/user.rs:21)
ALTER TABLE \"users\" ADD COLUMN \"bio\" text;

-- autogen: downgrade

-- drop column users.bio
-- hazard loses-data: the values of users.bio are gone.
ALTER TABLE \"users\" DROP COLUMN \"bio\";
";
        assert_eq!(render(&plan).expect("it renders"), expected);
    }

    #[test]
    fn everything_that_may_stand_in_a_file() {
        let statement = |sql: &str, autocommit| Statement { sql: sql.to_owned(), autocommit };
        let plan = Plan {
            revision: Revision {
                id: "a".to_owned(),
                branch_labels: vec!["left".to_owned()],
                depends_on: vec!["x".to_owned(), "y".to_owned()],
                message: "m".to_owned(),
                create_date: "d".to_owned(),
                ..Revision::default()
            },
            upgrade: vec![Block {
                title: "two\nlines".to_owned(),
                statements: vec![statement("SELECT 1 -- one", false), statement("VACUUM", true)],
                ..Block::default()
            }],
            downgrade: Vec::new(),
            renames: vec!["a.b -> a.c".to_owned(), "d.e -> d.f".to_owned()],
        };
        let expected = "\
-- m
--
-- Revision ID: a
-- Revises:
-- Create Date: d
-- Branch Labels: left
-- Depends On: x, y

-- autogen: rename a.b -> a.c
-- autogen: rename d.e -> d.f

-- autogen: upgrade

-- two\\nlines
SELECT 1 -- one
;
-- autogen: autocommit
VACUUM;

-- autogen: downgrade
";
        assert_eq!(render(&plan).expect("it renders"), expected);
    }

    #[test]
    fn two_statements_in_one_are_refused() {
        for sql in ["SELECT 1; SELECT 2", "SELECT 1;", "", "SELECT 'x"] {
            let block = Block { statements: vec![Statement::new(sql)], ..Block::default() };
            assert!(render(&Plan { upgrade: vec![block], ..Plan::default() }).is_err(), "{sql}");
        }
    }
}
