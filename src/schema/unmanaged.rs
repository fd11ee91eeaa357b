use super::{DefinitionKind, Object, Pattern, Schema};

/// What nobody may touch, whatever else is asked for: `[unmanaged]` of the configuration, and the namespaces of hosted
/// services.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unmanaged {
    rules: Vec<Rule>,
    /// Namespaces that are the user's own by his word, whatever a service may call its own.
    ours: Vec<String>,
}

/// One pattern, and what it is looked up in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it is a pattern of.
    pub of: RuleOf,
    /// The pattern.
    pub pattern: Pattern,
    /// Whether nobody wrote it: a service calls its namespaces so.
    pub hosted: bool,
}

/// The keys of `[unmanaged]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleOf {
    /// Namespaces, and all that is in them.
    Namespaces,
    /// Tables, and all that hangs on them.
    Tables,
    /// Columns.
    Columns,
    /// Indexes.
    Indexes,
    /// Constraints.
    Constraints,
    /// Everything else that has a name: enums, views, functions, triggers, ..
    Objects,
}

impl RuleOf {
    /// Its key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Namespaces => "namespaces",
            Self::Tables => "tables",
            Self::Columns => "columns",
            Self::Indexes => "indexes",
            Self::Constraints => "constraints",
            Self::Objects => "objects",
        }
    }
}

/// Namespaces of hosted services and of extensions that make tables of their own.
///
/// Supabase: `InternalSchemas` and `SystemSchemas` of supabase/cli (internal/utils/misc.go), with `_supavisor`, `pgmq`
/// and `pgmq_public` of its later list; pg_cron, pg_net, pgsodium, pg_tle, pg_repack, PostGIS' tiger geocoder and
/// topology, TimescaleDB and Vault stand there too. Neon Auth: `neon_auth`. Hasura: `hdb_catalog` and `hdb_views`
/// (graphql-engine, server/src-rsr). pglogical and aws_commons: their extensions' control files.
const HOSTED: &[&str] = &[
    "auth",
    "extensions",
    "pgbouncer",
    "realtime",
    "_realtime",
    "storage",
    "_analytics",
    "_supavisor",
    "supabase_functions",
    "supabase_migrations",
    "cron",
    "graphql",
    "graphql_public",
    "net",
    "pgmq",
    "pgmq_public",
    "pgsodium",
    "pgsodium_masks",
    "pgtle",
    "repack",
    "tiger",
    "tiger_data",
    "topology",
    "timescaledb_*",
    "_timescaledb_*",
    "vault",
    "neon_auth",
    "hdb_catalog",
    "hdb_views",
    "pglogical",
    "aws_commons",
];

impl Unmanaged {
    /// These patterns. With `hosted`, the namespaces of hosted services too, without those that are `ours`.
    #[must_use]
    pub fn new(patterns: &[(RuleOf, &[String])], hosted: bool, ours: Vec<String>) -> Self {
        let written = patterns.iter().flat_map(|(of, texts)| {
            texts.iter().map(|text| Rule { of: *of, pattern: Pattern::new(text), hosted: false })
        });
        let services = HOSTED.iter().filter(|_| hosted);
        let services = services.map(|text| Rule { of: RuleOf::Namespaces, pattern: Pattern::new(text), hosted: true });
        Self { rules: written.chain(services).collect(), ours }
    }

    /// The rule by which the object is left alone.
    #[must_use]
    pub fn rule(&self, object: &Object) -> Option<&Rule> {
        let is_ours = || self.ours.iter().any(|it| it == object.namespace());
        self.rules.iter().find(|rule| rule.applies(object) && !(rule.hosted && is_ours()))
    }

    /// Whether a namespace is left alone.
    #[must_use]
    pub fn holds(&self, namespace: &str) -> bool {
        self.rule(&Object::Namespace(namespace.to_owned())).is_some()
    }

    /// The schema without the namespaces, tables, views and triggers that are left alone: nothing else stands on them.
    /// What is left alone and may be needed by the rest (a column, a type, a function) is still there.
    #[must_use]
    pub fn without(&self, mut schema: Schema) -> Schema {
        let hides = |object: &Object| self.hides(object);
        schema.namespaces.retain(|it| !hides(&Object::Namespace(it.name.clone())));
        schema.enum_types.retain(|it| !hides(&Object::EnumType(it.name.clone())));
        schema.tables.retain(|it| !hides(&Object::Table(it.name.clone())));
        schema.definitions.retain(|it| !hides(&Object::Definition(it.name.clone())));
        schema.needs.retain(|it| !hides(&it.of) && !hides(&it.needs));
        schema
    }

