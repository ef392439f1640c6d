//! The sandbox's DynamoDB table: keys, conditional updates and transactions. This module knows nothing about social
//! networks.

mod table;
mod update;

pub(crate) use table::{Committed, Store, Updated};
pub(crate) use update::{Key, Update, Value, Write, number};
