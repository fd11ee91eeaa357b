//! The oracle: what `autogen` reads from the source of entities against what SeaORM's own runtime makes of them.
//!
//! SeaORM is asked for its structure ([`ask`], in its own words: [`answer`]); the source is read; both are taken apart
//! into [`facts`] and compared ([`judge`]). What differs on purpose stands in one table, [`known`]; anything else fails.
//!
//! The entities are this repository's models, the crate `fixture` (every attribute and type), the crate `random` (150
//! entities by the crate `generator`), and in `soak` thousands more, older versions of SeaORM, and published crates:
//! see `README.md` and `soak.json` beside this crate.

pub mod answer;
pub mod ask;
pub mod facts;
pub mod judge;
pub mod known;
pub mod of_answer;
pub mod of_reader;
pub mod printed;
