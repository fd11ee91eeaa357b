use serde::{Deserialize, Serialize};

/// What is set on a table and on its parts and is no structure: storage, statistics targets, privileges. It is never
/// compared, so two of them are always equal; what is made again gets it back.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Kept {
    /// In the order in which they are set.
    pub settings: Vec<Setting>,
}

impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Kept {}

/// One of them. Actions are Postgres' own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// `ALTER TABLE table ..`: `SET (fillfactor = '70')`.
    Table(String),
    /// `ALTER TABLE table ALTER COLUMN column ..`: `SET STORAGE EXTERNAL`.
    Column(String, String),
    /// `ALTER INDEX index ..`: `ALTER COLUMN 1 SET STATISTICS 300`.
    Index(String, String),
    /// `CLUSTER ON index`.
    Cluster(String),
    /// `REPLICA IDENTITY USING INDEX index`.
    ReplicaIdentity(String),
    /// `GRANT privilege ON table TO grantee`.
    Grant {
        /// The column that it is about.
        column: Option<String>,
        /// `SELECT`.
        privilege: String,
        /// A role or PUBLIC, as SQL.
        grantee: String,
    },
    /// A partition: the statement that makes it.
    Partition(String),
    /// Of a view, a function, a type, whole: `ALTER VIEW active OWNER TO bob`, `GRANT SELECT ON TABLE active TO anna`.
    Definition(String),
}

impl Kept {
    /// The column has another name from now on.
    pub(super) fn rename_column(&mut self, from: &str, to: &str) {
        for setting in &mut self.settings {
            match setting {
                Setting::Column(name, _) | Setting::Grant { column: Some(name), .. } if name == from => {
                    to.clone_into(name);
                }
                Setting::Column(..)
                | Setting::Grant { .. }
                | Setting::Table(_)
                | Setting::Index(..)
                | Setting::Cluster(_)
                | Setting::ReplicaIdentity(_)
                | Setting::Partition(_)
                | Setting::Definition(_) => {}
            }
        }
    }

    /// The index has another name from now on, or the constraint that it belongs to.
    pub(super) fn rename_index(&mut self, from: &str, to: &str) {
        for setting in &mut self.settings {
            match setting {
                Setting::Index(name, _) | Setting::Cluster(name) | Setting::ReplicaIdentity(name) if name == from => {
                    to.clone_into(name);
                }
                Setting::Index(..)
                | Setting::Cluster(_)
                | Setting::ReplicaIdentity(_)
                | Setting::Column(..)
                | Setting::Grant { .. }
                | Setting::Table(_)
                | Setting::Partition(_)
                | Setting::Definition(_) => {}
            }
        }
    }

    /// Forgets owner and privileges.
    pub(super) fn drop_privileges(&mut self) {
        self.settings.retain(|it| match it {
            Setting::Grant { .. } | Setting::Definition(_) => false,
            Setting::Table(action) => !action.starts_with("OWNER TO "),
            Setting::Column(..)
            | Setting::Index(..)
            | Setting::Cluster(_)
            | Setting::ReplicaIdentity(_)
            | Setting::Partition(_) => true,
        });
    }
}
