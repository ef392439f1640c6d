//! Parses a JWS in compact serialization (RFC 7515 §3.1): three parts, strict base64url, no duplicate members.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{InvalidToken, jwk::Algorithm};

/// The longest token, in bytes. The gateway accepts about 10 KB of headers in total.
const MAX_LENGTH: usize = 8 * 1024;

pub(super) struct Jws {
    pub(super) typ: Option<String>,
    pub(super) key_id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) payload: Map<String, Value>,
    /// The signing input: header and payload as they were sent.
    pub(super) signed: String,
    pub(super) signature: Vec<u8>,
}

impl Jws {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidToken> {
        if text.len() > MAX_LENGTH {
            return Err(InvalidToken("longer than 8 KB"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(InvalidToken("not a JWT"))?;
        let (header, payload) = signed.split_once('.').ok_or(InvalidToken("not a JWT"))?;
        let signature = decode(signature)?;
        let header = members(header)?;
        // `jku`, `jwk`, `x5u` and `x5c` are ignored: the sender chooses the key in them.
        if header.contains_key("crit") {
            return Err(InvalidToken("crit names extensions that are not supported"));
        }
        let algorithm = string_member(&header, "alg")?.and_then(|name| Algorithm::from_name(&name));
        Ok(Self {
            typ: string_member(&header, "typ")?,
            key_id: string_member(&header, "kid")?,
            algorithm: algorithm.ok_or(InvalidToken("alg is not RS256, ES256, EdDSA or Ed25519"))?,
            payload: members(payload)?,
            signed: signed.to_owned(),
            signature,
        })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, InvalidToken> {
    BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| InvalidToken("a part is not base64url"))
}

fn members(part: &str) -> Result<Map<String, Value>, InvalidToken> {
    let UniqueMembers(members) = serde_json::from_slice(&decode(part)?)
        .map_err(|_| InvalidToken("a part is not a JSON object with unique members"))?;
    Ok(members)
}

fn string_member(header: &Map<String, Value>, name: &str) -> Result<Option<String>, InvalidToken> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(InvalidToken("alg, typ or kid is not a string")),
    }
}

/// A JSON object without duplicate members: parsers disagree on which duplicate counts (RFC 7519 §4).
struct UniqueMembers(Map<String, Value>);

impl<'de> Deserialize<'de> for UniqueMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = UniqueMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<UniqueMembers, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = object.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("duplicate member"));
                    }
                }
                Ok(UniqueMembers(members))
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
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
    fn a_token_is_parsed_into_its_parts() {
        let text = token(r#"{"alg":"ES256","typ":"at+jwt","kid":"1","jku":"https://evil.example"}"#, r#"{"a":1}"#);
        let jws = Jws::parse(&text).unwrap();
        assert_eq!((jws.typ.as_deref(), jws.key_id.as_deref()), (Some("at+jwt"), Some("1")));
        assert_eq!((jws.algorithm, &jws.payload["a"]), (Algorithm::Es256, &Value::from(1)));
        assert_eq!(
            (jws.signed.as_str(), jws.signature.as_slice()),
            (text.rsplit_once('.').unwrap().0, &b"signature"[..])
        );
    }

    #[test]
    fn malformed_tokens_are_refused() {
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
            token(r#"{"alg":"ES256","more":1,"more":2}"#, "{}"),
            token(HEADER, &format!(r#"{{"a":"{}"}}"#, "a".repeat(MAX_LENGTH))),
        ] {
            assert!(Jws::parse(&text).is_err(), "{text:.200}");
        }
    }
}
