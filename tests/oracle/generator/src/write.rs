//! A crate as text: one file, everything in modules inside it.

use crate::{Crate, Entity, Form};

const USES: &str = "    #[allow(unused_imports)]\n    use sea_orm::entity::prelude::*;\n    #[allow(unused_imports)]\n    use \
                    sea_orm::sea_query::ExprTrait as _;\n";

impl Crate {
    /// The source of the crate's root, and a function `all` that asks SeaORM about each entity: it needs a module `ask`
    /// and a module `answer` beside it.
    #[must_use]
    pub fn source(&self) -> String {
        let mut out = String::new();
        line!(out, "// seed {}, {} entities", self.seed, self.entities.len());
        self.modules(&mut out);
        line!(
            out,
            "/// Asks about every entity.\npub fn all() -> answer::Answer {{\n    let mut answer = ask::begin();"
        );
        for entity in &self.entities {
            let module = format!("e{}", entity.number);
            line!(out, "    ask::entity(&mut answer, \"{module}\", {module}::Entity);");
        }
        line!(out, "    answer\n}}");
        out
    }

    /// Several crates in one, each in a module `r` and its number.
    #[must_use]
    pub fn source_of_all(all: &[Self]) -> String {
        let mut out = String::new();
        for (number, made) in all.iter().enumerate() {
            let mut inside = String::new();
            made.modules(&mut inside);
            let inside = inside
                .replace("crate::enums::", &format!("crate::r{number}::enums::"))
                .replace("crate::newtypes::", &format!("crate::r{number}::newtypes::"));
            line!(out, "pub mod r{number} {{\n{inside}\n}}");
        }
        line!(out, "pub fn all() -> answer::Answer {{\n    let mut answer = ask::begin();");
        for (number, made) in all.iter().enumerate() {
            for entity in &made.entities {
                let module = format!("r{number}::e{}", entity.number);
                line!(out, "    ask::entity(&mut answer, \"{module}\", {module}::Entity);");
            }
        }
        line!(out, "    answer\n}}");
        out
    }

    /// The manifest of the crate, for the reader.
    #[must_use]
    pub fn manifest(&self) -> String {
        let version = match self.version {
            crate::Version::One => "1.1",
            crate::Version::Two => "2",
        };
        format!(
            "[package]\nname = \"random\"\nedition = \"2021\"\n\n[dependencies]\nsea-orm = \"{version}\"\nchrono = \"0.4\"\nuuid = \
             \"1\"\nserde = \"1\"\nserde_json = \"1\"\n\n[workspace]\n"
        )
    }

    fn modules(&self, out: &mut String) {
        line!(out, "/// Enums.\npub mod enums {{\n{USES}");
        self.enums.iter().for_each(|text_enum| text_enum.write(out));
        line!(out, "}}\n\n/// Newtypes.\npub mod newtypes {{\n{USES}");
        for newtype in &self.newtypes {
            line!(out, "    {}\n", newtype.source);
        }
        line!(out, "}}\n");
        for entity in &self.entities {
            self.module(out, entity);
        }
    }

    fn module(&self, out: &mut String, entity: &Entity) {
        line!(out, "/// {:?}.\npub mod e{} {{\n{USES}", entity.form, entity.number);
        let names = |prefix: &str| {
            let used = entity.fields.iter().filter_map(|field| {
                let bare = field.rust_type.trim_start_matches("Vec<").trim_end_matches('>');
                bare.starts_with(prefix).then(|| bare.to_owned())
            });
            used.collect::<std::collections::BTreeSet<String>>()
        };
        // By name, or all of them.
        let enums = names("Enum");
        match enums.len() {
            0 => {}
            1 => enums.iter().for_each(|name| line!(out, "    use super::enums::{name};")),
            _ => line!(out, "    use crate::enums::*;"),
        }
        if !names("Newtype").is_empty() {
            line!(out, "    use super::newtypes::*;");
        }
        out.push('\n');
        match entity.form {
            Form::Compact => self.compact(out, entity),
            Form::Dense => self.dense(out, entity),
            Form::Expanded => self.expanded(out, entity),
        }
        line!(out, "    impl ActiveModelBehavior for ActiveModel {{}}\n}}\n");
    }
}
