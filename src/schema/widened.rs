use serde::{Deserialize, Serialize};

use super::QualifiedName;

/// A unique of the database with more columns than the models' unique of its name: code generators leave out columns of a
/// `unique_key` group. It is taken for the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widened {
    /// The table.
    pub table: QualifiedName,
    /// The name of both.
    pub name: String,
    /// The columns that the models name.
    pub declared: Vec<String>,
    /// The columns that it has.
    pub columns: Vec<String>,
}
