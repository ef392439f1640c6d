//! Mutations of what the store sends to DynamoDB: each takes away one condition, or one effect, that a law rests on. A run with
//! one shows whether the laws notice. The code stays as it is, so all of them run without building anything again.

mod list;

use std::sync::{
    RwLock,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::Value;

use crate::world::TABLES;

pub use list::{MUTATIONS, TOGETHER};

/// One change of the expressions of some requests.
#[derive(Debug, Clone, Copy)]
pub struct Mutation {
    pub name: &'static str,
    /// The functions whose requests are changed.
    roles: &'static [&'static str],
    /// The operation, or the kind of item within a transaction.
    operation: &'static str,
    /// A text that the request's item or expressions have, where the rest does not tell it from other requests.
    within: &'static str,
    from: &'static str,
    to: To,
}

#[derive(Debug, Clone, Copy)]
enum To {
    /// The condition always holds.
    True,
    /// The condition never holds.
    False,
    Text(&'static str),
}

static CURRENT: RwLock<Vec<Mutation>> = RwLock::new(Vec::new());
static APPLIED: AtomicUsize = AtomicUsize::new(0);

/// Sets the mutations of all runs of this process from here on.
///
/// # Panics
/// If a thread panicked while it read it.
pub fn mutate(mutations: &[Mutation]) {
    *CURRENT.write().expect("nothing panics while it holds this lock") = mutations.to_vec();
    APPLIED.store(0, Ordering::Relaxed);
}

/// How many requests the mutations have changed.
#[must_use]
pub fn applied() -> usize {
    APPLIED.load(Ordering::Relaxed)
}

/// The body of a request, changed by the mutations of this process.
pub(crate) fn mutated(role: &str, operation: &str, body: Vec<u8>) -> Vec<u8> {
    let current = CURRENT.read().expect("nothing panics while it holds this lock");
    let own: Vec<&Mutation> = current.iter().filter(|mutation| mutation.roles.contains(&role)).collect();
    let (false, Ok(mut input)) = (own.is_empty(), serde_json::from_slice::<Value>(&body)) else { return body };
    for mutation in own {
        mutation.apply(operation, &mut input);
        for item in input["TransactItems"].as_array_mut().into_iter().flatten() {
            for (kind, item) in item.as_object_mut().into_iter().flatten() {
                mutation.apply(kind, item);
            }
        }
    }
    input.to_string().into_bytes()
}

impl Mutation {
    fn apply(&self, operation: &str, input: &mut Value) {
        // The last table is the simulated platforms'.
        let ours = TABLES[..2].iter().any(|table| input["TableName"] == *table);
        if operation != self.operation || !ours || !input.to_string().contains(self.within) {
            return;
        }
        let to = match self.to {
            To::True => format!("({} OR attribute_not_exists(absent))", self.from),
            To::False => format!("({} AND attribute_exists(absent))", self.from),
            To::Text(text) => text.to_owned(),
        };
        for field in ["ConditionExpression", "UpdateExpression"] {
            if let Some(text) = input[field].as_str().filter(|text| text.contains(self.from)) {
                input[field] = text.replace(self.from, &to).into();
                APPLIED.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}
