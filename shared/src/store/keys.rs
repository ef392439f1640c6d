//! Every key and index format, as a function.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | gate | `T#t` | `GATE` |
//! | agency settings | `T#t` | `AGENCY` |
//! | agency logo | `T#t#LOGO` | `LOGO` |
//! | key mark: remains after a key is removed | `T#t#KEY#id` | `KEY` |
//! | client, or the mark of an idempotency key whose client's name existed | `T#t#C#c` | `CLIENT` |
//! | name claim | `T#t#NAME#sha256` | `NAME` |
//! | account | `T#t#C#c` | `ACCOUNT#id` |
//! | account pointer | `T#t#ACCOUNT#id` | `ACCOUNT` |
//! | invite | `INVITE#id` | `INVITE` |
//! | attempt | `ATTEMPT#id` | `ATTEMPT` |
//! | a person at a platform: an account of theirs | `PERSON#mode#platform#sha256` | `ACCOUNT#t#id` |
//! | a deletion that a person asked for | `DELETION#id` | `DELETION` |
//! | post: its head | `T#t#POST#id` | `POST` |
//! | a version of a post's content | `T#t#POST#id` | `CONTENT#version` |
//! | a target of an opened post | `T#t#POST#id` | `TARGET#platform#account` |
//! | the summary of a version of an opened post | `T#t#POST#id` | `SUMMARY#version` |
//! | an event, or two that one write made | `T#t#EVENT#id` | `EVENT` |
//! | a shard of the due index: up to where it was announced | `DUE#n` | `SHARD` |
//! | grant (vault) | `GRANT#id` | `GRANT` |
//!
//! | # | access pattern | operation |
//! |---|---|---|
//! | 1 | admit a request and count it | `UpdateItem` on the gate |
//! | 2 | create a client, idempotent on key and on name | `TransactWriteItems`: client and name claim, each if absent |
//! | 3 | get a client; a tenant's clients | `GetItem`; `Query by_tenant`, `BatchGetItem` |
//! | 4 | mint an invite | `GetItem` client, `PutItem` if absent |
//! | 5 | open a link | `GetItem` invite, `Query` the client's partition and the agency |
//! | 6 | connect an account | `PutItem` attempt if absent; `TransactWriteItems` over both tables |
//! | 7 | accounts of a client; of a tenant | `Query` the client's partition; `Query by_tenant`, `BatchGetItem` |
//! | 8 | create a post | `Query` the client's partition; `TransactWriteItems`: head and content, each if absent |
//! | 9 | get a post; a client's or a tenant's posts | `Query` its partition; `Query by_client` or `by_tenant`, `BatchGetItem` of heads, then of content and targets |
//! | 10 | find due posts | `Query due`, shard by shard |
//! | 10a | up to where a shard was announced | `GetItem`; `UpdateItem`, if later |
//! | 11 | open a post | `UpdateItem` head, `GetItem` content; `PutItem` each target if absent; `UpdateItem` head |
//! | 11a | claim a target, read its post, save, finish | `UpdateItem`, conditioned on lease or fence; `BatchGetItem` |
//! | 11b | cancel a post | `UpdateItem` head, if not opened; otherwise `UpdateItem` each target |
//! | 11c | edit, retry, resolve | `TransactWriteItems`: head, content and targets, each if unchanged since |
//! | 11d | tell what became of a target: to the summary, to the log; then forget it | `UpdateItem` summary, if newer; `PutItem` event, if absent; `UpdateItem` target |
//! | 12 | take a grant's refresh lease, store rotated tokens | `UpdateItem` on the grant |
//! | 13 | an agency with its settings | `Query` the gate's partition |
//! | 14 | change an agency | `TransactWriteItems`: settings and logo; `UpdateItem` on the gate for name and revocation of tokens |
//! | 15 | an agency's logo | `GetItem` |
//! | 16 | mint a key, once per id | `GetItem` key mark, `UpdateItem` on the gate |
//! | 17 | revoke keys | `TransactWriteItems`: their marks; `UpdateItem` on the gate |
//! | 18 | one account; disconnect it | `GetItem` pointer, `GetItem`; `TransactWriteItems` over both tables |
//! | 19 | a client's invites; one of them; revoke it | `Query by_client`, `BatchGetItem`; `GetItem`; `UpdateItem` |
//! | 20 | all agencies, for the operator | `Query by_tenant`, `BatchGetItem` |
//! | 21 | a gate's keys, for the operator | `GetItem` |
//! | 22 | the log of events | `Query by_tenant`, oldest first; `BatchGetItem` |
//! | 23 | what a person connected; erase it | `Query` the person's partition; `GetItem` each account; `TransactWriteItems`: account and persons |
//! | 24 | a deletion, for its page | `PutItem`; `GetItem`, `Query` the person's partition |
//!
//! Indexes: `by_client` (`client_list`, `listed_at`) and `by_tenant` (`tenant_list`, `listed_at`) list items in order
//! of creation; `due` (`due_shard`, `due_at`) contains only posts and targets
//! with work left to do. An index finds work; a strongly
//! consistent read or a condition decides.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::{
    id::{AccountId, AttemptId, ClientId, EventId, GrantId, InviteId, KeyId, PostId},
    post::TargetName,
    tenant::{Mode, Tenant},
};
use platforms::PlatformId;

