//! Identifiers: a prefix that says what it names, and 128 bits as 26 lower-case base32 characters.
//!
//! An id is either random or derived from what makes it unique, so that the insert's own condition is the
//! idempotency check. What may not be here: anything that knows how an id is stored.

use std::{fmt, str::FromStr};

use data_encoding::{Encoding, Specification};
use ring::digest;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes of an id's body.
pub const BYTES: usize = 16;

/// RFC 4648 base32 in lower case, without padding; trailing bits are checked, so each id has one spelling.
fn base32() -> Encoding {
    let mut spec = Specification::new();
    spec.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    spec.encoding().expect("the base32 alphabet is a valid specification")
}

/// SHA-256 over `parts`, each preceded by its length, so that no two lists of parts collide by concatenation.
#[must_use]
pub fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
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
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// The id that these parts determine: equal parts, equal id.
            #[must_use]
            pub fn derive(parts: &[&[u8]]) -> Self {
                let mut body = [0; BYTES];
                body.copy_from_slice(&digest(parts)[..BYTES]);
                Self(body)
            }

            /// A new random id.
            #[must_use]
            pub fn random() -> Self {
                Self(uuid::Uuid::new_v4().into_bytes())
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
                // The last character carries three bits: two of its five are always 0.
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
    /// An agency: who holds API keys.
    AgencyId, "ag_"
);
id!(
    /// An API key; never its secret.
    KeyId, "key_"
);
id!(
    /// Who holds access tokens: a subject of their issuer.
    SubjectId, "sub_"
);
id!(
    /// A client: a customer of an agency.
    ClientId, "cl_"
);
id!(
    /// A connect invite; its link's token is made from it and a secret.
    InviteId, "ci_"
);
id!(
    /// One way through a platform's OAuth, begun on a connect page.
    AttemptId, "att_"
);
id!(
    /// A social account that a client connected.
    AccountId, "acc_"
);
id!(
    /// A grant: the tokens that one authorization gave.
    GrantId, "gr_"
);
id!(
    /// A post.
    PostId, "post_"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form() {
        let id = ClientId::random();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), "cl_".len() + 26);
    }

    #[test]
    fn an_id_has_one_spelling() {
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
    fn parts_do_not_run_into_each_other() {
        assert_ne!(ClientId::derive(&[b"ab", b"c"]), ClientId::derive(&[b"a", b"bc"]));
        assert_eq!(ClientId::derive(&[b"ab", b"c"]), ClientId::derive(&[b"ab", b"c"]));
    }
}
