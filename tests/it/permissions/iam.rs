//! Stands in for IAM: refuses a function what its policy does not allow, and keeps what it used.

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
    /// Whose role a call is made in. None: the test itself, who may do everything.
    static FUNCTION: Option<String>;
}

/// What a test does itself, in the middle of what a function does.
pub(crate) async fn aside<T>(work: impl Future<Output = T>) -> T {
    FUNCTION.scope(None, work).await
}

/// Read once for all worlds.
static POLICIES: LazyLock<Policies> = LazyLock::new(policies);

#[derive(Debug, Clone, Default)]
pub(crate) struct Iam(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    used: Mutex<Policies>,
    refused: Mutex<BTreeSet<String>>,
}

impl Iam {
    /// The client, with its calls looked at.
    pub(crate) fn guard(&self, client: &Client) -> Client {
        Client::from_conf(client.config().to_builder().interceptor(self.clone()).build())
    }

    /// Does `work` in the role of `function`.
    pub(crate) async fn act<T>(&self, function: &str, work: impl Future<Output = T>) -> T {
        let done = FUNCTION.scope(Some(function.to_owned()), work).await;
        // Not left to the answer: some calls are made in vain without anybody being told.
        let refused = self.0.refused.lock().unwrap().clone();
        assert!(refused.is_empty(), "{refused:?}: allow it in template.yaml, if it is meant");
        done
    }

    /// What was used so far, by function.
    pub(crate) fn used(&self) -> Policies {
        self.0.used.lock().unwrap().clone()
    }

    /// Asks for the function that acts.
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

/// What IAM asks for an operation of DynamoDB: of a transaction, the action of each item; of an index, the index alone.
/// Reading strongly and having old values returned ask for nothing more.
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
        other => vec![Permission::new(&format!("dynamodb:{other}"), "this: say here what IAM asks for")],
    }
}

/// A table of a world, by its name in the template.
fn table(name: &str) -> String {
    match name {
        "main" => "MainTable".into(),
        "vault" => "VaultTable".into(),
        "sandbox" => "SandboxTable".into(),
        other => panic!("{other} is no table of this world"),
    }
}
