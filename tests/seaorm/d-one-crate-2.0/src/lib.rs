pub mod db;
pub mod migrator;
