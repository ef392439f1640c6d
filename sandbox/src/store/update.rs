//! Keys and conditional writes.
//!
//! Expressions write attributes as `#name`. The placeholders are derived from the expressions, so no attribute can
//! collide with a reserved word of DynamoDB.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{self, TransactWriteItem};
use serde::Serialize;
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::error::Error;

pub(crate) use aws_sdk_dynamodb::types::AttributeValue as Value;

type Map = HashMap<String, Value>;

#[derive(Debug, Clone)]
pub(crate) struct Key {
    pk: String,
    sk: String,
}

impl Key {
    pub(crate) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    pub(super) fn into_map(self) -> Map {
        Map::from([("pk".to_owned(), Value::S(self.pk)), ("sk".to_owned(), Value::S(self.sk))])
    }
}

/// An update of one item.
pub(crate) struct Update {
    pub(super) key: Key,
    pub(super) expression: &'static str,
    pub(super) condition: Option<&'static str>,
    pub(super) values: Map,
}

impl Update {
    pub(crate) fn new(key: Key, expression: &'static str) -> Self {
        Self { key, expression, condition: None, values: Map::new() }
    }

    pub(crate) fn only_if(mut self, condition: &'static str) -> Self {
        self.condition = Some(condition);
        self
    }

    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    /// The placeholders of both expressions: `#name` stands for the attribute `name`.
    pub(super) fn names(&self) -> HashMap<String, String> {
        [self.expression, self.condition.unwrap_or_default()]
            .iter()
            .flat_map(|expression| expression.split('#').skip(1))
            .map(|rest| {
                let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                (format!("#{name}"), name)
            })
            .collect()
    }
}

/// One write of a transaction.
pub(crate) enum Write {
    Put(Map),
    Update(Update),
}

impl Write {
    pub(crate) fn put<T: Serialize>(key: Key, item: &T) -> Result<Self, Error> {
        let mut map: Map = to_item(item)?;
        map.extend(key.into_map());
        Ok(Self::Put(map))
    }

    /// Adds an attribute to the item of a put.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        match &mut self {
            Self::Put(map) => _ = map.insert(name.to_owned(), value),
            Self::Update(update) => _ = update.values.insert(name.to_owned(), value),
        }
        self
    }

    pub(super) fn into_item(self, table: &str) -> Result<TransactWriteItem, Error> {
        let item = TransactWriteItem::builder();
        Ok(match self {
            Self::Put(map) => {
                let put = types::Put::builder().table_name(table).set_item(Some(map));
                item.put(put.build().map_err(unavailable)?)
            }
            Self::Update(update) => {
                let names = update.names();
                let builder = types::Update::builder()
                    .table_name(table)
                    .set_key(Some(update.key.into_map()))
                    .update_expression(update.expression)
                    .set_condition_expression(update.condition.map(str::to_owned))
                    .set_expression_attribute_names(Some(names))
                    .set_expression_attribute_values(Some(update.values));
                item.update(builder.build().map_err(unavailable)?)
            }
        }
        .build())
    }
}

impl From<Update> for Write {
    fn from(update: Update) -> Self {
        Self::Update(update)
    }
}

pub(crate) fn number(value: i64) -> Value {
    Value::N(value.to_string())
}

pub(super) fn unavailable<E: std::error::Error + Send + Sync + 'static>(error: E) -> Error {
    Error::Unavailable(Box::new(error))
}