    fn hides(&self, object: &Object) -> bool {
        let stands_above = match object {
            Object::Definition(name) => name.kind > DefinitionKind::Procedure,
            Object::Namespace(_)
            | Object::EnumType(_)
            | Object::EnumLabel(..)
            | Object::Table(_)
            | Object::Column(..)
            | Object::Constraint(..)
            | Object::Index(..) => false,
        };
        self.rule(object).is_some_and(|rule| stands_above || matches!(rule.of, RuleOf::Namespaces | RuleOf::Tables))
    }
}

impl Rule {
    fn applies(&self, object: &Object) -> bool {
        let pattern = &self.pattern;
        match self.of {
            RuleOf::Namespaces => pattern.is(object.namespace()),
            RuleOf::Tables => match object {
                Object::Table(name)
                | Object::Column(name, _)
                | Object::Constraint(name, _)
                | Object::Index(name, _) => pattern.names(name),
                Object::Definition(it) => it.kind.has_host() && pattern.names(&it.name),
                Object::Namespace(_) | Object::EnumType(_) | Object::EnumLabel(..) => false,
            },
            RuleOf::Columns => {
                matches!(object, Object::Column(table, name) if pattern.names_part(table, name))
            }
            RuleOf::Indexes => {
                matches!(object, Object::Index(table, name) if pattern.is(name) || pattern.names_part(table, name))
            }
            RuleOf::Constraints => {
                matches!(object, Object::Constraint(table, name) if pattern.is(name) || pattern.names_part(table, name))
            }
            RuleOf::Objects => match object {
                Object::EnumType(name) | Object::EnumLabel(name, _) => {
                    pattern.names(name) || pattern.is(&format!("enum {}", name.name))
                }
                Object::Definition(it) => {
                    let kind = it.kind.words();
                    let own = it.part.as_ref().filter(|_| it.kind.has_host()).unwrap_or(&it.name.name);
                    pattern.is(own) || pattern.is(&format!("{kind} {own}")) || pattern.picks(object)
                }
                Object::Namespace(_)
                | Object::Table(_)
                | Object::Column(..)
                | Object::Constraint(..)
                | Object::Index(..) => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DefinitionName, QualifiedName};

    fn unmanaged(of: RuleOf, text: &str) -> Unmanaged {
        Unmanaged::new(&[(of, &[text.to_owned()])], true, vec!["vault".to_owned()])
    }

    fn users(namespace: &str) -> QualifiedName {
        QualifiedName::new(namespace, "users")
    }

    #[test]
    fn a_service_keeps_its_namespaces_but_for_those_that_are_ours() {
        let rules = Unmanaged::new(&[], true, vec!["vault".to_owned()]);
        for (namespace, left_alone) in
            [("auth", true), ("_timescaledb_internal", true), ("vault", false), ("public", false), ("author", false)]
        {
            assert_eq!(rules.holds(namespace), left_alone, "{namespace}");
            assert_eq!(rules.rule(&Object::Table(users(namespace))).is_some(), left_alone, "{namespace}");
        }
        assert!(!Unmanaged::new(&[], false, Vec::new()).holds("auth"));
    }

    #[test]
    fn each_part_is_looked_up_in_its_own_names() {
        let index = Object::Index(users("public"), "dba_users_name".to_owned());
        let column = Object::Column(users("public"), "tsv".to_owned());
        let kind = DefinitionKind::Trigger;
        let trigger = DefinitionName { kind, name: users("public"), part: Some("audit".to_owned()) };
        let trigger = Object::Definition(trigger);
        for (of, text, object, applies) in [
            (RuleOf::Indexes, "dba_*", &index, true),
            (RuleOf::Indexes, "users.dba_*", &index, true),
            (RuleOf::Indexes, "public.users.*", &index, true),
            (RuleOf::Tables, "dba_*", &index, false),
            (RuleOf::Tables, "users", &index, true),
            (RuleOf::Columns, "*.tsv", &column, true),
            (RuleOf::Columns, "users.*", &index, false),
            (RuleOf::Objects, "audit", &trigger, true),
            (RuleOf::Objects, "trigger a*", &trigger, true),
            (RuleOf::Objects, "view a*", &trigger, false),
            (RuleOf::Tables, "users", &trigger, true),
        ] {
            assert_eq!(unmanaged(of, text).rule(object).is_some(), applies, "{text} {object}");
        }
    }
}
