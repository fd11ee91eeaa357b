//! The tables that a migration touches and those beside them, with their foreign keys, placed on a plane. What is
//! referred to stands to the left.

use std::collections::{BTreeMap, BTreeSet};

use super::Effect;
use crate::operation::{Change, Operation};
use crate::schema::{Column, ConstraintKind, ForeignKey, Object, QualifiedName, Schema, Table};

/// A drawing; lengths in pixels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Diagram {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) boxes: Vec<TableBox>,
    pub(super) edges: Vec<Edge>,
    /// How many tables found no place.
    pub(super) more: usize,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TableBox {
    pub(super) title: String,
    /// `add`, `drop`, `alter`, or `same` for what stands beside.
    pub(super) state: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// A column in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) sign: char,
    pub(super) state: &'static str,
    pub(super) text: String,
    /// The base line of its text.
    pub(super) y: usize,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Edge {
    pub(super) path: String,
    pub(super) state: &'static str,
    pub(super) title: String,
}

const MOST_TABLES: usize = 14;
const MOST_ROWS: usize = 8;
const LINE: usize = 20;
const HEAD: usize = 30;
/// Of a character in the rows, times ten.
const CHARACTER: usize = 72;
const LONGEST: usize = 34;
const BETWEEN_LAYERS: usize = 84;
const BETWEEN_BOXES: usize = 22;
const MARGIN: usize = 14;

impl Diagram {
    /// Nothing where no table is touched.
    pub(super) fn of(effect: &Effect<'_>, namespace: &str) -> Option<Self> {
        let keys = keys(effect);
        let touched = touched(effect.operations);
        let beside = keys.iter().filter(|it| touched.contains(&it.from) || touched.contains(&it.to));
        let mut shown = touched.clone();
        shown.extend(beside.flat_map(|it| [it.from.clone(), it.to.clone()]));
        if shown.len() > MOST_TABLES {
            shown = touched.clone();
        }
        let more = shown.len().saturating_sub(MOST_TABLES);
        let shown: BTreeSet<QualifiedName> = shown.into_iter().take(MOST_TABLES).collect();
        if shown.is_empty() {
            return None;
        }
        let keys: Vec<&Key> = keys.iter().filter(|it| shown.contains(&it.from) && shown.contains(&it.to)).collect();
        let boxes = shown.iter().map(|it| (it.clone(), table_box(it, &touched, effect, namespace))).collect();
        let placed = placed(boxes, &keys);
        let edges = keys.iter().filter_map(|key| edge(key, &placed)).collect();
        let boxes: Vec<TableBox> = placed.into_values().collect();
        let width = boxes.iter().map(|it| it.x + it.width).max().unwrap_or(0) + MARGIN + LOOP;
        let height = boxes.iter().map(|it| it.y + it.height).max().unwrap_or(0) + MARGIN;
        Some(Self { width, height, boxes, edges, more })
    }
}

/// A foreign key, by the names afterwards.
struct Key {
    from: QualifiedName,
    to: QualifiedName,
    column: String,
    title: String,
    state: &'static str,
}

fn keys(effect: &Effect<'_>) -> Vec<Key> {
    let later = |name: &QualifiedName| match Object::Table(name.clone()).renamed(effect.renames) {
        Object::Table(name) => name,
        _ => name.clone(),
    };
    let of = |schema: &Schema, rename: bool| -> BTreeMap<(QualifiedName, QualifiedName, String), String> {
        let name = |it: &QualifiedName| if rename { later(it) } else { it.clone() };
        let all = schema.tables.iter().flat_map(|table| foreign_keys(table).map(move |key| (table, key)));
        all.map(|(table, key)| {
            let columns = key.columns.join(", ");
            let first = key.columns.first().cloned().unwrap_or_default();
            let first = match Object::Column(table.name.clone(), first.clone()).renamed(effect.renames) {
                Object::Column(_, name) if rename => name,
                _ => first,
            };
            (
                (name(&table.name), name(&key.references), first),
                format!("{} ({columns}) → {}", table.name.name, key.references.name),
            )
        })
        .collect()
    };
    let (before, after) = (of(effect.before, true), of(effect.after, false));
    let key = |(from, to, column): &(QualifiedName, QualifiedName, String), title: &String, state| Key {
        from: from.clone(),
        to: to.clone(),
        column: column.clone(),
        title: title.clone(),
        state,
    };
    let stays = after.iter().map(|(it, title)| key(it, title, if before.contains_key(it) { "same" } else { "add" }));
    let goes = before.iter().filter(|(it, _)| !after.contains_key(*it)).map(|(it, title)| key(it, title, "drop"));
    stays.chain(goes).collect()
}

fn foreign_keys(table: &Table) -> impl Iterator<Item = &ForeignKey> {
    table.constraints.iter().filter_map(|it| match &it.kind {
        ConstraintKind::ForeignKey(key) => Some(key),
        ConstraintKind::PrimaryKey { .. }
        | ConstraintKind::Unique { .. }
        | ConstraintKind::Check { .. }
        | ConstraintKind::Exclusion { .. } => None,
    })
}

fn touched(operations: &[Operation]) -> BTreeSet<QualifiedName> {
    let table = |object: Object| match object {
        Object::Table(name) | Object::Column(name, _) | Object::Constraint(name, _) | Object::Index(name, _) => {
            Some(name)
        }
        Object::Namespace(_) | Object::EnumType(_) | Object::EnumLabel(..) | Object::Definition(_) => None,
    };
    operations.iter().filter_map(|it| table(it.object())).collect()
}

fn table_box(
    name: &QualifiedName,
    touched: &BTreeSet<QualifiedName>,
    effect: &Effect<'_>,
    namespace: &str,
) -> TableBox {
    let after = effect.after.table(name);
    let whole = effect.operations.iter().find_map(|it| match it {
        Operation::Table(Change::Add(table)) if &table.name == name => Some(("add", table)),
        Operation::Table(Change::Drop(table)) if &table.name == name => Some(("drop", table)),
        _ => None,
    });
    let (state, mut rows) = match whole {
        Some((state, table)) => (state, table.columns.iter().map(|it| row(state, it)).collect()),
        None if touched.contains(name) => ("alter", changed_rows(name, effect)),
        None => ("same", Vec::new()),
    };
    if rows.len() > MOST_ROWS {
        let hidden = rows.len() - (MOST_ROWS - 1);
        rows.truncate(MOST_ROWS - 1);
        rows.push(Row { sign: ' ', state: "same", text: format!("and {hidden} more"), y: 0 });
    }
    let is_view_of_nothing = after.is_none() && whole.is_none();
    let title = name.display(namespace);
    let longest =
        rows.iter().map(|it| it.text.chars().count() + 3).chain([title.chars().count() + 2]).max().unwrap_or(0);
    let width = (longest.min(LONGEST + 3) * CHARACTER / 10 + 22).max(120);
    let height = HEAD + rows.len() * LINE + if rows.is_empty() { 0 } else { 8 };
    for (number, row) in rows.iter_mut().enumerate() {
        row.y = HEAD + number * LINE + 16;
    }
    TableBox {
        title: short(&title),
        state: if is_view_of_nothing { "drop" } else { state },
        rows,
        x: 0,
        y: 0,
        width,
        height,
    }
}

/// The columns that come, go or change.
fn changed_rows(name: &QualifiedName, effect: &Effect<'_>) -> Vec<Row> {
    let of = |operation: &Operation| match operation {
        Operation::Column(table, change) if table == name => Some(match change {
            Change::Add(column) => row("add", column),
            Change::Drop(column) => row("drop", column),
            Change::Alter { to, .. } => row("alter", to),
        }),
        Operation::Rename(crate::schema::Rename::Column { table, from, to }) if table == name => {
            Some(Row { sign: '~', state: "alter", text: short(&format!("{from} → {to}")), y: 0 })
        }
        _ => None,
    };
    effect.operations.iter().filter_map(of).collect()
}

fn row(state: &'static str, column: &Column) -> Row {
    let sign = match state {
        "add" => '+',
        "drop" => '−',
        _ => '~',
    };
    let null = if column.nullable { "?" } else { "" };
    Row { sign, state, text: short(&format!("{} {}{null}", column.name, short_type(column))), y: 0 }
}

/// By the short names that Postgres knows too.
fn short_type(column: &Column) -> String {
    let long = column.data_type.to_string();
    [
        ("character varying", "varchar"),
        ("timestamp with time zone", "timestamptz"),
        ("timestamp without time zone", "timestamp"),
        ("time without time zone", "time"),
        ("double precision", "float8"),
    ]
    .iter()
    .fold(long, |text, (long, short)| text.replace(long, short))
}

fn short(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// In layers by how many tables stand below each, what refers to the same near each other.
fn placed(boxes: BTreeMap<QualifiedName, TableBox>, keys: &[&Key]) -> BTreeMap<QualifiedName, TableBox> {
    let mut layers: BTreeMap<usize, Vec<QualifiedName>> = BTreeMap::new();
    for name in boxes.keys() {
        layers.entry(depth(name, keys, boxes.len())).or_default().push(name.clone());
    }
    let mut placed: BTreeMap<QualifiedName, TableBox> = BTreeMap::new();
    let mut boxes = boxes;
    let mut x = MARGIN;
    for names in layers.into_values() {
        let mut names: Vec<(usize, QualifiedName)> = names
            .into_iter()
            .map(|name| {
                let below = keys.iter().filter(|it| it.from == name).filter_map(|it| placed.get(&it.to)).map(|it| it.y);
                let below: Vec<usize> = below.collect();
                (below.iter().sum::<usize>() / below.len().max(1), name)
            })
            .collect();
        names.sort();
        let (mut y, mut widest) = (MARGIN, 0);
        for (_, name) in names {
            let Some(mut table) = boxes.remove(&name) else { continue };
            (table.x, table.y) = (x, y);
            y += table.height + BETWEEN_BOXES;
            widest = widest.max(table.width);
            placed.insert(name, table);
        }
        x += widest + BETWEEN_LAYERS;
    }
    in_the_middle(&mut placed);
    placed
}

/// Every layer in the middle of the highest.
fn in_the_middle(placed: &mut BTreeMap<QualifiedName, TableBox>) {
    let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
    for it in placed.values() {
        let end = ends.entry(it.x).or_default();
        *end = (*end).max(it.y + it.height);
    }
    let highest = ends.values().max().copied().unwrap_or(0);
    for it in placed.values_mut() {
        it.y += (highest - ends.get(&it.x).copied().unwrap_or(highest)) / 2;
    }
}

/// The longest way down; in a circle, at most so many.
fn depth(name: &QualifiedName, keys: &[&Key], most: usize) -> usize {
    fn walk<'a>(name: &'a QualifiedName, keys: &[&'a Key], path: &mut Vec<&'a QualifiedName>, most: usize) -> usize {
        if path.len() >= most.min(8) {
            return 0;
        }
        path.push(name);
        let below = keys.iter().filter(|it| &it.from == name && !path.contains(&&it.to)).map(|it| &it.to);
        let below: Vec<&QualifiedName> = below.collect();
        let depth = below.into_iter().map(|it| 1 + walk(it, keys, path, most)).max().unwrap_or(0);
        path.pop();
        depth
    }
    walk(name, keys, &mut Vec::new(), most)
}

/// How far a line goes out that leads back to its own layer.
const LOOP: usize = 34;

fn edge(key: &Key, boxes: &BTreeMap<QualifiedName, TableBox>) -> Option<Edge> {
    let (from, to) = (boxes.get(&key.from)?, boxes.get(&key.to)?);
    let row = from.rows.iter().find(|it| it.text.split(' ').next() == Some(key.column.as_str()));
    let start_y = from.y + row.map_or(HEAD / 2, |it| it.y - 4);
    let end_y = to.y + HEAD / 2;
    let path = if to.x + to.width < from.x {
        let (start, end) = (from.x, to.x + to.width + 7);
        let bend = (start - end) / 2;
        format!("M{start} {start_y}C{} {start_y} {} {end_y} {end} {end_y}", start - bend, end + bend)
    } else {
        let (start, end) = (from.x + from.width, to.x + to.width + 7);
        let out = start.max(end) + LOOP;
        let start_y = if key.from == key.to { from.y + from.height - 8 } else { start_y };
        format!("M{start} {start_y}C{out} {start_y} {out} {end_y} {end} {end_y}")
    };
    Some(Edge { path, state: key.state, title: key.title.clone() })
}
