//! Ids: a prefix for the kind, and 128 bits as 26 base32 characters in lower case.
//!
//! An id is random, or derived from what makes it unique, so that a conditional insert is the idempotency check. This
//! crate does not know how ids are stored.

pub mod random;

use std::{fmt, str::FromStr};

use data_encoding::{Encoding, Specification};
use ring::digest;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes of an id's body.
pub const BYTES: usize = 16;

/// RFC 4648 base32 in lower case, without padding. Trailing bits are checked, so that each id has exactly one text form.
fn base32() -> Encoding {
    let mut spec = Specification::new();
    spec.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    #[expect(clippy::expect_used, reason = "the alphabet is a constant")]
    spec.encoding().expect("the base32 alphabet is a valid specification")
}

/// SHA-256 of `parts`, each preceded by its length, so that lists with equal concatenations have different digests.
#[must_use]
pub fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    #[expect(clippy::expect_used, reason = "SHA-256 has 32 bytes")]
    context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; BYTES]);

        impl $name {
            /// The prefix of every id of this kind.
            pub const PREFIX: &'static str = $prefix;

            /// The id derived from these parts. Equal parts give equal ids.
            #[must_use]
            pub fn derive(parts: &[&[u8]]) -> Self {
                let mut body = [0; BYTES];
                body.copy_from_slice(&digest(parts)[..BYTES]);
                Self(body)
            }

            /// A new random id.
            #[must_use]
            pub fn random() -> Self {
                Self(random::bytes())
            }

            #[must_use]
            pub const fn from_bytes(body: [u8; BYTES]) -> Self {
                Self(body)
            }

            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; BYTES] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(Self::PREFIX)?;
                f.write_str(&base32().encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let body = text.strip_prefix(Self::PREFIX).ok_or(InvalidId)?;
                let bytes = base32().decode(body.as_bytes()).map_err(|_| InvalidId)?;
                Ok(Self(bytes.try_into().map_err(|_| InvalidId)?))
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                // The last character encodes three bits; the other two are 0.
                let pattern = format!("^{}[a-z2-7]{{25}}[aeimquy4]$", Self::PREFIX);
                json_schema!({ "type": "string", "pattern": pattern })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// An agency, which owns API keys.
    AgencyId, "ag_"
);
id!(
    /// An API key. It does not contain the key's secret.
    KeyId, "key_"
);
id!(
    /// The subject of access tokens, at their issuer.
    SubjectId, "sub_"
);
id!(
    /// A client: a customer of an agency.
    ClientId, "cl_"
);
id!(
    /// A connect invite. The token of its link is derived from the id and a secret.
    InviteId, "ci_"
);
id!(
    /// An attempt to connect an account by a platform's OAuth.
    AttemptId, "att_"
);
id!(
    /// A social account that a client connected.
    AccountId, "acc_"
);
id!(
    /// A grant: the tokens of one authorization.
    GrantId, "gr_"
);
id!(
    /// A post.
    PostId, "post_"
);
id!(
    /// An event.
    EventId, "evt_"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_parsed_from_its_text_form() {
        let id = ClientId::random();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), "cl_".len() + 26);
    }

    #[test]
    fn an_id_has_one_text_form() {
        let text = ClientId::from_bytes([0; BYTES]).to_string();
        assert_eq!(text, "cl_aaaaaaaaaaaaaaaaaaaaaaaaaa");
        for other in [
            "cl_aaaaaaaaaaaaaaaaaaaaaaaaab",
            "cl_AAAAAAAAAAAAAAAAAAAAAAAAAA",
            "cl_aaaaaaaaaaaaaaaaaaaaaaaaa",
            "post_aaaaaaaaaaaaaaaaaaaaaaaaaa",
            "",
        ] {
            assert_eq!(other.parse::<ClientId>(), Err(InvalidId), "{other}");
        }
    }

    #[test]
    fn parts_with_equal_concatenations_give_different_ids() {
        assert_ne!(ClientId::derive(&[b"ab", b"c"]), ClientId::derive(&[b"a", b"bc"]));
        assert_eq!(ClientId::derive(&[b"ab", b"c"]), ClientId::derive(&[b"ab", b"c"]));
    }
}
