//! The conditional write that admits and counts a request.

use chrono::{DateTime, Utc};

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;

use super::{
    super::{Error, Store, key, keys, number, string},
    Credential, GateItem, Use,
    revocation::{NOT_REVOKED, by_issue},
};
use crate::{key::ApiKey, scope::Scope, tenant::Tenant, tokens::Claims};

/// How many hours of old counters each request removes. Older ones only remain after an agency was idle.
const CLEANED_HOURS: i64 = 3;
/// From this many leftover counters on (about 300 bytes), they are removed by a separate write.
const SWEEP_OVER: usize = 20;

impl Store {
    /// Admits and counts the request in one conditional write. If the condition fails, the stored gate is returned.
    pub(super) async fn count(
        &self,
        credential: Credential<'_>,
        scope: Option<Scope>,
        usage: Use,
        now: DateTime<Utc>,
        hour: i64,
    ) -> Result<Result<GateItem, Option<GateItem>>, Error> {
        let past = |letter| (1..=CLEANED_HOURS).map(move |back| format!("{letter}{}", hour - back));
        let past: Vec<String> = past('r').chain(past('w')).collect();
        let removed: Vec<String> = (0..past.len()).map(|n| format!("used.#o{n}")).collect();
        let write = self.write_gate(credential.tenant(), |update| {
            let (update, known, noted) = match credential {
                Credential::Key(key) => by_key(update, key, scope, now),
                Credential::Token(token) => by_token(update, token.claims(), scope),
            };
            let mut update = update
                .update_expression(format!(
                    "SET used.#h = if_not_exists(used.#h, :zero) + :one{noted} REMOVE {}",
                    removed.join(", ")
                ))
                // The condition checks revocation and limit atomically, so nothing has to be read first.
                .condition_expression(format!(
                    "{known} AND {limit} > :zero AND (attribute_not_exists(used.#h) OR used.#h < {limit}) \
                     AND attribute_not_exists(used.#next)",
                    limit = usage.limit()
                ))
                .expression_attribute_names("#h", format!("{}{hour}", usage.letter()))
                .expression_attribute_names("#next", format!("{}{}", usage.letter(), hour + 1))
                .expression_attribute_values(":zero", number(0))
                .expression_attribute_values(":one", number(1));
            for (n, name) in past.into_iter().enumerate() {
                update = update.expression_attribute_names(format!("#o{n}"), name);
            }
            update
        });
        write.await
    }

    /// Removes counters left after idle periods, once enough have accumulated. On failure the next request tries again.
    pub(super) async fn sweep(&self, tenant: Tenant, gate: &GateItem, hour: i64) {
        let stale: Vec<&String> =
            gate.used.keys().filter(|name| name[1..].parse::<i64>().is_ok_and(|of| of < hour)).collect();
        if stale.len() <= SWEEP_OVER {
            return;
        }
        let paths: Vec<String> = (0..stale.len()).map(|n| format!("used.#s{n}")).collect();
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(keys::gate(tenant), keys::GATE)))
            .update_expression(format!("REMOVE {}", paths.join(", ")))
            .condition_expression("attribute_exists(pk)");
        for (n, name) in stale.into_iter().enumerate() {
            update = update.expression_attribute_names(format!("#s{n}"), name);
        }
        if let Err(error) = update.send().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "old counters stay until the next request");
        }
    }
}

/// The condition that admits a key, and the assignment that records its use.
fn by_key(
    update: UpdateItemFluentBuilder,
    api_key: &ApiKey,
    scope: Option<Scope>,
    now: DateTime<Utc>,
) -> (UpdateItemFluentBuilder, String, &'static str) {
    let update = update
        .expression_attribute_names("#keys", "keys")
        .expression_attribute_names("#k", api_key.id.to_string())
        .expression_attribute_values(":day", string(now.format("%Y-%m-%d").to_string()))
        .expression_attribute_values(":digest", string(data_encoding::HEXLOWER.encode(&api_key.digest)))
        .expression_attribute_values(":now", number(now.timestamp()));
    let (update, scoped) = match scope {
        Some(scope) => (
            update.expression_attribute_values(":scope", string(scope.as_str())),
            " AND contains(#keys.#k.scopes, :scope)",
        ),
        None => (update, ""),
    };
    let known = format!("#keys.#k.digest = :digest AND #keys.#k.expires_at > :now{scoped}");
    (update, known, ", #keys.#k.last_used = :day")
}

/// The same for a token. The gate has no record of tokens, so the condition is only that the agency exists and has not
/// revoked it.
fn by_token(
    update: UpdateItemFluentBuilder,
    token: &Claims,
    scope: Option<Scope>,
) -> (UpdateItemFluentBuilder, String, &'static str) {
    // A missing scope is known without the gate. The write still has to fail, because the gate decides between 401 and
    // 403.
    let holds = scope.is_none_or(|scope| token.scopes.contains(&scope));
    let scoped = if holds { "" } else { " AND attribute_not_exists(pk)" };
    let update = by_issue(update, token);
    (update, format!("attribute_exists(pk) AND {NOT_REVOKED}{scoped}"), "")
}
