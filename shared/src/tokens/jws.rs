//! A JWT in its compact form, taken apart (RFC 7515 §3.1): three parts, strict base64url, no name twice.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{Refused, jwk::Algorithm};

/// The most characters of a token: the gateway takes headers of about 10 KB together.
const MAX: usize = 8 * 1024;

pub(super) struct Jws {
    /// `typ`
    pub(super) kind: Option<String>,
    pub(super) key_id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) payload: Map<String, Value>,
    /// What the signature covers.
    pub(super) signed: String,
    pub(super) signature: Vec<u8>,
}

impl Jws {
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        if text.len() > MAX {
            return Err(Refused("it is too long"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Refused("not a JWT"))?;
        let (header, payload) = signed.split_once('.').ok_or(Refused("not a JWT"))?;
        let signature = decode(signature)?;
        let header = members(header)?;
        // A key that the token brings itself (`jku`, `jwk`, `x5u`, `x5c`) is no key of the issuer's: such members are not
        // read. What is critical is not understood.
        if header.contains_key("crit") {
            return Err(Refused("it has critical extensions"));
        }
        let algorithm = text_of(&header, "alg")?.and_then(|name| Algorithm::named(&name));
        Ok(Self {
            kind: text_of(&header, "typ")?,
            key_id: text_of(&header, "kid")?,
            algorithm: algorithm.ok_or(Refused("alg is none of RS256, ES256 and EdDSA"))?,
            payload: members(payload)?,
            signed: signed.to_owned(),
            signature,
        })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, Refused> {
    BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| Refused("a part is not base64url"))
}

fn members(part: &str) -> Result<Map<String, Value>, Refused> {
    let Members(members) = serde_json::from_slice(&decode(part)?)
        .map_err(|_| Refused("a part is not a JSON object whose names are all different"))?;
    Ok(members)
}

fn text_of(header: &Map<String, Value>, name: &str) -> Result<Option<String>, Refused> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refused("alg, typ or kid is not a string")),
    }
}

/// An object whose names are all different: of two, readers disagree on which one counts (RFC 7519 §4).
struct Members(Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = object.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a name stands twice"));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str) -> String {
        let encode = |part: &str| BASE64URL_NOPAD.encode(part.as_bytes());
        format!("{}.{}.{}", encode(header), encode(payload), encode("signature"))
    }

    #[test]
    fn a_token_is_taken_apart() {
        let text = token(r#"{"alg":"ES256","typ":"at+jwt","kid":"1","jku":"https://evil.example"}"#, r#"{"a":1}"#);
        let jws = Jws::parse(&text).unwrap();
        assert_eq!((jws.kind.as_deref(), jws.key_id.as_deref()), (Some("at+jwt"), Some("1")));
        assert_eq!((jws.algorithm, &jws.payload["a"]), (Algorithm::Es256, &Value::from(1)));
        assert_eq!(
            (jws.signed.as_str(), jws.signature.as_slice()),
            (text.rsplit_once('.').unwrap().0, &b"signature"[..])
        );
    }

    #[test]
    fn what_is_no_token_of_ours_is_refused() {
        const HEADER: &str = r#"{"alg":"ES256"}"#;
        let good = token(HEADER, "{}");
        assert!(Jws::parse(&good).is_ok());
        for text in [
            String::new(),
            "a.b".into(),
            "..".into(),
            format!("{good}.more"),
            format!("{good}="),
            format!(" {good}"),
            good.replace('.', ".\n"),
            token(HEADER, "[]"),
            token(HEADER, r#"{"iss":"a","iss":"a"}"#),
            token(r#"{"alg":"ES256","alg":"none"}"#, "{}"),
            token(r#"{"alg":"none"}"#, "{}"),
            token(r#"{"alg":"None"}"#, "{}"),
            token(r#"{"alg":"HS256"}"#, "{}"),
            token(r#"{"alg":"RS512"}"#, "{}"),
            token(r#"{"alg":["ES256"]}"#, "{}"),
            token("{}", "{}"),
            token(r#"{"alg":"ES256","crit":null}"#, "{}"),
            token(r#"{"alg":"ES256","crit":["exp"]}"#, "{}"),
            token(r#"{"alg":"ES256","kid":1}"#, "{}"),
            token(HEADER, &format!(r#"{{"a":"{}"}}"#, "a".repeat(MAX))),
        ] {
            assert!(Jws::parse(&text).is_err(), "{text:.200}");
        }
    }
}
