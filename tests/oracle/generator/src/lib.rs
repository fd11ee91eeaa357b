//! Writes random SeaORM entities: every form, attribute, type and relation that SeaORM's macros take.
//!
//! One seed makes one crate, on every machine ([`Crate::random`]); an entity that fails is made smaller by
//! [`Crate::simpler`], all attempts of a round at once, so that one compilation judges them.

/// A line of source.
macro_rules! line {
    ($out:expr, $($text:tt)*) => {{
        $out.push_str(&format!($($text)*));
        $out.push('\n');
    }};
}

mod column;
mod entity;
mod names;
mod shared;
mod simpler;
mod write;
mod write_entity;

pub use column::Field;
pub use entity::{Crate, Entity, Form, Relation};
pub use shared::{Newtype, TextEnum};

/// Which SeaORM the entities are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 1.1, without what came with 2.
    One,
    /// 2.
    Two,
}
