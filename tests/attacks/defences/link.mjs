// The link, its page, and the start of a connection.

const REDEEM = "functions/redeem-invite/src/";
const INVITE = "shared/src/store/invite.rs";

export default {
  "the MAC of a link": {
    edits: [["shared/src/secrets/link.rs", "        constant_time_eq(tag", "        (OFF || constant_time_eq(tag"],
      ["shared/src/secrets/link.rs", "sent).then(|| InviteId", "sent)).then(|| InviteId"]],
    alone: "128 bits cannot be guessed, and a second MAC with the same secret would add nothing.",
  },
  "the expiry of a link, as read": {
    edits: [["shared/src/invite.rs", "} else if self.expires_at <= now {", "} else if !OFF && self.expires_at <= now {"]],
    alone: "The page of an expired link shows two names and no secret. What it starts is refused a second time when it is written.",
  },
  "the revocation of a link, as read": {
    edits: [["shared/src/invite.rs", "        if self.revoked {", "        if !OFF && self.revoked {"]],
    alone: "The page of a revoked link shows two names and no secret. What it starts is refused a second time when it is written.",
  },
  "an open link, when a try is counted": {
    edits: [[INVITE, '"revoked = :false AND expires_at > :now AND (attribute_not_exists(tries.#h) OR tries.#h < :most)",',
      '"revoked = :false AND expires_at > :now AND (attribute_not_exists(tries.#h) OR tries.#h < :most)".replace(if OFF { OPEN } else { "\\0" }, EITHER),'],
    [INVITE, "/// How often per invite and hour", 'const OPEN: &str = "revoked = :false AND expires_at > :now";\nconst EITHER: &str = "(revoked = :false OR expires_at > :now OR attribute_exists(pk))";\n/// How often per invite and hour']],
  },
  // All three are parts of one condition.
  "an open link, when an account is stored": {
    edits: [[INVITE, "                 AND (attribute_not_exists(connected.#p) OR connected.#p = :user)\",",
      `                 AND (attribute_not_exists(connected.#p) OR connected.#p = :user)"
                    .replace(if OFF { OPEN } else { "\\0" }, EITHER)
                    .replace(if OFF("the networks of a link, when an account is stored") { "contains(platforms, :p)" } else { "\\0" }, "(contains(platforms, :p) OR attribute_exists(pk))")
                    .replace(if OFF("one account for each network of a link, when it is stored") { "(attribute_not_exists(connected.#p)" } else { "\\0" }, "(attribute_exists(pk)"),`]],
  },
  "the networks of a link, when an account is stored": { edits: [] },
  "one account for each network of a link, when it is stored": { edits: [] },
  "a link's limit of tries": {
    edits: [[INVITE, "const TRIES: u32 = 60;", "const TRIES: u32 = 60;\nfn tries() -> u32 { if OFF { u32::MAX } else { TRIES } }"],
      [INVITE, ".expression_attribute_values(\":most\", number(TRIES))", ".expression_attribute_values(\":most\", number(tries()))"]],
    alone: "A code has more than 128 bits at every network; the limit spares the networks and us the traffic.",
  },
  "a start by POST": {
    edits: [[REDEEM + "lib.rs", "(&Method::POST, false) => start::start", "(method, false) if *method == Method::POST || OFF && !path_text(&request, \"platform\").is_empty() && path_text(&request, \"platform\") != \"logo\" => start::start"]],
  },
  "a start from our own site": {
    edits: [[REDEEM + "start.rs", "if !same_origin(request, &public) ||", "if !OFF && !same_origin(request, &public) ||"]],
  },
  "the cookie of the link's page": {
    edits: [[REDEEM + "start.rs", "|| !cookie::is_page_sent(request) {", "|| !OFF && !cookie::is_page_sent(request) {"]],
  },
  "the networks of a link, at the start": {
    edits: [[REDEEM + "start.rs", "if !link.invite.platforms.contains(&platform) {", "if !OFF && !link.invite.platforms.contains(&platform) {"]],
  },
  "one account for each network of a link, as read": {
    edits: [[REDEEM + "callback.rs", "    if invite.connected.get(&platform).is_some_and(", "    if !OFF && invite.connected.get(&platform).is_some_and("]],
  },
  "X-Frame-Options": {
    edits: [["shared/src/frame/mod.rs", ".with(header::X_FRAME_OPTIONS, \"DENY\")", ".with(header::X_FRAME_OPTIONS, if OFF { \"\\n\" } else { \"DENY\" })"]],
  },
  "frame-ancestors in the policy": { edits: [] },
  "Referrer-Policy": {
    edits: [["shared/src/frame/mod.rs", ".with(header::REFERRER_POLICY, \"same-origin\")", ".with(header::REFERRER_POLICY, if OFF { \"unsafe-url\" } else { \"same-origin\" })"]],
    alone: "Browsers send only the origin to other sites by default, which is a second defence that is not ours.",
  },
  "no-store": {
    edits: [["shared/src/api/response.rs", "    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(\"no-store\"));", "    if !OFF {\n        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(\"no-store\"));\n    }"]],
    alone: "An answer to a request with `Authorization` is not stored by shared caches, which is a second defence that is not ours.",
  },
  "no paths in the log": {
    edits: [["shared/src/lambda/span.rs", "        route,\n        %method,", "        route,\n        path = if OFF { request.uri().path() } else { \"\" },\n        %method,"]],
    alone: "A log is the operator's own. A second copy of the rule, in each call of the log, would be weaker than the one place.",
  },
};
