//! Published crates: their entities are compiled here as they lie in cargo's registry folder, without what their
//! crates need besides, and read there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use autogen::introspect::{self, Source};
use oracle::answer::Answer;
use oracle::judge;

use crate::run::{ONE, Runtime, TWO, ZERO_12, target};
use crate::{Outcome, Result};

/// Entities in a published crate.
#[derive(Clone, Copy)]
struct Published {
    /// Beside the package's name, where there are several modules.
    part: &'static str,
    package: &'static str,
    version: &'static str,
    /// The module file inside the crate.
    module: &'static str,
    runtime: &'static Runtime,
    /// What the reader refuses, and is told to leave out.
    ignore: &'static [&'static str],
    /// Only the files with entities, and these modules, are compiled, at their places in the crate: the rest needs half
    /// of crates.io.
    skeleton: Option<&'static [&'static str]>,
    /// What the entities need of their crate.
    beside: &'static str,
}

const PLAIN: Published = Published {
    part: "",
    package: "",
    version: "",
    module: "",
    runtime: &TWO,
    ignore: &[],
    skeleton: None,
    beside: "",
};
const SEA_ORM_2: Published = Published { package: "sea-orm", version: "2.0.4", ..PLAIN };
const SEA_ORM_1: Published = Published { package: "sea-orm", version: "1.1.20", runtime: &ONE, ..PLAIN };
const CODEGEN: Published = Published { package: "sea-orm-codegen", version: "2.0.4", ..PLAIN };

const ALL: [Published; 21] = [
    Published { package: "kellnr-entity", version: "6.13.0", module: "src/lib.rs", ..PLAIN },
    Published { package: "durable-db", version: "0.3.7", module: "src/entity/mod.rs", runtime: &ONE, ..PLAIN },
    Published {
        package: "lariv-rs",
        version: "0.1.0",
        module: "src/lib.rs",
        runtime: &ONE,
        skeleton: Some(&["plugins::users::null_text", "plugins::users::phone"]),
        ..PLAIN
    },
    Published { package: "sea-orm-adapter", version: "0.4.0", module: "src/entity.rs", runtime: &ONE, ..PLAIN },
    Published {
        package: "torii-storage-seaorm",
        version: "0.5.2",
        module: "src/entities/mod.rs",
        runtime: &ONE,
        beside: USER_ID,
        ..PLAIN
    },
    Published {
        package: "tower-sessions-seaorm-store",
        version: "0.1.1",
        module: "src/entity/mod.rs",
        runtime: &ONE,
        ..PLAIN
    },
    Published {
        package: "trifid_api_entities",
        version: "0.2.0",
        module: "src/entity/mod.rs",
        runtime: &ZERO_12,
        ..PLAIN
    },
    Published {
        package: "uobors_infrastructure_database_seaorm",
        version: "0.0.6",
        module: "src/entities/mod.rs",
        runtime: &ZERO_12,
        ..PLAIN
    },
    Published { package: "utils-cli-entity", version: "1.0.9", module: "src/lib.rs", runtime: &ZERO_12, ..PLAIN },
    Published { part: "bakery", module: "tests/common/bakery_chain/mod.rs", beside: SETUP, ..SEA_ORM_2 },
    Published { part: "bakery, dense", module: "tests/common/bakery_dense/mod.rs", beside: SETUP, ..SEA_ORM_2 },
    Published { part: "blogger", module: "tests/common/blogger/mod.rs", beside: SETUP, ..SEA_ORM_2 },
    Published { part: "blogger, by hand", module: "tests/common/blogger_legacy/mod.rs", beside: SETUP, ..SEA_ORM_2 },
    Published {
        part: "features",
        module: "tests/common/features/mod.rs",
        ignore: &["crate::active_enum_vec", "crate::dyn_table_name"],
        beside: SETUP,
        ..SEA_ORM_2
    },
    Published { part: "bakery", module: "tests/common/bakery_chain/mod.rs", beside: SETUP, ..SEA_ORM_1 },
    Published {
        part: "features",
        module: "tests/common/features/mod.rs",
        ignore: &["crate::active_enum_vec", "crate::dyn_table_name_lazy_static"],
        beside: SETUP,
        ..SEA_ORM_1
    },
    Published { part: "compact", module: "tests/compact/mod.rs", ..CODEGEN },
    Published { part: "dense", module: "tests/dense/mod.rs", ..CODEGEN },
    Published { part: "expanded", module: "tests/expanded/mod.rs", ..CODEGEN },
    Published { part: "compact, with schemas", module: "tests/compact_with_schema_name/mod.rs", ..CODEGEN },
    Published { part: "expanded, with schemas", module: "tests/expanded_with_schema_name/mod.rs", ..CODEGEN },
];

