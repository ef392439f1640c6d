//! The values that an option accepts, with their JSON Schema.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::media::{MAX_URL, WEB_ADDRESS, is_web_address};

/// The values that an option accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    Integer {
        from: u64,
        to: u64,
    },
    /// A number from 0 to 1.
    Fraction,
    /// A text of so many characters.
    Text {
        from: usize,
        to: usize,
    },
    /// An absolute https URL.
    Address,
    /// The tag of a language (BCP 47), such as `de-CH`. Its subtags are not looked up in any registry.
    Language,
    /// A list of so many different values.
    List {
        of: &'static Self,
        from: usize,
        to: usize,
    },
    /// An object that has exactly these members.
    Object {
        /// Its name in the API's document.
        title: &'static str,
        members: &'static [Member],
    },
}

/// A member of an option that is an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub name: &'static str,
    pub values: Values,
}

const LANGUAGE: &str = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$";

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = |part: &str| matches!(part.len(), 2..=3) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let subtag = |part: &str| matches!(part.len(), 2..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    parts.next().is_some_and(language) && parts.clone().count() <= 4 && parts.all(subtag)
}

/// A number without a fraction. JSON Schema counts 5.0 among them.
pub(crate) fn integer(value: &Value) -> Option<u64> {
    let whole = |number: f64| (number >= 0.0 && number.fract() == 0.0 && number < 9e15).then_some(number as u64);
    value.as_u64().or_else(|| value.as_f64().and_then(whole))
}

