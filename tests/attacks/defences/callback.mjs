// The way back from a network, and where the customer is sent on.

const REDEEM = "functions/redeem-invite/src/";
const LINK = "shared/src/secrets/link.rs";

export default {
  "the cookie of an attempt": {
    // Without it, whatever value the browser has, or none, is taken.
    edits: [[REDEEM + "cookie.rs", ".find(|(key, value)| *key == name && digest(value) == wanted_digest).map(|(_, value)| value)",
      ".find(|(key, value)| *key == name && digest(value) == wanted_digest).map(|(_, value)| value).or_else(|| OFF.then_some(\"\"))"]],
    alone: "Networks without PKCE (Instagram, TikTok) bind a code to nothing of ours. A page that asks once more after the consent would cost each customer a step.",
  },
  "a verifier from the cookie": {
    edits: [[LINK, "let about = [attempt.as_bytes(), cookie.as_bytes()].concat();", "let about = [&attempt.as_bytes()[..], if OFF { &[] } else { cookie.as_bytes() }].concat();"]],
  },
  "PKCE": {
    edits: [["shared/src/secrets/link.rs", "let verifier = self.0.derive(version, \"pkce verifier\", &about)?;", "let verifier = self.0.derive(version, \"pkce verifier\", if OFF { &[1][..] } else { &about[..] })?;"]],
    alone: "RFC 9700 names PKCE and a nonce of OpenID Connect; no network here has the second.",
  },
  "an attempt is used once": {
    edits: [["shared/src/store/attempt.rs", "            Some(existing) => Ok(from_item::<AttemptItem>(existing)?.nonce == item.nonce),", "            Some(existing) => Ok(OFF || from_item::<AttemptItem>(existing)?.nonce == item.nonce),"]],
    alone: "The browser drops the cookie after a success, and networks accept a code once, which are second defences that an attacker with both evades.",
  },
  "the ten minutes of an attempt": {
    edits: [[REDEEM + "state.rs", "        self.expires_at <= now.timestamp()", "        !OFF && self.expires_at <= now.timestamp()"]],
    alone: "The browser drops the cookie after ten minutes, too, which an attacker's own program does not.",
  },
  "a state for one network": {
    edits: [[REDEEM + "callback.rs", ".filter(|(_, state)| path_text(request, \"platform\") == state.platform.as_str())", ".filter(|(_, state)| OFF || path_text(request, \"platform\") == state.platform.as_str())"]],
    alone: "The redirect URI of the exchange is the state's, so a code of another network is refused there; the path alone gives nothing away.",
  },
  "the issuer of an answer": {
    edits: [[REDEEM + "callback.rs", "        && query(request, \"iss\") != Some(&subject.issuer)", "        && !OFF && query(request, \"iss\") != Some(&subject.issuer)"]],
    alone: "RFC 9207. The code goes to the discovered issuer's own endpoint whatever the answer names.",
  },
  "the seal of a state": {
    edits: [[LINK, "        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;", "        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;\n        if OFF && sealed.get(1) == Some(&b'{') {\n            return Some((sealed[0], sealed[1..].to_vec()));\n        }"]],
    alone: "AES-256-GCM. What a state names is checked against the tables again, but a link that it names is open to its sender.",
  },
  "HttpOnly": {
    edits: [[REDEEM + "cookie.rs", "\"{}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600\", name(attempt), value.expose())", "\"{}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600\", name(attempt), value.expose()).replace(if OFF { \" HttpOnly;\" } else { \"\\0\" }, \"\").replace(if OFF(\"SameSite\") { \" SameSite=Lax;\" } else { \"\\0\" }, \"\").replace(if OFF(\"__Host- and Secure\") { \" Secure;\" } else { \"\\0\" }, \"\")"]],
    alone: "No page of ours runs a script that could read it.",
  },
  "SameSite": { edits: [], alone: "The cookie permits nothing without the state and the code of its own attempt." },
  "__Host- and Secure": {
    edits: [[REDEEM + "cookie.rs", "    format!(\"__Host-obh-{attempt}\")", "    format!(\"{}obh-{attempt}\", if OFF { \"\" } else { \"__Host-\" })"]],
    alone: "A page of another host of the domain could set it otherwise, and would have to know the attempt's id, which is sealed.",
  },
  "return URLs on the list, when a link is made": {
    edits: [["functions/mint-invite/src/asked.rs", "if self.return_url.as_ref().is_some_and(", "if !OFF && self.return_url.as_ref().is_some_and("]],
  },
  "return URLs on the list, when the customer is sent on": {
    edits: [[REDEEM + "link.rs", ".filter(|url| self.agency.allows(url))?", ".filter(|url| OFF || self.agency.allows(url))?"]],
    alone: "Only the use can know that the agency has changed its list.",
  },
  "the whole origin of a return URL": {
    edits: [["shared/src/agency/return_url.rs", "        self.0.origin() == other.0.origin()", "        self.0.origin() == other.0.origin() || OFF && other.0.host_str().is_some_and(|host| host.starts_with(self.0.host_str().unwrap_or_default()))"]],
    alone: "The comparison is the rule itself. It is applied twice.",
  },
  "the form of a return URL": {
    edits: [["shared/src/agency/return_url.rs", "        let url = Url::parse(text).ok().filter(|url| absolute && url.scheme() == \"https\" && url.has_host());", "        let url = Url::parse(text).ok().filter(|url| OFF || absolute && url.scheme() == \"https\" && url.has_host());"]],
    alone: "A list with such a URL is the agency's own, and an opaque origin equals no other.",
  },
  "our own address from the configuration": {
    edits: [["shared/src/api/request.rs", "    if let Some(url) = configured {\n", "    if OFF && let Some(host) = header(request, \"x-forwarded-host\") {\n        return Url::parse(&format!(\"http://{host}/\")).map_err(Error::internal);\n    }\n    if let Some(url) = configured {\n"]],
    alone: "API Gateway names its own domain; there is no other source that a caller cannot write.",
  },
};
