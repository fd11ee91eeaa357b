pub mod prelude;

pub mod notes;
pub mod users;
