use super::words::aside;
use super::{Statement, identifier, literal, settings};
use crate::operation::{Change, Operation};
use crate::schema::{Definition, DefinitionKind, DefinitionName, Part};

/// A definition comes, goes, or gives way to another. All text is Postgres' own. What goes and is made again by one of
/// the `others` of the list keeps its owner and privileges.
pub(super) fn statements(change: &Change<Definition>, others: &[Operation]) -> Vec<Statement> {
    let texts = match change {
        Change::Add(definition) => {
            let made = create(definition).into_iter().map(Statement::new);
            let remade = remade(&definition.name, others);
            return match remade.and_then(|number| Kept::of(definition, Slot::Remade(number))) {
                Some(kept) => made.chain([Statement::new(kept.restore())]).collect(),
                // Nobody has it at hand any more: as it was when the plan was made.
                None => made.chain(settings::of_definition(definition)).collect(),
            };
        }
        Change::Drop(definition) => {
            let keep = remade(&definition.name, others).and_then(|number| Kept::of(definition, Slot::Remade(number)));
            keep.map(|kept| kept.keep()).into_iter().chain([definition.drop.clone()]).collect()
        }
        Change::Alter { from, to } if from.create == to.create => parts(from, to),
        Change::Alter { from, to } => match replacement(to) {
            Some(replace) => [replace].into_iter().chain(parts(from, to)).collect(),
            None => [to.drop.clone()].into_iter().chain(create(to)).collect(),
        },
    };
    texts.into_iter().map(Statement::new).collect()
}

/// Everything in the way goes, last first, with its owner and privileges noted under its number.
pub(super) fn put_away(definitions: &[(usize, &Definition)]) -> Vec<Statement> {
    let texts = definitions.iter().rev().flat_map(|(number, it)| {
        let kept = Kept::of(it, Slot::Exchanged(*number)).map(|kept| kept.keep());
        kept.into_iter().chain([it.drop.clone()])
    });
    texts.map(Statement::new).collect()
}

/// It comes back, with owner and privileges.
pub(super) fn put_back(definitions: &[(usize, &Definition)]) -> Vec<Statement> {
    let texts = definitions.iter().flat_map(|(number, it)| {
        let kept = Kept::of(it, Slot::Exchanged(*number)).map(|kept| kept.restore());
        create(it).into_iter().chain(kept)
    });
    texts.map(Statement::new).collect()
}

/// A type under its name and the one that takes its place: the note of owner and privileges, the rename, the making,
/// the giving back, the end of the old one.
pub(super) struct Exchanged {
    pub(super) aside: Vec<Statement>,
    pub(super) make: Vec<Statement>,
    pub(super) drop: Statement,
}

/// A domain or composite type that is made again while columns are of it. `number` tells it from others.
pub(super) fn exchanged(definition: &Definition, number: usize) -> Option<Exchanged> {
    let object = definition.drop.strip_prefix("DROP ")?;
    let old = aside(&definition.name.name);
    let kept = Kept::of(definition, Slot::Exchanged(number));
    let rename = format!("ALTER {object} RENAME TO {}", identifier(&old.name));
    let own = identifier(&definition.name.name.name);
    let name = object.strip_suffix(own.as_str()).or_else(|| object.strip_suffix(definition.name.name.name.as_str()))?;
    let texts = |list: Vec<String>| list.into_iter().map(Statement::new).collect();
    Some(Exchanged {
        aside: texts(kept.iter().map(Kept::keep).chain([rename]).collect()),
        make: texts(create(definition).into_iter().chain(kept.iter().map(Kept::restore)).collect()),
        drop: Statement::new(format!("DROP {name}{}", identifier(&old.name))),
    })
}

fn create(definition: &Definition) -> Vec<String> {
    let parts = definition.parts.iter().map(|part| part.make.clone());
    // Postgres prints functions as OR REPLACE; one that is there and nobody knows of must not be written over.
    let create = match definition.create.strip_prefix("CREATE OR REPLACE ") {
        Some(rest) => format!("CREATE {rest}"),
        None => definition.create.clone(),
    };
    [create].into_iter().chain(parts).collect()
}

