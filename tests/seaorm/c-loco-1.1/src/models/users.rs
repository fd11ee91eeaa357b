pub use super::_entities::users::{ActiveModel, Entity, Model};
