//! What a statement of `extras.sql` is about, as far as its first words tell.

use super::extras::Extra;
use crate::schema::{DefinitionKind, DefinitionName, Object, QualifiedName};

impl Extra {
    /// Whether it takes the place of what bears its name.
    pub(super) fn replaces(&self) -> bool {
        self.sql.split_whitespace().nth(1).is_some_and(|word| word.eq_ignore_ascii_case("or"))
    }

    /// Namespaces and extensions are there or not, and the entities may need them too.
    pub(super) fn may_be_there(&self, code: Option<&str>) -> bool {
        // duplicate_schema, duplicate_object
        match self.head.kind.as_str() {
            "SCHEMA" => code == Some("42P06"),
            "EXTENSION" => code == Some("42710"),
            _ => false,
        }
    }

    pub(super) fn is_about(&self, object: &Object) -> bool {
        let head = &self.head;
        let is = |name: &QualifiedName| head.name.as_ref() == Some(name);
        let own_name = |name: &String| head.name.as_ref().is_some_and(|it| &it.name == name);
        match object {
            Object::Namespace(name) => head.kind == "SCHEMA" && own_name(name),
            Object::EnumType(name) | Object::Table(name) => is(name),
            Object::EnumLabel(name, _) => is(name),
            Object::Column(table, name) => is(table) && (head.verb == "CREATE" || head.columns.contains(name)),
            Object::Constraint(table, name) => is(table) && (head.verb == "CREATE" || head.constraints.contains(name)),
            Object::Index(table, name) => {
                head.kind == "INDEX" && head.on.as_ref() == Some(table) && (head.name.is_none() || own_name(name))
            }
            Object::Definition(DefinitionName { kind: DefinitionKind::RowSecurity, name, .. }) => {
                head.verb == "ALTER" && is(name)
            }
            Object::Definition(definition) if head.verb == "CREATE" && head.kind == keyword(definition.kind) => {
                let DefinitionName { kind, name, part } = definition;
                match kind {
                    DefinitionKind::Extension => own_name(&name.name),
                    kind if kind.has_host() => head.on.as_ref() == Some(name) && part.as_ref().is_some_and(own_name),
                    _ => is(name),
                }
            }
            Object::Definition(_) => false,
        }
    }
}

/// What stands behind CREATE.
pub(super) fn keyword(kind: DefinitionKind) -> String {
    match kind {
        DefinitionKind::CompositeType => "TYPE".to_owned(),
        DefinitionKind::ViewIndex => "INDEX".to_owned(),
        kind => kind.words().to_ascii_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::scratch::Extras;

    #[test]
    fn names_are_found_by_first_words() {
        let extras = Extras::parse(
            "e.sql",
            "CREATE VIEW v AS SELECT 1;\nCREATE TRIGGER t BEFORE INSERT ON u FOR EACH ROW EXECUTE FUNCTION f();",
            "public",
        )
        .unwrap();
        let on = QualifiedName::new("public", "u");
        let trigger = DefinitionName { kind: DefinitionKind::Trigger, name: on, part: Some("t".to_owned()) };
        let found: BTreeSet<bool> =
            extras.statements.iter().map(|it| it.is_about(&Object::Definition(trigger.clone()))).collect();
        assert_eq!(found.len(), 2);
    }
}