impl Values {
    pub(super) fn schema(self) -> Value {
        match self {
            Self::OneOf(names) => json!({ "type": "string", "enum": names }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Integer { from, to } => json!({ "type": "integer", "minimum": from, "maximum": to }),
            Self::Fraction => json!({ "type": "number", "minimum": 0, "maximum": 1 }),
            Self::Text { from, to } => json!({ "type": "string", "minLength": from, "maxLength": to }),
            Self::Address => json!({ "type": "string", "maxLength": MAX_URL, "pattern": WEB_ADDRESS }),
            Self::Language => json!({ "type": "string", "pattern": LANGUAGE }),
            Self::List { of, from, to } => {
                json!({ "type": "array", "items": of.schema(), "minItems": from, "maxItems": to, "uniqueItems": true })
            }
            Self::Object { title, members } => {
                let properties: Map<String, Value> =
                    members.iter().map(|member| (member.name.to_owned(), member.values.schema())).collect();
                let required: Vec<_> = members.iter().map(|member| member.name).collect();
                json!({
                    "type": "object",
                    "title": title,
                    "properties": properties,
                    "required": required,
                    "additionalProperties": false,
                })
            }
        }
    }

    /// # Errors
    /// The value is not accepted; the text says which values are.
    pub fn check(self, value: &Value) -> Result<(), String> {
        if self.accepts(value) { Ok(()) } else { Err(self.to_string()) }
    }

    fn accepts(self, value: &Value) -> bool {
        match self {
            Self::OneOf(names) => value.as_str().is_some_and(|text| names.contains(&text)),
            Self::Flag => value.is_boolean(),
            Self::Integer { from, to } => integer(value).is_some_and(|number| (from..=to).contains(&number)),
            Self::Fraction => value.as_f64().is_some_and(|number| (0.0..=1.0).contains(&number)),
            Self::Text { from, to } => value.as_str().is_some_and(|text| (from..=to).contains(&text.chars().count())),
            Self::Address => value.as_str().is_some_and(|text| text.chars().count() <= MAX_URL && is_web_address(text)),
            Self::Language => value.as_str().is_some_and(is_language),
            Self::List { of, from, to } => value.as_array().is_some_and(|list| {
                let is_new = |(n, value): (usize, &Value)| !list.iter().take(n).any(|earlier| earlier == value);
                (from..=to).contains(&list.len())
                    && list.iter().all(|value| of.accepts(value))
                    && list.iter().enumerate().all(is_new)
            }),
            Self::Object { members, .. } => value.as_object().is_some_and(|object| {
                object.len() == members.len()
                    && members
                        .iter()
                        .all(|member| object.get(member.name).is_some_and(|own| member.values.accepts(own)))
            }),
        }
    }
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(names) => write!(f, "must be one of {}", names.join(", ")),
            Self::Flag => f.write_str("must be true or false"),
            Self::Integer { from, to } => write!(f, "must be a whole number from {from} to {to}"),
            Self::Fraction => f.write_str("must be a number from 0 to 1"),
            Self::Text { from, to } => write!(f, "must be a text of {from} to {to} characters"),
            Self::Address => write!(f, "must be an absolute https URL of at most {MAX_URL} characters, without spaces"),
            Self::Language => f.write_str("must be the tag of a language, such as de or pt-BR"),
            Self::List { of, from, to } => {
                write!(f, "must be a list of {from} to {to} different values, each of which {of}")
            }
            Self::Object { members, .. } => {
                f.write_str("must be an object")?;
                members.iter().zip(0..).try_for_each(|(member, n)| {
                    write!(f, "{} `{}`, which {}", if n == 0 { " with" } else { ", and" }, member.name, member.values)
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: Values = Values::List {
        of: &Values::Object {
            title: "Place",
            members: &[
                Member { name: "name", values: Values::Text { from: 1, to: 3 } },
                Member { name: "x", values: Values::Fraction },
            ],
        },
        from: 1,
        to: 2,
    };

    #[test]
    fn a_value_must_be_one_that_the_platform_knows() {
        const NAMES: Values = Values::OneOf(&["a", "b"]);
        const NUMBER: Values = Values::Integer { from: 5, to: 9 };
        for (values, accepted, refused) in [
            (NAMES, vec![json!("b")], vec![json!("c"), json!(1)]),
            (Values::Flag, vec![json!(false)], vec![json!("true"), json!(0)]),
            (NUMBER, vec![json!(5), json!(9.0)], vec![json!(4), json!(10), json!(5.5), json!(-5), json!("5")]),
            (Values::Fraction, vec![json!(0), json!(0.5), json!(1.0)], vec![json!(1.01), json!(-0.1), json!("0")]),
            (
                Values::Text { from: 1, to: 2 },
                vec![json!("a"), json!("\u{e9}\u{e9}")],
                vec![json!(""), json!("abc"), json!(1)],
            ),
            (
                Values::Address,
                vec![json!("https://a.example/b.jpg"), json!("https://b\u{fc}cher.example/")],
                vec![
                    json!("a.example"),
                    json!("https://a b.example/"),
                    json!(format!("https://a.example/{}", "a".repeat(2048))),
                ],
            ),
            (
                Values::Language,
                vec![json!("de"), json!("pt-BR"), json!("zh-Hant-TW")],
                vec![json!("d"), json!("de_CH"), json!("de-"), json!("deutsch"), json!("a-b-c-d-e-f"), json!(1)],
            ),
            (
                Values::List { of: &NAMES, from: 1, to: 2 },
                vec![json!(["a"]), json!(["b", "a"])],
                vec![json!([]), json!(["a", "b", "a"]), json!(["a", "a"]), json!(["c"]), json!("a"), json!(null)],
            ),
            (
                PLACES,
                vec![json!([{ "name": "a", "x": 0.5 }])],
                vec![
                    json!([{ "name": "a" }]),
                    json!([{ "name": "a", "x": 0.5, "y": 1 }]),
                    json!([{ "name": "a", "z": 0.5 }]),
                    json!([{ "name": "a", "x": 2 }]),
                    json!([["a", 0.5]]),
                ],
            ),
        ] {
            for value in accepted {
                assert_eq!(values.check(&value), Ok(()), "{value}");
            }
            for value in refused {
                assert_eq!(values.check(&value), Err(values.to_string()), "{value}");
            }
        }
    }

    #[test]
    fn advice_names_all_that_is_accepted() {
        assert_eq!(
            PLACES.to_string(),
            "must be a list of 1 to 2 different values, each of which must be an object with `name`, which must be a text of 1 to 3 characters, and `x`, which must be a number from 0 to 1"
        );
    }
}
