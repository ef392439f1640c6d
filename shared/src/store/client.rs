//! Clients, and the claims that keep their names unique.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Error, Inserted, Item, Origin, Store,
    account::AccountItem,
    from_item, key, keys,
    listing::{List, Page},
    to_item,
    transact::{Outcome, put},
};
use crate::{
    account::Account,
    client::{Client, ClientName, ClientType},
    id::ClientId,
    tenant::Tenant,
};

const ABSENT: &str = "attribute_not_exists(pk)";

/// The result of creating a client.
#[derive(Debug, PartialEq)]
pub enum Created {
    New,
    /// A replay: the same request created it before, or found one of that name (`known`).
    Replayed {
        client: Client,
        known: bool,
    },
    /// A client of that name exists under another idempotency key. A mark records this result for this key.
    Known(Client),
    /// The idempotency key was used for another request.
    KeyReused,
}

#[derive(Serialize, Deserialize)]
struct ClientItem {
    pk: String,
    sk: String,
    id: ClientId,
    name: ClientName,
    #[serde(rename = "type")]
    kind: ClientType,
    created_at: DateTime<Utc>,
    #[serde(flatten)]
    origin: Origin,
    tenant_list: String,
    listed_at: String,
}

/// Stored instead of a client if one of that name already existed, so that a replay returns the same result.
#[derive(Serialize, Deserialize)]
struct MarkItem {
    pk: String,
    sk: String,
    same_as: ClientId,
    #[serde(flatten)]
    origin: Origin,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ClientOrMark {
    Mark(MarkItem),
    Client(ClientItem),
}

#[derive(Serialize, Deserialize)]
struct NameItem {
    pk: String,
    sk: String,
    client: ClientId,
}

impl From<ClientItem> for Client {
    fn from(item: ClientItem) -> Self {
        Self { id: item.id, name: item.name, kind: item.kind, created_at: item.created_at }
    }
}

impl Store {
    /// Creates a client; ids and names are unique.
    pub async fn create_client(&self, tenant: Tenant, client: &Client, origin: &Origin) -> Result<Created, Error> {
        let item = ClientItem {
            pk: keys::client(tenant, client.id),
            sk: keys::CLIENT.into(),
            id: client.id,
            name: client.name.clone(),
            kind: client.kind,
            created_at: client.created_at,
            origin: origin.clone(),
            tenant_list: keys::clients_of_tenant(tenant),
            listed_at: keys::listed_at(client.created_at, client.id),
        };
        let claim = NameItem { pk: keys::name(tenant, client.name.as_str()), sk: keys::NAME.into(), client: client.id };
        let outcome = self
            .transact(vec![
                // Two requests with one idempotency key: the second finds what the first created.
                put(&self.table, to_item(&item), ABSENT).build(),
                // Two idempotency keys with one name: the second finds the name's owner.
                put(&self.table, to_item(&claim), ABSENT).build(),
            ])
            .await?;
        let Outcome::Refused(mut items) = outcome else { return Ok(Created::New) };
        let name = items.pop().flatten();
        let client_item = items.pop().flatten();
        match (client_item, name) {
            (Some(existing), _) => self.met(tenant, origin, existing).await,
            (None, Some(claim)) => {
                let claim: NameItem = from_item(claim)?;
                self.mark_known(tenant, client, claim.client, origin).await
            }
            (None, None) => Err(Error::Corrupt("a canceled transaction without a failed condition".into())),
        }
    }

    /// A client of that name exists under another id. A mark under this id records that for replays. If the request
    /// asked for another type of client, it is refused and leaves no mark.
    async fn mark_known(
        &self,
        tenant: Tenant,
        asked: &Client,
        known: ClientId,
        origin: &Origin,
    ) -> Result<Created, Error> {
        let client = self.named(tenant, known).await?;
        if client.kind != asked.kind {
            return Ok(Created::Known(client));
        }
        let mark = MarkItem {
            pk: keys::client(tenant, asked.id),
            sk: keys::CLIENT.into(),
            same_as: known,
            origin: origin.clone(),
        };
        match self.insert(to_item(&mark)).await? {
            None => Ok(Created::Known(client)),
            Some(existing) => self.met(tenant, origin, existing).await,
        }
    }

    /// Compares the request with the item that is stored under its id.
    async fn met(&self, tenant: Tenant, origin: &Origin, existing: Item) -> Result<Created, Error> {
        Ok(match from_item(existing)? {
            ClientOrMark::Client(item) => match origin.meet(&item.origin.clone(), Client::from(item)) {
                Inserted::New => Created::New,
                Inserted::Replayed(client) => Created::Replayed { client, known: false },
                Inserted::KeyReused => Created::KeyReused,
            },
            ClientOrMark::Mark(mark) => match origin.meet(&mark.origin, ()) {
                Inserted::New => Created::Known(self.named(tenant, mark.same_as).await?),
                Inserted::Replayed(()) => {
                    Created::Replayed { client: self.named(tenant, mark.same_as).await?, known: true }
                }
                Inserted::KeyReused => Created::KeyReused,
            },
        })
    }

    /// The client that a name claim or a mark refers to.
    async fn named(&self, tenant: Tenant, id: ClientId) -> Result<Client, Error> {
        self.find_client(tenant, id)
            .await?
            .ok_or_else(|| Error::Corrupt(format!("{id} is referred to but does not exist")))
    }

    pub async fn find_client(&self, tenant: Tenant, id: ClientId) -> Result<Option<Client>, Error> {
        Ok(match self.get(key(keys::client(tenant, id), keys::CLIENT)).await? {
            Some(ClientOrMark::Client(item)) => Some(item.into()),
            Some(ClientOrMark::Mark(_)) | None => None,
        })
    }

    /// A tenant's clients, newest first.
    pub async fn list_clients(&self, tenant: Tenant, limit: usize, after: Option<&str>) -> Result<Page<Client>, Error> {
        self.list::<ClientItem, _>(List::of_tenant(keys::clients_of_tenant(tenant)), limit, after).await
    }

    /// A client and its accounts, from one strongly consistent query; `None` if the client does not exist.
    pub async fn find_client_with_accounts(
        &self,
        tenant: Tenant,
        id: ClientId,
    ) -> Result<Option<(Client, Vec<Account>)>, Error> {
        let (mut client, mut accounts) = (None, Vec::new());
        for item in self.partition(keys::client(tenant, id)).await? {
            if item.get("sk").and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk == keys::CLIENT) {
                if let ClientOrMark::Client(item) = from_item(item)? {
                    client = Some(Client::from(item));
                }
            } else {
                accounts.push(from_item::<AccountItem>(item)?.into());
            }
        }
        Ok(client.map(|client| (client, accounts)))
    }

    /// Inserts an item unless one with its key exists; returns the existing item.
    pub(super) async fn insert(&self, item: Item) -> Result<Option<Item>, Error> {
        let sent = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            // The first insert wins: the id is derived from the idempotency key, so an existing item means a replay or
            // a race.
            .condition_expression(ABSENT)
            .return_values_on_condition_check_failure(
                aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld,
            )
            .send()
            .await;
        match sent {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Some(failed.item().cloned().unwrap_or_default()))
                }
                _ => Err(Error::sdk(error)),
            },
        }
    }
}
