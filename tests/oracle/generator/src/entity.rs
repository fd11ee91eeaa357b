//! A crate of entities.

use fastrand::Rng;

use crate::column::{self, Field};
use crate::shared::{self, Newtype, TextEnum};
use crate::{Version, names};

/// A crate: what its entities share, and they.
#[derive(Debug, Clone)]
pub struct Crate {
    /// What it was made from.
    pub seed: u64,
    /// Which SeaORM it is for.
    pub version: Version,
    /// Enums, in the module `enums`.
    pub enums: Vec<TextEnum>,
    /// Newtypes and aliases, in the module `newtypes`.
    pub newtypes: Vec<Newtype>,
    /// Entities, each in a module of its own.
    pub entities: Vec<Entity>,
}

/// How an entity is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `DeriveEntityModel`.
    Compact,
    /// `#[sea_orm::model]`.
    Dense,
    /// `DeriveEntity` and its like.
    Expanded,
}

/// An entity.
#[derive(Debug, Clone)]
pub struct Entity {
    /// Its module is `e` and this number.
    pub number: usize,
    /// How it is written.
    pub form: Form,
    /// `table_name`.
    pub table: String,
    /// `schema_name`.
    pub namespace: Option<String>,
    /// `comment`.
    pub comment: Option<String>,
    /// `rename_all`.
    pub rename_all: Option<&'static str>,
    /// Columns.
    pub fields: Vec<Field>,
    /// Relations with a foreign key, or without one where that is said.
    pub relations: Vec<Relation>,
    /// Numbers of entities that refer to this one and are named in `has_many`.
    pub has_many: Vec<usize>,
}

/// A relation to another entity, or to the entity itself.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The variant.
    pub name: String,
    /// The number of the other entity.
    pub target: usize,
    /// Fields here and there.
    pub columns: Vec<(String, String)>,
    /// `on_update`.
    pub on_update: Option<&'static str>,
    /// `on_delete`.
    pub on_delete: Option<&'static str>,
    /// `fk_name`; the dense form has none.
    pub fk_name: Option<String>,
    /// `skip_fk`.
    pub skip_fk: bool,
    /// `impl Related` beside it.
    pub related: bool,
    /// Whether attributes are separated by commas.
    pub commas: bool,
}

const ACTIONS: [&str; 5] = ["NoAction", "Restrict", "Cascade", "SetNull", "SetDefault"];

impl Crate {
    /// So many entities from a seed.
    #[must_use]
    pub fn random(seed: u64, version: Version, count: usize) -> Self {
        let mut random = Rng::with_seed(seed);
        let mut made = Self {
            seed,
            version,
            enums: shared::enums(&mut random, version, 3 + count / 10),
            newtypes: shared::newtypes(&mut random, version, 3 + count / 10),
            entities: Vec::new(),
        };
        for number in 0..count {
            // One generator an entity: a change of one leaves the others alone.
            let mut own = Rng::with_seed(seed ^ (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            made.entities.push(entity(&mut own, &made, number));
        }
        for number in 0..count {
            let mut own = Rng::with_seed(seed ^ (number as u64 + 1).wrapping_mul(0xd1b5_4a32_d192_ed03));
            made.entities[number].relations = relations(&mut own, &made, number);
        }
        made.refer_back();
        made
    }

    /// Names some relations from their other side too: `has_many`, which makes no key there.
    fn refer_back(&mut self) {
        let related: Vec<(usize, usize)> = self
            .entities
            .iter()
            .flat_map(|entity| {
                let to_others =
                    entity.relations.iter().filter(|relation| relation.related && relation.target != entity.number);
                to_others.map(|relation| (relation.target, entity.number)).collect::<Vec<_>>()
            })
            .collect();
        for (target, from) in related {
            if self.entities[target].form != Form::Dense && (target + from).is_multiple_of(2) {
                self.entities[target].has_many.push(from);
            }
        }
    }
}

fn entity(random: &mut Rng, made: &Crate, number: usize) -> Entity {
    let form = match (random.u8(..10), made.version) {
        (0..=4, _) | (5 | 6, Version::One) => Form::Compact,
        (5 | 6, Version::Two) => Form::Dense,
        _ => Form::Expanded,
    };
    let rename_all = column::rename_all(random).filter(|_| form != Form::Expanded);
    Entity {
        number,
        form,
        table: names::table(random, number),
        namespace: (random.u8(..6) == 0).then(|| "audit".to_owned()),
        comment: (random.u8(..8) == 0).then(|| format!("it's \"table\" {number}")),
        rename_all,
        fields: column::fields(random, made, form, rename_all.is_some()),
        relations: Vec::new(),
        has_many: Vec::new(),
    }
}

fn relations(random: &mut Rng, made: &Crate, number: usize) -> Vec<Relation> {
    let entity = &made.entities[number];
    let own: Vec<&Field> = entity.fields.iter().filter(|field| !field.ignore).collect();
    let mut relations: Vec<Relation> = Vec::new();
    for at in 0..[0, 0, 1, 1, 2, 3][random.usize(..6)] {
        let target = if random.u8(..5) == 0 { number } else { random.usize(..made.entities.len()) };
        // The dense form asks the other side for what only the dense form has.
        let other = &made.entities[target];
        if entity.form == Form::Dense && other.form != Form::Dense {
            continue;
        }
        let there: Vec<&Field> = other.fields.iter().filter(|field| !field.ignore).collect();
        let most = own.len().min(there.len());
        let width = if random.u8(..4) == 0 { 2.min(most) } else { 1 };
        let columns: Vec<(String, String)> =
            pick(random, &own, width).into_iter().zip(pick(random, &there, width)).collect();
        let sources: Vec<&String> = columns.iter().map(|(from, _)| from).collect();
        // Their keys would be called the same.
        if relations.iter().any(|other| other.columns.iter().map(|(from, _)| from).eq(sources.iter().copied())) {
            continue;
        }
        let related = entity.form == Form::Compact && target != number && random.bool();
        let action = |random: &mut Rng| (random.u8(..2) == 0).then(|| ACTIONS[random.usize(..ACTIONS.len())]);
        relations.push(Relation {
            name: format!("Relation{at}"),
            target,
            columns,
            on_update: action(random),
            on_delete: action(random),
            fk_name: (entity.form != Form::Dense && random.u8(..5) == 0).then(|| format!("key \"{number}\" {at}")),
            skip_fk: made.version == Version::Two && random.u8(..8) == 0,
            related: related && relations.iter().all(|other| other.target != target),
            commas: made.version == Version::One || random.bool(),
        });
    }
    relations
}

fn pick(random: &mut Rng, fields: &[&Field], count: usize) -> Vec<String> {
    let mut names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    random.shuffle(&mut names);
    names.truncate(count);
    names
}
