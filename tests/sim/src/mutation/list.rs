//! The mutations, in the order of the functions that send the requests.

use super::{
    Mutation,
    To::{self, False, Text, True},
};
use crate::deployment::{DISPATCHER as DISPATCH, OPENER as OPEN, PUBLISHER};

const REPLACEABLE: &str = "attribute_not_exists(pk) OR #version < :version";
const ACTIONS: &[&str] = &["retry-post", "resolve-target"];
const WORKER: &[&str] = &[PUBLISHER];
const OPENER: &[&str] = &[OPEN];
const DISPATCHER: &[&str] = &[DISPATCH];
const CANCEL: &[&str] = &["cancel-post"];
const EDIT: &[&str] = &["edit-post"];
const CREATE: &[&str] = &["create-post"];
const CONNECT: &[&str] = &["redeem-invite"];
const DISCONNECT: &[&str] = &["disconnect-account"];

const fn mutation(
    name: &'static str,
    (roles, operation): (&'static [&'static str], &'static str),
    within: &'static str,
    from: &'static str,
    to: To,
) -> Mutation {
    Mutation { name, roles, operation, within, from, to }
}

pub const MUTATIONS: [Mutation; 56] = [
    mutation(
        "claim: due",
        (WORKER, "UpdateItem"),
        "",
        "due_at <= :now AND",
        Text("(due_at <= :now OR attribute_not_exists(absent)) AND"),
    ),
    mutation("claim: no lease", (WORKER, "UpdateItem"), "", "lease_until <= :ended", True),
    mutation(
        "claim: increments the fence",
        (WORKER, "UpdateItem"),
        "",
        "fence = fence + :one",
        Text("fence = fence, absent = :one"),
    ),
    mutation(
        "claim: increments the revision",
        (WORKER, "UpdateItem"),
        "",
        "due_at = :over ADD revision :one",
        Text("due_at = :over ADD unrelated :one"),
    ),
    mutation(
        "claim: due when the lease is over",
        (WORKER, "UpdateItem"),
        "",
        "due_at = :over ",
        Text("unrelated = :over "),
    ),
    mutation("save: fence", (WORKER, "UpdateItem"), "SET target", "fence = :fence", True),
    mutation("save: version of the target", (WORKER, "UpdateItem"), "", "target.#version = :version", True),
    mutation("save: not canceled", (WORKER, "UpdateItem"), "", "attribute_not_exists(canceled_at)", True),
    mutation("save: removes the mark", (WORKER, "UpdateItem"), "", "REMOVE canceled_at", Text("REMOVE absent")),
    mutation(
        "save: increments the revision",
        (WORKER, "UpdateItem"),
        "SET target",
        " ADD revision :one",
        Text(" ADD unrelated :one"),
    ),
    mutation("remove: fence", (WORKER, "DeleteItem"), "", "fence = :fence", True),
    mutation("remove: version", (WORKER, "DeleteItem"), "", "#version = :version", True),
    mutation("leave the index: fence", (WORKER, "UpdateItem"), "REMOVE due_at, due_shard ADD", "fence = :fence", True),
    mutation(
        "tell: a newer note stays",
        (WORKER, "UpdateItem"),
        "",
        "attribute_not_exists(#target) OR #target.#number < :note",
        True,
    ),
    mutation("tell: the first change of the status", (WORKER, "UpdateItem"), "", "attribute_not_exists(writes)", True),
    mutation("tell: a change of the status", (WORKER, "UpdateItem"), "", "writes = :writes", True),
    mutation("tell: counts the writes", (WORKER, "UpdateItem"), "", "ADD writes :one", Text("ADD unrelated :one")),
    mutation("append: once", (WORKER, "PutItem"), "", "attribute_not_exists(pk)", True),
    mutation("open: due", (OPENER, "UpdateItem"), "", "due_at <= :now", True),
    mutation(
        "open: increments the revision",
        (OPENER, "UpdateItem"),
        "",
        "ADD revision :one",
        Text("ADD unrelated :one"),
    ),
    mutation("open: replaces no target", (OPENER, "PutItem"), "", REPLACEABLE, True),
    mutation("open: replaces an earlier target", (OPENER, "PutItem"), "", "#version < :version", False),
    mutation("end of the opening: version", (OPENER, "UpdateItem"), "", "#version = :version", True),
    mutation("cancel before the opening: revision", (CANCEL, "Update"), "", "revision = :revision", True),
    mutation(
        "cancel before the opening: increments the revision",
        (CANCEL, "Update"),
        "",
        "due_shard ADD revision :one",
        Text("due_shard ADD unrelated :one"),
    ),
    mutation("cancel during the opening: replaces no target", (CANCEL, "Put"), "", REPLACEABLE, True),
    mutation(
        "cancel during the opening: replaces an earlier target",
        (CANCEL, "Put"),
        "",
        "#version < :version",
        False,
    ),
    mutation(
        "cancel during the opening: revision of the head",
        (CANCEL, "ConditionCheck"),
        "",
        "revision = :revision",
        True,
    ),
    mutation("cancel: revision of the target", (CANCEL, "PutItem"), "", "revision = :revision", True),
    mutation("cancel: fence of a leased target", (CANCEL, "UpdateItem"), "", "fence = :fence", True),
    mutation("cancel: a leased target still has the lease", (CANCEL, "UpdateItem"), "", "lease_until = :until", True),
    mutation(
        "cancel: keeps the first mark",
        (CANCEL, "UpdateItem"),
        "",
        "if_not_exists(canceled_at, :now)",
        Text(":now"),
    ),
    mutation(
        "cancel: increments the revision",
        (CANCEL, "UpdateItem"),
        "",
        ":now) ADD revision :one",
        Text(":now) ADD unrelated :one"),
    ),
    mutation("edit: revision of the head", (EDIT, "Put"), "", "revision = :revision", True),
    mutation("edit: revision of a target", (EDIT, "Update"), "", "revision = :revision", True),
    mutation(
        "edit: a target is still absent",
        (EDIT, "ConditionCheck"),
        "",
        "attribute_not_exists(pk) OR version < :version",
        True,
    ),
    mutation("edit: an earlier target may be there", (EDIT, "ConditionCheck"), "", "version < :version", False),
    mutation("action: revision of the head", (ACTIONS, "Update"), "", "revision = :revision", True),
    mutation(
        "action: increments the head's revision",
        (ACTIONS, "Update"),
        "",
        "ADD revision :one",
        Text("ADD unrelated :one"),
    ),
    mutation("action: revision of a target", (ACTIONS, "Put"), "", "revision = :revision", True),
    mutation("create: the head is absent", (CREATE, "Put"), "\"POST\"", "attribute_not_exists(pk)", True),
    mutation("create: the content is absent", (CREATE, "Put"), "CONTENT#", "attribute_not_exists(pk)", True),
    mutation(
        "announce: the later time remains",
        (DISPATCHER, "UpdateItem"),
        "",
        "attribute_not_exists(announced_up_to) OR announced_up_to < :to",
        True,
    ),
    mutation("reconnect required: grant", (WORKER, "UpdateItem"), ":required", "#grant = :grant", True),
    mutation("reconnect required: connected", (WORKER, "UpdateItem"), "", "#status = :connected", True),
    mutation("expiry: grant", (WORKER, "UpdateItem"), "expires_at", "#grant = :grant", True),
    mutation(
        "refresh: version of the grant",
        (WORKER, "UpdateItem"),
        "lease_until <= :now",
        "version = :version",
        True,
    ),
    mutation(
        "refresh: no lease of the grant",
        (WORKER, "UpdateItem"),
        "version = :version",
        "lease_until <= :now",
        True,
    ),
    mutation("refresh: version of the stored tokens", (WORKER, "UpdateItem"), "SET sealed", "version = :version", True),
    mutation(
        "refresh: releases its own version only",
        (WORKER, "UpdateItem"),
        "\"SET lease_until = :none\"",
        "version = :version",
        True,
    ),
    mutation(
        "refresh: releases its own lease only",
        (WORKER, "UpdateItem"),
        "\"SET lease_until = :none\"",
        "lease_until = :until",
        True,
    ),
    mutation("disconnect: grant of the account", (DISCONNECT, "Update"), "", "#grant = :grant", True),
    mutation("disconnect: version of the grant", (DISCONNECT, "Delete"), "", "version = :version", True),
    mutation("disconnect: lease of the grant", (DISCONNECT, "Delete"), "", "lease_until = :lease", True),
    mutation("connect: the account is new", (CONNECT, "Put"), "", "attribute_not_exists(pk)", True),
    mutation("connect: grant of the account", (CONNECT, "Put"), "", "#grant = :old", True),
];

/// Those of which one is enough: nothing is broken before both are taken away.
pub const TOGETHER: [[&str; 2]; 2] = [
    ["remove: fence", "remove: version"],
    ["cancel: fence of a leased target", "cancel: a leased target still has the lease"],
];
