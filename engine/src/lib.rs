//! A DynamoDB engine in this process, for `local` and for tests. The ordinary SDK speaks to it through [`DynamoDb::http_client`], which
//! opens no connection.

mod answer;
mod connector;

use std::fmt;

use dynoxide::Database;

pub use answer::Answer;
pub use dynoxide::DynoxideError as Error;

/// A database; clones share its tables.
#[derive(Clone)]
pub struct DynamoDb(Database);

impl DynamoDb {
    /// An empty database in memory.
    ///
    /// # Errors
    /// SQLite does not start.
    pub fn in_memory() -> Result<Self, Error> {
        Database::memory().map(Self)
    }

    /// The database in a file, which is made if it does not exist.
    ///
    /// # Errors
    /// The file cannot be opened or is not a database.
    pub fn open(path: &str) -> Result<Self, Error> {
        Database::new(path).map(Self)
    }
}

impl fmt::Debug for DynamoDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DynamoDb")
    }
}

#[cfg(test)]
mod tests;
