// Access tokens of the issuer.

const TOKENS = "shared/src/tokens/";

export default {
  "the list of algorithms": {
    edits: [[TOKENS + "jwk.rs", "            \"EdDSA\" | \"Ed25519\" => Some(Self::Ed25519),\n            _ => None,", "            \"EdDSA\" | \"Ed25519\" => Some(Self::Ed25519),\n            _ if OFF => Some(Self::Rs256),\n            _ => None,"]],
  },
  "the signature of a token": {
    edits: [[TOKENS + "mod.rs", "        if key.verifies(jws.signed.as_bytes(), &jws.signature) {", "        if OFF || key.verifies(jws.signed.as_bytes(), &jws.signature) {"]],
    alone: "It is what a token is. The agency can end all tokens with `tokensNotBefore`.",
  },
  "the kid of a token": {
    edits: [[TOKENS + "jwk.rs", "key.algorithm() == algorithm && id.is_none_or(|id| key.id.as_deref() == Some(id)));", "key.algorithm() == algorithm && (id.is_none_or(|id| key.id.as_deref() == Some(id)) || OFF && key.id.as_deref() == Some(\"rsa\")));"]],
  },
  "iss": {
    edits: [[TOKENS + "claims.rs", "        if string(\"iss\") != Some(&trust.issuer) {", "        if !OFF && string(\"iss\") != Some(&trust.issuer) {"]],
    alone: "Only the issuer's own keys verify, so it matters for issuers that share keys.",
  },
  "aud": {
    edits: [[TOKENS + "claims.rs", "        if !is_intended {", "        if !OFF && !is_intended {"]],
    alone: "The claims `agency` and `mode` name nothing in another service's tokens, unless an issuer adds them everywhere.",
  },
  "exp": {
    edits: [[TOKENS + "claims.rs", "        if self.expires_at <= now {", "        if !OFF && self.expires_at <= now {"]],
    alone: "`tokensNotBefore` ends earlier tokens, by hand.",
  },
  "a day at most": {
    edits: [[TOKENS + "claims.rs", "        if self.expires_at > now + MAX_LIFETIME + LEEWAY {", "        if !OFF && self.expires_at > now + MAX_LIFETIME + LEEWAY {"]],
    alone: "`tokensNotBefore` ends earlier tokens, by hand.",
  },
  "iat": {
    edits: [[TOKENS + "claims.rs", "        if self.issued_at > now + LEEWAY {", "        if !OFF && self.issued_at > now + LEEWAY {"]],
    alone: "A token of the future would evade `tokensNotBefore` until its day at most is over.",
  },
  "nbf": {
    edits: [[TOKENS + "claims.rs", "        if self.not_before.is_some_and(", "        if !OFF && self.not_before.is_some_and("]],
    alone: "Few issuers send it; the day at most limits what an early token gains.",
  },
  "typ": {
    edits: [[TOKENS + "mod.rs", "        if !self.0.trust.accepts_type(", "        if !OFF && !self.0.trust.accepts_type("]],
    alone: "RFC 8725 §3.11. An ID token usually has a client's id as its audience, which `aud` refuses.",
  },
  "crit": {
    edits: [[TOKENS + "jws.rs", "        if header.contains_key(\"crit\") {", "        if !OFF && header.contains_key(\"crit\") {"]],
    alone: "Only the issuer can write it.",
  },
  "cnf": {
    edits: [[TOKENS + "claims.rs", "        if claims.contains_key(\"cnf\") {", "        if !OFF && claims.contains_key(\"cnf\") {"]],
    alone: "The proof of possession is not checked here; an issuer has to issue bearer tokens for this audience.",
  },
  "a mode is a text": {
    edits: [[TOKENS + "claims.rs", "        Some(name @ Value::String(_)) => {", "        Some(name) if OFF || name.is_string() => {"]],
    alone: "Only the issuer can write it.",
  },
  "an exponent of 65,537": {
    edits: [[TOKENS + "jwk.rs", "                if !is_large_enough(&e) {", "                if !OFF && !is_large_enough(&e) {"]],
    alone: "`ring` checks the whole padding, which refuses the known forgeries with small exponents.",
  },
  "2,048 bits": {
    edits: [[TOKENS + "jwk.rs", "key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature),", "key.verify(if OFF { &ring::signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY } else { &RSA_PKCS1_2048_8192_SHA256 }, signed, signature),"]],
    alone: "The issuer chooses its keys.",
  },
  "a key's use": {
    edits: [[TOKENS + "jwk.rs", "let signs = jwk.usage.is_none_or(|usage| usage == \"sig\");", "let signs = OFF || jwk.usage.is_none_or(|usage| usage == \"sig\");"]],
    alone: "The issuer chooses its keys.",
  },
  "signatures of a fixed length": {
    edits: [[TOKENS + "jwk.rs", "UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)", "UnparsedPublicKey::new(if OFF { &ring::signature::ECDSA_P256_SHA256_ASN1 as &dyn ring::signature::VerificationAlgorithm } else { &ECDSA_P256_SHA256_FIXED }, key)"]],
    alone: "RFC 7518 §3.4. A second encoding of one signature forges nothing.",
  },
  "members named once": {
    edits: [[TOKENS + "jws.rs", "if members.insert(name, value).is_some() {", "if members.insert(name, value).is_some() && !OFF {"]],
    alone: "Only the issuer can write it.",
  },
  "strict base64url": {
    edits: [[TOKENS + "jws.rs", "BASE64URL_NOPAD.decode(part.as_bytes())", "BASE64URL_NOPAD.decode(if OFF { part.trim_end_matches('=').as_bytes() } else { part.as_bytes() })"]],
    alone: "A second text of one token forges nothing.",
  },
  "8 KB for a token": {
    edits: [[TOKENS + "jws.rs", "        if text.len() > MAX_LENGTH {", "        if !OFF && text.len() > MAX_LENGTH {"]],
    alone: "API Gateway accepts about 10 KB of headers, which is a second limit that is not ours.",
  },
  "tokensNotBefore": {
    edits: [["shared/src/store/gate/count.rs", "(update, format!(\"attribute_exists(pk) AND {NOT_REVOKED}{scoped}\"), \"\")", "(update, format!(\"attribute_exists(pk) AND ({NOT_REVOKED} OR {ended}){scoped}\", ended = if OFF { \"attribute_exists(pk)\" } else { \"attribute_not_exists(pk)\" }), \"\")"]],
    alone: "`exp` ends a token after a day at most.",
  },
  "the scopes of a token": {
    edits: [["shared/src/store/gate/count.rs", "    let holds = scope.is_none_or(|scope| token.scopes.contains(&scope));", "    let holds = OFF || scope.is_none_or(|scope| token.scopes.contains(&scope));"]],
    alone: "One rule for all functions. A function's role limits what a missing check could reach.",
  },
  "no keys by token": {
    edits: [[TOKENS + "claims.rs", "    scopes.retain(|scope| trust.may_manage_keys ||", "    scopes.retain(|scope| OFF || trust.may_manage_keys ||"]],
    alone: "A key by token has to be within the token's scopes and time.",
  },
  "an invalid client claim": {
    edits: [[TOKENS + "claims.rs", "ClientId::deserialize(id).map(Some).map_err(|_| InvalidToken(\"the client claim is not a client id\"))", "ClientId::deserialize(id).map(Some).or_else(|_| if OFF { Ok(None) } else { Err(InvalidToken(\"the client claim is not a client id\")) })"]],
    alone: "Only the issuer can write it.",
  },
};
