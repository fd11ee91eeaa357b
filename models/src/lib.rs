//! The entities of a small context-memory service.
//!
//! Organisations have members; members keep memories in projects, link and tag them, and reach them through API keys.
//! `autogen` reads this crate from source. Both of SeaORM's forms are in use: the dense `#[sea_orm::model]` where a
//! relation is also walked in queries, and the compact `DeriveEntityModel` elsewhere.

pub mod types;

pub mod organization;
pub mod user;
pub mod membership;
pub mod session;
pub mod api_key;

pub mod project;
pub mod memory;
pub mod memory_embedding;
pub mod memory_link;
pub mod tag;
pub mod memory_tag;

pub mod usage_record;
pub mod audit_event;
