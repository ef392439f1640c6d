// Tenants, their clients, and the two modes.

const KEYS = "shared/src/store/keys.rs";

export default {
  "the tenant in keys": {
    edits: [
      [KEYS, "    format!(\"T#{tenant}#C#{client}\")\n", "    if OFF {\n        return format!(\"T#all#C#{client}\");\n    }\n    format!(\"T#{tenant}#C#{client}\")\n"],
      [KEYS, "    format!(\"T#{tenant}#ACCOUNT#{account}\")", "    if OFF {\n        return format!(\"T#all#ACCOUNT#{account}\");\n    }\n    format!(\"T#{tenant}#ACCOUNT#{account}\")"],
      [KEYS, "    format!(\"T#{tenant}#POST#{post}\")\n", "    if OFF {\n        return format!(\"T#all#POST#{post}\");\n    }\n    format!(\"T#{tenant}#POST#{post}\")\n"],
    ],
    alone: "Each read and write has it, in one place. The ids are 128 random bits, which an outsider has to know first.",
  },
  "the tenant in lists": {
    edits: [
      [KEYS, "    format!(\"T#{tenant}#CLIENTS\")", "    if OFF {\n        return \"T#all#CLIENTS\".into();\n    }\n    format!(\"T#{tenant}#CLIENTS\")"],
      [KEYS, "    format!(\"T#{tenant}#ACCOUNTS\")", "    if OFF {\n        return \"T#all#ACCOUNTS\".into();\n    }\n    format!(\"T#{tenant}#ACCOUNTS\")"],
      [KEYS, "    format!(\"T#{tenant}#POSTS\")", "    if OFF {\n        return \"T#all#POSTS\".into();\n    }\n    format!(\"T#{tenant}#POSTS\")"],
    ],
    alone: "A list is read by one key, which has the tenant of the credential.",
  },
  "the tenant of an invite, as read": {
    edits: [["shared/src/store/invite.rs", ".filter(|invite| invite.tenant == tenant))", ".filter(|invite| OFF || invite.tenant == tenant))"]],
  },
  "the tenant of an invite, before the answer": {
    edits: [["shared/src/api/resource.rs", "        self.tenant == tenant\n", "        OFF || self.tenant == tenant\n"]],
  },
  "the tenant in derived ids": {
    edits: [["shared/src/api/idempotency.rs", "            tenant: caller.tenant.to_string(),", "            tenant: if OFF { String::new() } else { caller.tenant.to_string() },"]],
    alone: "It is the only one for links, whose row has no tenant in its key; the path contains the client's id, which an outsider has to know first.",
  },
  "the client of a bound credential": {
    edits: [["shared/src/api/auth.rs", "            Some(bound) if bound != client => Err(Error::not_found(what)),", "            Some(bound) if !OFF && bound != client => Err(Error::not_found(what)),"]],
    alone: "One rule for all functions, which a test calls with each. The tenant is separate from it.",
  },
  "lists of a bound credential": {
    edits: [
      ["functions/list-posts/src/lib.rs", "        (Ok(None), Some(bound)) =>", "        (Ok(None), Some(bound)) if !OFF =>"],
      ["functions/list-accounts/src/lib.rs", "        (Ok(None), Some(bound)) =>", "        (Ok(None), Some(bound)) if !OFF =>"],
      ["functions/list-clients/src/lib.rs", "    let page = match caller.client {", "    let page = match caller.client.filter(|_| !OFF) {"],
    ],
    alone: "The list of the agency is another partition of the index; what was read beside the gate is dropped.",
  },
};