/// Built with a SeaORM that the reader does not know the rules of: to be refused as a whole.
const TOO_OLD: [(&str, &str, &str); 3] = [
    ("photon-indexer", "0.50.0", "src/dao/generated/mod.rs"),
    ("leetcode-tui-rs", "0.2.0", "src/entities/mod.rs"),
    ("starfish-core", "0.1.1", "src/entities/mod.rs"),
];

/// What an entity of SeaORM's tests takes from the rest of them.
const SETUP: &str = "extern crate sea_orm as sea_orm_macros; pub mod common { pub mod setup { pub fn rust_dec<T>(_: T) -> sea_orm::prelude::Decimal { \
                     unimplemented!() } } }";

/// What an entity of torii takes from its core.
const USER_ID: &str = "extern crate self as torii_core; pub struct UserId; impl UserId { pub fn new_random() -> Self { \
                       unimplemented!() } pub fn into_inner(self) -> String { unimplemented!() } }";

/// Modules of SeaORM's tests that talk to a database.
const NO_ENTITIES: [&str; 2] = ["schema", "seed_data"];

/// Compiles and judges each, or those of one package. What cannot be compiled is counted too: nobody judged it.
pub(crate) fn judge(one: Option<&str>) -> Result<(BTreeMap<String, Outcome>, usize)> {
    let mut outcomes = BTreeMap::new();
    let mut unjudged = 0;
    for published in ALL.iter().filter(|published| one.is_none_or(|one| published.package == one)) {
        let name = published.name();
        match published.judge() {
            Ok(outcome) => drop(outcomes.insert(name, outcome)),
            Err(error) => {
                println!("{name}: NOT COMPILED: {error}");
                unjudged += 1;
            }
        }
    }
    for (package, version, module) in TOO_OLD {
        if one.is_none_or(|one| package == one) {
            let published = Published { package, version, module, ..PLAIN };
            outcomes.insert(published.name(), published.refused()?);
        }
    }
    Ok((outcomes, unjudged))
}

impl Published {
    fn name(&self) -> String {
        let part = if self.part.is_empty() { String::new() } else { format!(" ({})", self.part) };
        format!("{} {}{part}", self.package, self.version)
    }

    fn judge(&self) -> Result<Outcome> {
        let folder = self.source()?;
        let file = folder.join(self.module);
        let entities = entities(&folder, &file)?;
        let mut answer = self.answer(&file, &entities)?;
        let seaorm = self.runtime.seaorm()?;
        let count = answer.tables.len();
        answer.tables.retain(|table| {
            let module = format!("crate::{}", table.module);
            !self.ignore.contains(&module.as_str())
        });
        let refused = count - answer.tables.len();
        once(&mut answer);
        let source = Source {
            root: folder,
            paths: vec![self.module.into()],
            default_namespace: "public".into(),
            ignore: self.ignore.iter().map(|name| (*name).to_owned()).collect(),
            ..Source::default()
        };
        let models = match introspect::models(&source) {
            Ok(reading) => reading.models,
            Err(problems) => {
                println!("{}: REFUSED {problems}", self.name());
                let refusals = vec![problems.to_string()];
                return Ok(Outcome { seaorm, entities: count, refused: count, refusals, ..Outcome::default() });
            }
        };
        let verdict = judge::compare(&models, &answer);
        println!("{}: {verdict}", self.name());
        let outcome = Outcome::of(&seaorm, &verdict);
        Ok(Outcome { entities: count, refused, equal: count - refused - outcome.different, ..outcome })
    }

