//! Mutations of what the store sends to DynamoDB: each takes away one condition, or one effect, that a law rests on. A run with
//! one shows whether the laws notice. The code stays as it is, so all of them run without building anything again.

use std::sync::RwLock;

use serde_json::Value;

/// One change of the expressions of some requests.
#[derive(Debug, Clone, Copy)]
pub struct Mutation {
    pub name: &'static str,
    /// The functions whose requests are changed, or all.
    roles: &'static [&'static str],
    /// The operation, or the kind of item within a transaction.
    operation: &'static str,
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

static CURRENT: RwLock<Option<Mutation>> = RwLock::new(None);

/// Sets the mutation of all runs of this process from here on.
///
/// # Panics
/// If a thread panicked while it read it.
pub fn mutate(mutation: Option<Mutation>) {
    *CURRENT.write().expect("nothing panics while it holds this lock") = mutation;
}

const REPLACEABLE: &str = "attribute_not_exists(pk) OR #version < :version";
const ACTIONS: &[&str] = &["retry-post", "resolve-target"];
const WORKER: &[&str] = &["publish-target"];
const OPENER: &[&str] = &["open-post"];
const CANCEL: &[&str] = &["cancel-post"];
const EDIT: &[&str] = &["edit-post"];
const CREATE: &[&str] = &["create-post"];

const fn mutation(
    name: &'static str,
    roles: &'static [&'static str],
    operation: &'static str,
    from: &'static str,
    to: To,
) -> Mutation {
    Mutation { name, roles, operation, from, to }
}

pub const MUTATIONS: [Mutation; 31] = [
    mutation(
        "claim: due",
        WORKER,
        "UpdateItem",
        "due_at <= :now AND lease",
        To::Text("(due_at <= :now OR attribute_not_exists(absent)) AND lease"),
    ),
    mutation("claim: no lease", WORKER, "UpdateItem", "lease_until <= :ended", To::True),
    mutation(
        "claim: increments the fence",
        WORKER,
        "UpdateItem",
        "fence = fence + :one",
        To::Text("fence = fence, absent = :one"),
    ),
    mutation(
        "claim: increments the revision",
        WORKER,
        "UpdateItem",
        "due_at = :over ADD revision :one",
        To::Text("due_at = :over ADD unrelated :one"),
    ),
    mutation(
        "claim: due when the lease is over",
        WORKER,
        "UpdateItem",
        "due_at = :over ",
        To::Text("unrelated = :over "),
    ),
    mutation("save: fence", WORKER, "UpdateItem", "fence = :fence", To::True),
    mutation("save: version of the target", WORKER, "UpdateItem", "target.#version = :version", To::True),
    mutation("save: not canceled", WORKER, "UpdateItem", "attribute_not_exists(canceled_at)", To::True),
    mutation("save: removes the mark", WORKER, "UpdateItem", "REMOVE canceled_at", To::Text("REMOVE absent")),
    mutation(
        "save: increments the revision",
        WORKER,
        "UpdateItem",
        " ADD revision :one",
        To::Text(" ADD unrelated :one"),
    ),
    mutation("remove: fence", WORKER, "DeleteItem", "fence = :fence", To::True),
    mutation("remove: version", WORKER, "DeleteItem", "#version = :version", To::True),
    mutation("open: due", OPENER, "UpdateItem", "due_at <= :now", To::True),
    mutation(
        "open: increments the revision",
        OPENER,
        "UpdateItem",
        "ADD revision :one",
        To::Text("ADD unrelated :one"),
    ),
    mutation("open: replaces no target", OPENER, "PutItem", REPLACEABLE, To::True),
    mutation("open: replaces an earlier target", OPENER, "PutItem", "#version < :version", To::False),
    mutation("end of the opening: version", OPENER, "UpdateItem", "#version = :version", To::True),
    mutation("cancel before the opening: revision", CANCEL, "UpdateItem", "revision = :revision", To::True),
    mutation("cancel during the opening: replaces no target", CANCEL, "Put", REPLACEABLE, To::True),
    mutation("cancel during the opening: head", CANCEL, "ConditionCheck", "revision = :revision", To::True),
    mutation("cancel: version", CANCEL, "UpdateItem", "#version = :version", To::True),
    mutation(
        "cancel: keeps the first mark",
        CANCEL,
        "UpdateItem",
        "if_not_exists(canceled_at, :now)",
        To::Text(":now"),
    ),
    mutation(
        "cancel: increments the revision",
        CANCEL,
        "UpdateItem",
        ":now) ADD revision :one",
        To::Text(":now) ADD unrelated :one"),
    ),
    mutation("edit: revision of the head", EDIT, "Put", "revision = :revision", To::True),
    mutation("edit: revision of a target", EDIT, "Delete", "revision = :revision", To::True),
    mutation(
        "edit: a target is still absent",
        EDIT,
        "ConditionCheck",
        "attribute_not_exists(pk) OR version < :version",
        To::True,
    ),
    mutation("action: revision of the head", ACTIONS, "Update", "revision = :revision", To::True),
    mutation(
        "action: increments the head's revision",
        ACTIONS,
        "Update",
        "ADD revision :one",
        To::Text("ADD unrelated :one"),
    ),
    mutation("action: revision of a target", ACTIONS, "Put", "revision = :revision", To::True),
    mutation("create: absent", CREATE, "Put", "attribute_not_exists(pk)", To::True),
    mutation("cancel during the opening: replaces an earlier target", CANCEL, "Put", "#version < :version", To::False),
];

/// The body of a request, changed by the mutation of this process.
pub(crate) fn mutated(role: &str, operation: &str, body: Vec<u8>) -> Vec<u8> {
    let current = *CURRENT.read().expect("nothing panics while it holds this lock");
    let Some(mutation) = current.filter(|mutation| mutation.roles.contains(&role)) else { return body };
    let Ok(mut input) = serde_json::from_slice::<Value>(&body) else { return body };
    mutation.apply(operation, &mut input);
    for item in input["TransactItems"].as_array_mut().into_iter().flatten() {
        for (kind, item) in item.as_object_mut().into_iter().flatten() {
            mutation.apply(kind, item);
        }
    }
    input.to_string().into_bytes()
}

impl Mutation {
    fn apply(&self, operation: &str, input: &mut Value) {
        if operation != self.operation || input["TableName"] != crate::world::TABLES[0] {
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
            }
        }
    }
}
