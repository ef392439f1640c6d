//! The tables of a data folder, in an engine in this process.

use aws_sdk_dynamodb::Client;
use engine::DynamoDb;
use shared::store::schema;

use crate::{
    Sentence,
    data::{self, Data},
};

/// A client of a data folder's tables.
///
/// # Errors
/// The sentence that says what is wrong and what to do.
pub fn dynamodb(data: &Data) -> Result<Client, Sentence> {
    Ok(client(&open(data)?))
}

pub(crate) fn open(data: &Data) -> Result<DynamoDb, Sentence> {
    let file = data.tables();
    let name = file.display();
    let path =
        file.to_str().ok_or_else(|| format!("{name} is not a path in UTF-8: choose another one with --data."))?;
    data::keep_private(&file).map_err(|error| format!("{name} cannot be kept private: {error}."))?;
    DynamoDb::open(path)
        .map_err(|error| format!("{name} cannot be opened as tables ({error}): choose another folder with --data."))
}

pub(crate) fn client(engine: &DynamoDb) -> Client {
    Client::from_conf(schema::on_this_machine(engine.http_client()).build())
}