    /// Not compiled: it must be refused for the version of its SeaORM.
    fn refused(&self) -> Result<Outcome> {
        let folder = self.source()?;
        let entities = entities(&folder, &folder.join(self.module))?.len();
        let said = match judge::read(&folder, self.module) {
            Ok(_) => return Err(format!("{} was read", self.name()).into()),
            Err(problems) => problems.to_string(),
        };
        println!("{}: {said}", self.name());
        let (_, after) = said.split_once("built with SeaORM ").ok_or("refused for another reason")?;
        let seaorm = after.split(',').next().unwrap_or_default().to_owned();
        Ok(Outcome { seaorm, entities, refused: entities, refusals: vec![said], ..Outcome::default() })
    }

    /// Compiles the module as it lies there and asks about each of its entities.
    fn answer(&self, file: &Path, entities: &BTreeSet<String>) -> Result<Answer> {
        let (prefix, text) = match self.skeleton {
            Some(beside) => {
                let all = entities.iter().map(String::as_str).chain(beside.iter().copied()).collect();
                ("", skeleton(file, &all)?)
            }
            None => ("entities::", format!("pub mod entities {{\n{}\n}}\n", inline(file)?)),
        };
        let mut source = format!("{}\n{text}", self.beside);
        source.push_str("pub fn all() -> answer::Answer {\n    let mut answer = ask::begin();\n");
        for module in entities {
            let path = if module.is_empty() { String::new() } else { format!("{module}::") };
            source.push_str(&format!(
                "    ask::entity(&mut answer, {module:?}, <{prefix}{path}Entity as Default>::default());\n"
            ));
        }
        source.push_str("    answer\n}\n");
        let folder = target().join("oracle-published");
        std::fs::create_dir_all(&folder)?;
        let main = folder.join("source.rs");
        std::fs::write(&main, source)?;
        self.runtime.answer(&[], &[("ORACLE_SOURCE", main.display().to_string())])
    }

    /// Its folder in cargo's registry. `cargo info` fetches and unpacks a crate without what it depends on.
    fn source(&self) -> Result<PathBuf> {
        if let Some(folder) = self.unpacked()? {
            return Ok(folder);
        }
        let package = format!("{}@{}", self.package, self.version);
        let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
        Command::new(cargo).args(["info", "--quiet", &package]).current_dir(std::env::temp_dir()).output()?;
        self.unpacked()?.ok_or_else(|| format!("cargo cannot fetch {package}").into())
    }

    fn unpacked(&self) -> Result<Option<PathBuf>> {
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).ok_or("no CARGO_HOME and no HOME")?;
        for registry in home.join("registry/src").read_dir()? {
            let folder = registry?.path().join(format!("{}-{}", self.package, self.version));
            if folder.join(".cargo-ok").exists() {
                return Ok(Some(folder));
            }
        }
        Ok(None)
    }
}

/// The modules of a crate with nothing in them but the files that hold entities.
fn skeleton(root: &Path, entities: &BTreeSet<&str>) -> Result<String> {
    let mut text = String::new();
    let mut open: Vec<&str> = Vec::new();
    let folder = root.parent().ok_or("a file is in a folder")?;
    for entity in entities {
        let path: Vec<&str> = entity.split("::").collect();
        let (name, above) = path.split_last().ok_or("an entity is in a module")?;
        while !above.starts_with(&open) {
            open.pop();
            text.push_str("}\n");
        }
        for module in &above[open.len()..] {
            open.push(module);
            text.push_str(&format!("pub mod {module} {{\n"));
        }
        let below = folder.join(above.join("/"));
        let files = [below.join(format!("{name}.rs")), below.join(name).join("mod.rs")];
        let file = files.iter().find(|file| file.is_file()).ok_or_else(|| format!("no file {entity}"))?;
        text.push_str(&format!("#[path = {:?}] pub mod {name};\n", file.display().to_string()));
    }
    text.push_str(&"}\n".repeat(open.len()));
    Ok(text)
}

