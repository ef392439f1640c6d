//! API keys: `obh_live_…` and `obh_test_…`.
//!
//! The text after the prefix is base62 of *version ‖ agency id ‖ key id ‖ secret ‖ checksum*. The checksum covers the
//! prefix too, so a mistyped, truncated or foreign string is refused without a read, and a secret scanner can verify a
//! match offline. The secret is random and is never stored: the gate stores the SHA-256 of the whole key.

use ring::digest;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::{
    base62,
    id::{AgencyId, BYTES, KeyId},
    name,
    secret::Secret,
    tenant::{Mode, Tenant},
};

/// Maximum length of a label, in characters.
const MAX_LABEL: usize = 64;
const VERSION: u8 = 1;
const SECRET: usize = 20;
const CHECKSUM: usize = 4;
const TOTAL: usize = 1 + 2 * BYTES + SECRET + CHECKSUM;

/// A well-formed API key. Whether it is valid is decided by the gate.
pub struct ApiKey {
    pub tenant: Tenant,
    pub id: KeyId,
    /// SHA-256 of the whole key.
    pub digest: [u8; 32],
    text: Secret,
}

impl ApiKey {
    /// A new key of `tenant`, with a fresh random secret.
    #[must_use]
    pub fn generate(tenant: Tenant, id: KeyId) -> Self {
        let secret: [u8; SECRET] = crate::id::random::bytes();
        let mut body = Vec::with_capacity(TOTAL);
        body.push(VERSION);
        body.extend_from_slice(tenant.agency.as_bytes());
        body.extend_from_slice(id.as_bytes());
        body.extend_from_slice(&secret);
        body.extend_from_slice(&checksum(tenant.mode, &body));
        let text = format!("{}{}", prefix(tenant.mode), base62::encode(&body));
        Self { tenant, id, digest: sha256(&text), text: Secret::new(text) }
    }

    /// Parses a key; `None` if the text is malformed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mode, encoded) =
            [Mode::Live, Mode::Test].into_iter().find_map(|mode| Some((mode, text.strip_prefix(prefix(mode))?)))?;
        let body: [u8; TOTAL] = base62::decode(encoded)?;
        let (signed, sum) = body.split_at_checked(TOTAL - CHECKSUM)?;
        let (version, ids) = signed.split_first()?;
        if *version != VERSION || sum != checksum(mode, signed) {
            return None;
        }
        let (agency, ids) = ids.split_first_chunk::<BYTES>()?;
        let (id, _secret) = ids.split_first_chunk::<BYTES>()?;
        Some(Self {
            tenant: Tenant { agency: AgencyId::from_bytes(*agency), mode },
            id: KeyId::from_bytes(*id),
            digest: sha256(text),
            text: Secret::new(text),
        })
    }

    /// The key as its holder sends it. Shown once, when it is created.
    #[must_use]
    pub const fn text(&self) -> &Secret {
        &self.text
    }
}

/// An agency's name for a key. It follows the rules of a client's name, but is shorter, because every request of the
/// agency rewrites all labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// # Errors
    /// The broken rule, in words for the caller.
    pub fn parse(text: &str) -> Result<Self, String> {
        name::parse(text, MAX_LABEL).map(Self)
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.0
    }
}

impl JsonSchema for Label {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "KeyLabel".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        name::schema(MAX_LABEL)
    }
}

const fn prefix(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "obh_live_",
        Mode::Test => "obh_test_",
    }
}

#[expect(clippy::expect_used, reason = "SHA-256 has 32 bytes")]
fn sha256(text: &str) -> [u8; 32] {
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

fn checksum(mode: Mode, signed: &[u8]) -> [u8; CHECKSUM] {
    let sum = crate::id::digest(&[prefix(mode).as_bytes(), signed]);
    [sum[0], sum[1], sum[2], sum[3]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(mode: Mode) -> ApiKey {
        ApiKey::generate(Tenant { agency: AgencyId::random(), mode }, KeyId::random())
    }

    #[test]
    fn a_key_contains_its_tenant_and_id() {
        let made = key(Mode::Test);
        let read = ApiKey::parse(made.text().expose()).unwrap();
        assert_eq!((read.tenant, read.id, read.digest), (made.tenant, made.id, made.digest));
        assert!(made.text().expose().starts_with("obh_test_"));
    }

    #[test]
    fn any_changed_character_breaks_the_checksum() {
        let text = key(Mode::Live).text().expose().to_owned();
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(ApiKey::parse(std::str::from_utf8(&changed).unwrap()).is_none(), "character {at}");
        }
    }

    #[test]
    fn a_test_key_with_the_live_prefix_is_refused() {
        let text = key(Mode::Test).text().expose().replace("obh_test_", "obh_live_");
        assert!(ApiKey::parse(&text).is_none());
    }

    #[test]
    fn a_label_is_a_short_name() {
        let label = |text: &str| Label::parse(text).map(String::from);
        assert_eq!(label("  Caf\u{65}\u{301} ").unwrap(), "Caf\u{e9}");
        assert_eq!(label(&"é".repeat(64)).unwrap().chars().count(), 64);
        for (text, fault) in [
            (" ".to_owned(), "must not be empty"),
            ("a\nb".to_owned(), "must not contain control characters or invisible ones such as \\u{a}"),
            ("a".repeat(65), "must have at most 64 characters"),
            ("a".repeat(201), "must have at most 64 characters"),
        ] {
            assert_eq!(label(&text), Err(fault.to_owned()), "{text}");
        }
    }
}
