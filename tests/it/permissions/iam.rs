//! Simulates IAM: refuses calls that a function's policy does not allow, and records the used permissions.

use std::{
    collections::BTreeSet,
    future::Future,
    sync::{Arc, LazyLock, Mutex},
};

use aws_sdk_dynamodb::{
    Client,
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
};
use serde_json::Value;

use super::policy::{Permission, Policies, policies};

tokio::task_local! {
    /// The function in whose role calls are made. `None` for the test itself, which may do everything.
    static FUNCTION: Option<String>;
}

/// Runs a test's own calls while a function runs.
pub(crate) async fn aside<T>(work: impl Future<Output = T>) -> T {
    FUNCTION.scope(None, work).await
}

/// The policies, read once for all worlds.
static POLICIES: LazyLock<Policies> = LazyLock::new(policies);

#[derive(Debug, Clone, Default)]
pub(crate) struct Iam(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    used: Mutex<Policies>,
    refused: Mutex<BTreeSet<String>>,
}

impl Iam {
    /// The client, with its calls checked.
    pub(crate) fn guard(&self, client: &Client) -> Client {
        Client::from_conf(client.config().to_builder().interceptor(self.clone()).build())
    }

    /// Runs `work` in the role of `function`.
    pub(crate) async fn act<T>(&self, function: &str, work: impl Future<Output = T>) -> T {
        let done = FUNCTION.scope(Some(function.to_owned()), work).await;
        // Checked here and not by the response, because some failed calls are not reported in it.
        let refused = self.0.refused.lock().unwrap().clone();
        assert!(refused.is_empty(), "{refused:?}: allow it in template.yaml, if it is meant");
        done
    }

    /// The permissions used so far, by function.
    pub(crate) fn used(&self) -> Policies {
        self.0.used.lock().unwrap().clone()
    }

    /// Checks a permission of the acting function.
    pub(crate) fn ask(&self, permission: Permission) -> Result<(), String> {
        let Ok(Some(function)) = FUNCTION.try_with(Clone::clone) else { return Ok(()) };
        if !POLICIES.get(&function).is_some_and(|policy| policy.contains(&permission)) {
            let refusal = format!("AccessDenied: {function} is missing {permission}");
            self.0.refused.lock().unwrap().insert(refusal.clone());
            return Err(refusal);
        }
        self.0.used.lock().unwrap().entry(function).or_default().insert(permission);
        Ok(())
    }
}

impl Intercept for Iam {
    fn name(&self) -> &'static str {
        "iam"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        // `DynamoDB_20120810.GetItem`
        let operation =
            request.headers().get("x-amz-target").unwrap_or_default().rsplit('.').next().unwrap_or_default();
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default())?;
        asked(operation, &body).into_iter().try_for_each(|permission| Ok(self.ask(permission)?))
    }
}

/// The permissions that IAM requires for a DynamoDB operation. A transaction needs the action of each item; a query of
/// an index needs only the index. Consistent reads and returned old values need no further permission.
fn asked(operation: &str, body: &Value) -> Vec<Permission> {
    let on = |action: &str, request: &Value| {
        let mut resource = table(request["TableName"].as_str().unwrap());
        if let Some(index) = request["IndexName"].as_str() {
            resource = format!("{resource}/index/{index}");
        }
        Permission::new(&format!("dynamodb:{action}"), &resource)
    };
    match operation {
        "TransactWriteItems" => body["TransactItems"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|item| item.as_object().unwrap())
            // Put, Update, Delete and ConditionCheck.
            .map(|(kind, item)| on(&format!("{kind}Item"), item))
            .collect(),
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().unwrap().keys();
            tables.map(|name| Permission::new("dynamodb:BatchGetItem", &table(name))).collect()
        }
        "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query" => vec![on(operation, body)],
        other => vec![Permission::new(&format!("dynamodb:{other}"), "this: add here what IAM requires")],
    }
}

/// The template's name of a table.
fn table(name: &str) -> String {
    match name {
        "main" => "MainTable".into(),
        "vault" => "VaultTable".into(),
        "sandbox" => "SandboxTable".into(),
        other => panic!("{other} is not a table of this world"),
    }
}
