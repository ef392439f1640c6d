//! JSON without repeated names. RFC 8259 §4 leaves open which of two values of one name counts, so two readers of one body
//! could take it for different requests.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How many characters of a name an error repeats.
const SHOWN: usize = 100;

/// # Errors
/// As [`serde_json::from_slice`]; a name that occurs twice in one object is an error of data.
pub(super) fn from_slice(body: &[u8]) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = Unique.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(value) = sequence.next_element_seed(Self)? {
            all.push(value);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if all.contains_key(&name) {
                let shown: String = name.chars().take(SHOWN).collect();
                return Err(A::Error::custom(format!("the name {shown:?} occurs twice in one object")));
            }
            let value = map.next_value_seed(Self)?;
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_occurs_once_in_an_object_at_any_depth() {
        for (body, name) in [
            (r#"{"a":1,"a":1}"#, r#""a""#),
            (r#"{"a":1,"\u0061":2}"#, r#""a""#),
            (r#"[{"b":{"a":[{"c":1,"d":2,"c":{}}]}}]"#, r#""c""#),
            (r#"{"":1,"":2}"#, r#""""#),
            (r#"{"\n\"":1,"\n\"":2}"#, r#""\n\"""#),
        ] {
            let error = from_slice(body.as_bytes()).unwrap_err();
            assert!(error.is_data() && error.to_string().contains(&format!("the name {name} occurs twice")), "{error}");
        }
        let long = format!("{:?}", "é".repeat(9000));
        let error = from_slice(format!("{{{long}:1,{long}:2}}").as_bytes()).unwrap_err().to_string();
        assert!(error.chars().count() < 200, "{error}");
        let same = r#"{"a":{"a":[{"a":1},{"a":2}]},"b":{"a":1},"A":1}"#;
        assert_eq!(from_slice(same.as_bytes()).unwrap(), serde_json::from_str::<Value>(same).unwrap());
    }

    #[test]
    fn all_else_is_read_as_serde_json_does() {
        for body in [
            "",
            "nul",
            "null",
            " [1,-1,0,-0,1.5,1e300,1e999,18446744073709551615,18446744073709551616,-9223372036854775809]",
            "[1,]",
            "{}x",
            "[true,false,\"\\ud83d\\ude00\",\"\\ud83d\",null]",
            "[\"\\ud83d\\ude00\\u0000\"]",
            "{\"a\"}",
            "[0.1,123456789.123456789]",
        ] {
            let theirs = serde_json::from_str::<Value>(body).map_err(|error| error.to_string());
            assert_eq!(from_slice(body.as_bytes()).map_err(|error| error.to_string()), theirs, "{body}");
        }
        for depth in [100, 1_000, 100_000] {
            let body = "[".repeat(depth) + &"]".repeat(depth);
            assert_eq!(from_slice(body.as_bytes()).is_ok(), serde_json::from_str::<Value>(&body).is_ok(), "{depth}");
        }
        assert_eq!(from_slice(b"[\xFF]").map_err(|error| error.line()), Err(1));
        assert_eq!(from_slice(b"{\"b\":1,\"a\":2}").unwrap(), json!({ "b": 1, "a": 2 }));
    }
}