/// The statement that puts a definition in the place of one with the same shape, where Postgres has one.
fn replacement(to: &Definition) -> Option<String> {
    let instead = |before: &str, after: &str| to.create.strip_prefix(before).map(|rest| format!("{after}{rest}"));
    match to.name.kind {
        // Postgres prints these as CREATE OR REPLACE.
        DefinitionKind::Function | DefinitionKind::Procedure => Some(to.create.clone()),
        DefinitionKind::View => instead("CREATE VIEW ", "CREATE OR REPLACE VIEW "),
        DefinitionKind::Sequence => instead("CREATE SEQUENCE ", "ALTER SEQUENCE "),
        DefinitionKind::Extension
        | DefinitionKind::Domain
        | DefinitionKind::CompositeType
        | DefinitionKind::MaterializedView
        | DefinitionKind::ViewIndex
        | DefinitionKind::Statistics
        | DefinitionKind::Rule
        | DefinitionKind::Trigger
        | DefinitionKind::Policy
        | DefinitionKind::RowSecurity => None,
    }
}

/// The number of a definition among those that are dropped and made again.
fn remade(name: &DefinitionName, operations: &[Operation]) -> Option<usize> {
    let dropped = operations.iter().filter_map(|operation| match operation {
        Operation::Definition(Change::Drop(definition), _) => Some(&definition.name),
        _ => None,
    });
    let made = |name: &DefinitionName| {
        operations.iter().any(|it| matches!(it, Operation::Definition(Change::Add(new), _) if &new.name == name))
    };
    // Counted by name, so that a revision and its reverse have the same numbers.
    let mut names: Vec<&DefinitionName> = dropped.filter(|name| made(name)).collect();
    names.sort();
    names.iter().position(|it| *it == name).map(|position| position + 1)
}

/// The slots of what an exchanged enum takes along are not those of what goes before and comes back after it.
enum Slot {
    Remade(usize),
    Exchanged(usize),
}

impl Slot {
    fn setting(&self) -> String {
        match self {
            Self::Remade(number) => format!("autogen.kept_{number}"),
            Self::Exchanged(number) => format!("autogen.exchanged_{number}"),
        }
    }
}

/// An enum type that is exchanged: the note of its owner and privileges, and the giving back.
pub(super) fn enum_kept(name: &str, number: usize) -> (Statement, Statement) {
    let object = format!("TYPE {name}");
    let kept = Kept { setting: Slot::Exchanged(number).setting(), acl: OF_TYPES, object: &object };
    (Statement::new(kept.keep()), Statement::new(kept.restore()))
}

/// Where the owner and the privileges of a kind of objects stand.
#[derive(Clone, Copy)]
struct Acl {
    catalog: &'static str,
    owner: &'static str,
    privileges: &'static str,
    /// What `acldefault` calls the kind: what holds where nobody granted or revoked anything.
    kind: char,
    /// The type whose input finds an object by its name.
    found_as: &'static str,
}

const OF_TYPES: Acl =
    Acl { catalog: "pg_type", owner: "typowner", privileges: "typacl", kind: 'T', found_as: "regtype" };
const OF_FUNCTIONS: Acl =
    Acl { catalog: "pg_proc", owner: "proowner", privileges: "proacl", kind: 'f', found_as: "regprocedure" };
const OF_TABLES: Acl =
    Acl { catalog: "pg_class", owner: "relowner", privileges: "relacl", kind: 'r', found_as: "regclass" };
const OF_SEQUENCES: Acl = Acl { kind: 's', ..OF_TABLES };

/// Where the owner and the privileges of something wait until it is made again: a setting of the session, so that they
/// are those of the database at hand, whatever it is.
struct Kept<'a> {
    setting: String,
    acl: Acl,
    /// What stands behind ALTER and behind DROP: `VIEW active`.
    object: &'a str,
}

impl<'a> Kept<'a> {
    /// `None` for what has no privileges of its own.
    fn of(definition: &'a Definition, slot: Slot) -> Option<Self> {
        let acl = match definition.name.kind {
            DefinitionKind::View | DefinitionKind::MaterializedView => OF_TABLES,
            DefinitionKind::Sequence => OF_SEQUENCES,
            DefinitionKind::Function | DefinitionKind::Procedure => OF_FUNCTIONS,
            DefinitionKind::Domain | DefinitionKind::CompositeType => OF_TYPES,
            DefinitionKind::Extension
            | DefinitionKind::ViewIndex
            | DefinitionKind::Statistics
            | DefinitionKind::Rule
            | DefinitionKind::Trigger
            | DefinitionKind::Policy
            | DefinitionKind::RowSecurity => return None,
        };
        let object = definition.drop.strip_prefix("DROP ")?;
        Some(Self { setting: slot.setting(), acl, object })
    }

