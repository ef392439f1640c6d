//! The embedded DynamoDB engine, on a loopback port of its own, spoken to by the ordinary SDK.

use std::net::SocketAddr;

use aws_sdk_dynamodb::Client;
use dynoxide::Database;
use shared::store::schema;
use tokio::net::TcpListener;

use crate::{Sentence, data::Data};

/// Starts it on the tables of a data folder; it runs as long as the process.
///
/// # Errors
/// The sentence that says what is wrong and what to do.
pub async fn start(data: &Data) -> Result<Client, Sentence> {
    Ok(client(serve(open(data)?).await?))
}

pub(crate) fn open(data: &Data) -> Result<Database, Sentence> {
    let file = data.tables();
    let name = file.display();
    let path =
        file.to_str().ok_or_else(|| format!("{name} is not a path in UTF-8: choose another one with --data."))?;
    Database::new(path)
        .map_err(|error| format!("{name} cannot be opened as tables ({error}): choose another folder with --data."))
}

/// Serves a database as long as the process runs; where.
///
/// # Errors
/// No port is free.
pub async fn serve(database: Database) -> Result<SocketAddr, Sentence> {
    let listener =
        TcpListener::bind("127.0.0.1:0").await.map_err(|error| format!("No loopback port is free: {error}."))?;
    let address = listener.local_addr().map_err(|error| format!("The engine has no address: {error}."))?;
    tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()));
    Ok(address)
}

pub(crate) fn client(engine: SocketAddr) -> Client {
    Client::from_conf(schema::on_this_machine(engine).build())
}