pub(super) const GATE: &str = "GATE";
pub(super) const AGENCY: &str = "AGENCY";
pub(super) const LOGO: &str = "LOGO";
pub(super) const KEY: &str = "KEY";
pub(super) const CLIENT: &str = "CLIENT";
pub(super) const NAME: &str = "NAME";
pub(super) const ACCOUNT: &str = "ACCOUNT";
pub(super) const INVITE: &str = "INVITE";
pub(super) const ATTEMPT: &str = "ATTEMPT";
pub(super) const DELETION: &str = "DELETION";
pub(super) const POST: &str = "POST";
pub(super) const EVENT: &str = "EVENT";
pub(super) const SHARD: &str = "SHARD";
pub(super) const GRANT: &str = "GRANT";

/// Number of partitions of the due index. After lowering it, a deployment still has to read the old ones.
pub const DUE_SHARDS: u8 = 4;

pub(super) fn gate(tenant: Tenant) -> String {
    format!("T#{tenant}")
}

/// Parses what [`gate`] wrote.
pub(super) fn parse_gate(pk: &str) -> Option<Tenant> {
    pk.strip_prefix("T#")?.parse().ok()
}

pub(super) fn logo(tenant: Tenant) -> String {
    format!("T#{tenant}#LOGO")
}

pub(super) fn key_mark(tenant: Tenant, key: KeyId) -> String {
    format!("T#{tenant}#KEY#{key}")
}

pub(super) fn client(tenant: Tenant, client: ClientId) -> String {
    format!("T#{tenant}#C#{client}")
}

/// Names are compared as stored: trimmed, normalized and case-sensitive.
pub(super) fn name(tenant: Tenant, name: &str) -> String {
    let digest = data_encoding::HEXLOWER.encode(&crate::id::digest(&[name.as_bytes()]));
    format!("T#{tenant}#NAME#{digest}")
}

pub(super) fn account(account: AccountId) -> String {
    format!("ACCOUNT#{account}")
}

pub(super) fn account_pointer(tenant: Tenant, account: AccountId) -> String {
    format!("T#{tenant}#ACCOUNT#{account}")
}

/// A person as the platform names them in one mode. Without the id itself: the key stays in logs of the database.
pub(super) fn person(mode: Mode, platform: PlatformId, user_id: &str) -> String {
    let digest = data_encoding::HEXLOWER.encode(&crate::id::digest(&[user_id.as_bytes()]));
    format!("PERSON#{}#{platform}#{digest}", mode.as_str())
}