    /// `active` of `VIEW active`.
    fn name(&self) -> &str {
        let words = ["MATERIALIZED VIEW ", "VIEW ", "SEQUENCE ", "FUNCTION ", "PROCEDURE ", "DOMAIN ", "TYPE "];
        words.iter().find_map(|word| self.object.strip_prefix(word)).unwrap_or(self.object)
    }

    /// GRANT knows views as tables.
    fn granted(&self) -> String {
        if ["VIEW ", "MATERIALIZED VIEW "].iter().any(|kind| self.object.starts_with(kind)) {
            format!("TABLE {}", self.name())
        } else {
            self.object.to_owned()
        }
    }

    /// A condition that finds it, and its privileges, a row each.
    fn found(&self) -> (String, String) {
        let Acl { catalog, owner, privileges, kind, found_as } = self.acl;
        let of_it = format!("oid = {}::{found_as}", literal(self.name()));
        (of_it, format!("{catalog}, aclexplode(coalesce({privileges}, acldefault('{kind}', {owner})))"))
    }

    fn keep(&self) -> String {
        let Self { setting, acl: Acl { catalog, owner, .. }, object } = self;
        let (of_it, privileges) = self.found();
        let (name, granted, object) = (literal(self.name()), literal(&self.granted()), literal(object));
        let option = "CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END";
        let of_columns = if *catalog == "pg_class" {
            format!(
                "\n    UNION ALL SELECT format('GRANT %s (%I) ON %s TO %s%s', privilege_type, attname, {granted}, {GRANTEE}, {option})\n        \
                 FROM pg_attribute, aclexplode(attacl) WHERE attrelid = {name}::regclass"
            )
        } else {
            String::new()
        };
        format!(
            "SELECT set_config('{setting}' /* owner and privileges, given back below */, coalesce(json_agg(words)::text, '[]'), false)\n\
             FROM (\n    \
             SELECT format('ALTER %s OWNER TO %I', {object}, pg_get_userbyid({owner}))\n        \
             FROM {catalog} WHERE {of_it} AND pg_get_userbyid({owner}) <> current_user\n    \
             UNION ALL SELECT format('GRANT %s ON %s TO %s%s', privilege_type, {granted}, {GRANTEE}, {option})\n        \
             FROM {privileges} WHERE {of_it} AND grantee <> {owner}{of_columns}\n\
             ) AS kept (words)"
        )
    }

    /// First what ALTER DEFAULT PRIVILEGES gave to the new one is taken. A column that is not there any more has no
    /// privileges to be given back.
    fn restore(&self) -> String {
        let (of_it, privileges) = self.found();
        let (setting, granted, owner) = (literal(&self.setting), literal(&self.granted()), self.acl.owner);
        format!(
            "DO $autogen$ DECLARE words text; BEGIN\n    \
             FOR words IN SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', {granted}, {GRANTEE})\n        \
             FROM {privileges} WHERE {of_it} AND grantee <> {owner} LOOP\n        \
             EXECUTE words;\n    \
             END LOOP;\n    \
             FOR words IN SELECT json_array_elements_text(current_setting({setting})::json) LOOP\n        \
             BEGIN EXECUTE words; EXCEPTION WHEN undefined_column THEN RAISE WARNING 'not given back: %', words; END;\n    \
             END LOOP;\nEND $autogen$"
        )
    }
}

/// The name of a grantee as GRANT takes it.
const GRANTEE: &str = "CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END";

/// What is no longer said is taken back, then what is newly said is said. One comment takes the place of another.
fn parts(from: &Definition, to: &Definition) -> Vec<String> {
    let said_otherwise =
        |part: &Part| part.undo.ends_with(" IS NULL") && to.parts.iter().any(|other| other.undo == part.undo);
    let undone = from.parts.iter().filter(|part| !to.parts.contains(part) && !said_otherwise(part));
    let made = to.parts.iter().filter(|part| !from.parts.contains(part));
    undone.map(|part| part.undo.clone()).chain(made.map(|part| part.make.clone())).collect()
}
