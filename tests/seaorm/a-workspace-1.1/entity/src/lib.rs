pub mod cake;
pub mod filling;
pub mod order;
pub mod prelude;