/// The text of a module file, its children where they lie.
fn inline(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file)?;
    let folder = file.parent().ok_or("a file is in a folder")?;
    let lines =
        text.lines().filter(|line| !line.contains("use ") || !NO_ENTITIES.iter().any(|name| line.contains(name)));
    let lines = lines.filter_map(|line| {
        let public = line.strip_prefix("pub(crate) ").or_else(|| line.strip_prefix("pub ")).unwrap_or(line);
        let Some(name) = public.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) else {
            return Some(line.to_owned());
        };
        let files = [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")];
        let file = files.iter().find(|file| file.is_file())?;
        (!NO_ENTITIES.contains(&name)).then(|| format!("#[path = {:?}] pub mod {name};", file.display().to_string()))
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// Two entities on one table that agree are one table.
fn once(answer: &mut Answer) {
    let mut seen = BTreeSet::new();
    answer.tables.retain(|table| {
        let mut nameless = table.clone();
        nameless.module.clear();
        seen.insert(format!("{nameless:?}"))
    });
}

/// The modules below a file in which there is an `Entity`, as paths from it. Not by the reader: what it overlooks is
/// to be missed.
fn entities(folder: &Path, file: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let children = file.parent().ok_or("a file is in a folder")?;
    let parsed = syn::parse_file(&std::fs::read_to_string(file)?)?;
    look(&parsed.items, children, "", &default_features(folder)?, &mut found)?;
    Ok(found)
}

fn look(
    items: &[syn::Item],
    children: &Path,
    path: &str,
    features: &BTreeSet<String>,
    found: &mut BTreeSet<String>,
) -> Result<()> {
    for item in items {
        match item {
            syn::Item::Struct(item) if derives_entity(&item.attrs) => {
                found.insert(path.to_owned());
            }
            syn::Item::Mod(module) if !module.attrs.iter().all(|attribute| is_on(attribute, features)) => {}
            syn::Item::Mod(module) => {
                let name = module.ident.to_string();
                let below = if path.is_empty() { name.clone() } else { format!("{path}::{name}") };
                let folder = children.join(name.trim_start_matches("r#"));
                match &module.content {
                    Some((_, inside)) => look(inside, &folder, &below, features, found)?,
                    None => {
                        let files = [folder.with_extension("rs"), folder.join("mod.rs")];
                        let file = files.iter().find(|file| file.is_file()).ok_or_else(|| format!("no {below}"))?;
                        let parsed = syn::parse_file(&std::fs::read_to_string(file)?)?;
                        look(&parsed.items, &folder, &below, features, found)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The features that are on when nobody says anything.
fn default_features(folder: &Path) -> Result<BTreeSet<String>> {
    let manifest: toml::Table = std::fs::read_to_string(folder.join("Cargo.toml"))?.parse()?;
    let all = manifest.get("features").and_then(toml::Value::as_table).cloned().unwrap_or_default();
    let mut on = BTreeSet::new();
    let mut next = vec!["default".to_owned()];
    while let Some(feature) = next.pop() {
        if on.insert(feature.clone()) {
            let implied = all.get(&feature).and_then(toml::Value::as_array).into_iter().flatten();
            next.extend(implied.filter_map(toml::Value::as_str).map(str::to_owned));
        }
    }
    Ok(on)
}

/// Whether an attribute lets the module be: no `cfg`, or one that asks for a feature that is on.
fn is_on(attribute: &syn::Attribute, features: &BTreeSet<String>) -> bool {
    let text = attribute.meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default();
    !attribute.path().is_ident("cfg") || features.iter().any(|feature| text.contains(&format!("\"{feature}\"")))
}

fn derives_entity(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("derive")).any(|attribute| {
        let mut found = false;
        let _ = attribute.parse_nested_meta(|meta| {
            let last = meta.path.segments.last().map(|segment| segment.ident.to_string());
            found |= matches!(last.as_deref(), Some("DeriveEntity" | "DeriveEntityModel"));
            Ok(())
        });
        found
    })
}