pub(super) fn account_of_person(tenant: Tenant, account: AccountId) -> String {
    format!("ACCOUNT#{tenant}#{account}")
}

pub(super) fn deletion(id: &str) -> String {
    format!("DELETION#{id}")
}

pub(super) fn invite(invite: InviteId) -> String {
    format!("INVITE#{invite}")
}

pub(super) fn attempt(attempt: AttemptId) -> String {
    format!("ATTEMPT#{attempt}")
}

pub(super) fn post(tenant: Tenant, post: PostId) -> String {
    format!("T#{tenant}#POST#{post}")
}

/// Parses what [`post`] wrote.
pub(super) fn parse_post(pk: &str) -> Option<(Tenant, PostId)> {
    let (tenant, post) = pk.strip_prefix("T#")?.split_once("#POST#")?;
    Some((tenant.parse().ok()?, post.parse().ok()?))
}

pub(super) fn content(version: u32) -> String {
    format!("CONTENT#{version}")
}

pub(super) fn target(TargetName { platform, account }: TargetName) -> String {
    format!("TARGET#{platform}#{account}")
}

/// Parses what [`target`] wrote.
pub(super) fn parse_target(sk: &str) -> Option<TargetName> {
    let (platform, account) = sk.strip_prefix("TARGET#")?.split_once('#')?;
    Some(TargetName { platform: platform.parse().ok()?, account: account.parse().ok()? })
}

pub(super) fn summary(version: u32) -> String {
    format!("SUMMARY#{version}")
}

pub(super) fn event(tenant: Tenant, event: EventId) -> String {
    format!("T#{tenant}#EVENT#{event}")
}

pub(super) fn grant(grant: GrantId) -> String {
    format!("GRANT#{grant}")
}

/// The list of all agencies in each of their modes.
pub(super) fn agencies() -> String {
    "AGENCIES".into()
}

pub(super) fn clients_of_tenant(tenant: Tenant) -> String {
    format!("T#{tenant}#CLIENTS")
}

pub(super) fn accounts_of_tenant(tenant: Tenant) -> String {
    format!("T#{tenant}#ACCOUNTS")
}

pub(super) fn posts_of_tenant(tenant: Tenant) -> String {
    format!("T#{tenant}#POSTS")
}

pub(super) fn events_of_tenant(tenant: Tenant) -> String {
    format!("T#{tenant}#EVENTS")
}

pub(super) fn invites_of_client(tenant: Tenant, client: ClientId) -> String {
    format!("T#{tenant}#C#{client}#INVITES")
}

pub(super) fn posts_of_client(tenant: Tenant, client: ClientId) -> String {
    format!("T#{tenant}#C#{client}#POSTS")
}

/// Sorts by time, then by id.
pub(super) fn listed_at(created_at: DateTime<Utc>, id: impl std::fmt::Display) -> String {
    format!("{}#{id}", created_at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// The due index partition of a post, derived from its id.
pub(super) fn due_shard(post: PostId) -> String {
    shard(post.as_bytes()[0] % DUE_SHARDS)
}

pub(super) fn shard(number: u8) -> String {
    format!("DUE#{number}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::AgencyId, tenant::Mode};

    #[test]
    fn a_posts_key_round_trips() {
        let tenant = Tenant { agency: AgencyId::random(), mode: Mode::Live };
        let id = PostId::random();
        assert_eq!(parse_post(&post(tenant, id)), Some((tenant, id)));
        assert_eq!(parse_post("T#x#POST#y"), None);
    }

    #[test]
    fn a_targets_key_round_trips() {
        let name = TargetName { platform: platforms::PlatformId::Bluesky, account: AccountId::random() };
        assert_eq!(parse_target(&target(name)), Some(name));
        assert_eq!(parse_target("TARGET#myspace#y"), None);
    }
}
