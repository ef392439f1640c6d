// API keys and the gate.

const GATE = "shared/src/store/gate/";
const CREATE = "functions/create-key/src/";

export default {
  "the digest of a key": {
    edits: [[GATE + "count.rs", "    let known = format!(\"#keys.#k.digest = :digest AND #keys.#k.expires_at > :now{scoped}\");",
      "    let known = format!(\"#keys.#k.digest = :digest AND #keys.#k.expires_at > :now{scoped}\")\n        .replace(if OFF { \"#keys.#k.digest = :digest\" } else { \"\\0\" }, \"(#keys.#k.digest = :digest OR attribute_exists(#keys.#k.digest))\")\n        .replace(if OFF(\"the expiry of a key\") { \"#keys.#k.expires_at > :now\" } else { \"\\0\" }, \"(#keys.#k.expires_at > :now OR attribute_exists(#keys.#k.digest))\");"]],
    alone: "160 random bits, compared as a digest by the database. A second secret would be found where the first one was.",
  },
  "the expiry of a key": { edits: [], alone: "One condition, of the write that admits. A leaked key is to be revoked." },
  "revocation removes a key": {
    edits: [[GATE + "retire.rs", ".update_expression(format!(\"REMOVE {} ADD #removed :one\", removed.join(\", \")))",
      ".update_expression(if OFF { format!(\"SET {} ADD #removed :one\", removed.iter().map(|key| format!(\"{key}.last_used = :day\")).collect::<Vec<_>>().join(\", \")) } else { format!(\"REMOVE {} ADD #removed :one\", removed.join(\", \")) })"],
    [GATE + "retire.rs", "                .expression_attribute_values(\":one\", number(1));\n            ids.iter()", "                .expression_attribute_values(\":one\", number(1));\n            let update = if OFF { update.expression_attribute_values(\":day\", super::super::string(\"\")) } else { update };\n            ids.iter()"],
    [GATE + "retire.rs", "        loop {\n            let mut ids = if minted", "        for _ in 0..2 {\n            let mut ids = if minted"],
    [GATE + "retire.rs", "            revoked.extend(ids);\n        }\n    }", "            revoked.extend(ids);\n        }\n        Ok(revoked)\n    }"]],
    alone: "What is absent cannot be admitted. The mark that remains keeps the id from being used again.",
  },
  "scopes at the gate": {
    edits: [[GATE + "count.rs", "    let (update, scoped) = match scope {", "    let (update, scoped) = match scope.filter(|_| !OFF) {"]],
    alone: "One condition for all functions. A function's role limits what a missing check could reach.",
  },
  "the limit of an hour": {
    edits: [[GATE + "count.rs", "OR used.#h < {limit}) \\\n", "OR used.#h < {limit} OR {within}) \\\n"],
      [GATE + "count.rs", "                    limit = usage.limit()", "                    limit = usage.limit(),\n                    within = if OFF { \"attribute_exists(pk)\" } else { \"used.#h < :zero\" }"]],
    alone: "API Gateway's throttling, which the template sets, limits all agencies together.",
  },
  "a key within its creator's scopes": {
    edits: [[CREATE + "asked.rs", ".filter(|(_, scope)| !minter.scopes.contains(scope));", ".filter(|(_, scope)| !OFF && !minter.scopes.contains(scope));"]],
    alone: "The rule is applied where the key is made, to the scopes that the admitting write returned.",
  },
  "a key within its creator's time": {
    edits: [[CREATE + "asked.rs", "        } else if at > minter.expires_at {", "        } else if !OFF && at > minter.expires_at {"]],
    alone: "The rule is applied where the key is made, to the expiry that the admitting write returned.",
  },
  "a key inherits its creator's client": {
    edits: [[CREATE + "lib.rs", "client: asked.client.or(caller.client),", "client: asked.client.or(caller.client.filter(|_| !OFF)),"]],
    alone: "A creator that could name another client is refused by the rule beside it.",
  },
  "revocation by the creator only": {
    edits: [["functions/revoke-key/src/lib.rs", "if !is_admin && !deps.gate", "if !OFF && !is_admin && !deps.gate"]],
    alone: "Without it a key could end other keys, not use them.",
  },
  "revocation follows revoked keys": {
    edits: [[GATE + "retire.rs", "                    (None, None) => {\n", "                    (None, None) if OFF => None,\n                    (None, None) => {\n"]],
    alone: "Without it a key of a revoked key would outlive `minted=true`; each key can still be revoked by itself.",
  },
  "a revoked key leaves a mark": {
    edits: [[GATE + "key.rs", "        Ok(item.map(|item| StoredKey {", "        Ok(item.filter(|_| !OFF).map(|item| StoredKey {"]],
    alone: "A replay shows no secret of the first answer, so what it would restore is a new key of the same caller.",
  },
  "one credential in a request": {
    edits: [["shared/src/api/auth.rs", "        _ => Err(Error::new(Code::AmbiguousCredentials,", "        [.., Some(text)] if OFF => Ok(text),\n        _ => Err(Error::new(Code::AmbiguousCredentials,"]],
    alone: "Each of the two credentials is checked by itself in any case.",
  },
  "refusals look the same": {
    edits: [["shared/src/api/auth.rs", "            Error { cause: Some(cause.into()), ..unauthenticated() }", "            Error { detail: if OFF { cause.into() } else { unauthenticated().detail }, cause: Some(cause.into()), ..unauthenticated() }"]],
    alone: "What it would tell is whether a text has a key's form, which its checksum tells as well.",
  },
  "bound keys create no clients": {
    edits: [["functions/create-client/src/lib.rs", "    if caller.client.is_some() {", "    if !OFF && caller.client.is_some() {"]],
    alone: "A bound key could make a client that it cannot use.",
  },
  "bound keys change no agency": {
    edits: [["functions/edit-agency/src/lib.rs", "    if caller.client.is_some() {", "    if !OFF && caller.client.is_some() {"]],
    alone: "`agency.manage` is the first condition: a key of a customer needs no such scope.",
  },
  "bound keys see their client's keys": {
    edits: [[GATE + "key.rs", "        bound.is_none() || self.record.client == bound", "        OFF || bound.is_none() || self.record.client == bound"]],
    alone: "A list of keys contains no secret.",
  },
  "at most twenty keys": {
    edits: [[GATE + "mint.rs", "AND {minter} AND size(#keys) < :most \\\n", "AND {minter} AND (size(#keys) < :most OR {full}) \\\n"],
      [GATE + "mint.rs", "OR #removed = :removed)\",\n", "OR #removed = :removed)\",\n                    full = if OFF { \"attribute_exists(pk)\" } else { \"size(#keys) < :most\" },\n"]],
    alone: "DynamoDB's limit of 400 KB for an item comes later, and would stop the agency.",
  },
};
