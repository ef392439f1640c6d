//! A colour: `#rrggbb`.

use std::{fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Serialized as `#rrggbb` in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

impl JsonSchema for Color {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Color".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^#[0-9A-Fa-f]{6}$", "examples": ["#0b5fd9"] })
    }
}

impl FromStr for Color {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let digits = text.strip_prefix('#').map(|hex| data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()));
        match digits.as_ref().map(|digits| digits.as_deref()) {
            Some(Ok(&[red, green, blue])) => Ok(Self { red, green, blue }),
            _ => Err("must be a colour as in #0b5fd9: # and six hexadecimal digits"),
        }
    }
}

impl TryFrom<String> for Color {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        text.parse()
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.to_string()
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_is_a_number_sign_and_six_digits() {
        let color = Color { red: 0x0b, green: 0x5f, blue: 0xd9 };
        assert_eq!("#0B5fD9".parse(), Ok(color));
        assert_eq!(color.to_string(), "#0b5fd9");
        assert_eq!(serde_json::to_value(color).unwrap(), "#0b5fd9");
        for not in
            ["", "#", "#fff", "0b5fd9", "#0b5fd", "#0b5fd9ff", "#0b5fdg", "red", " #0b5fd9", "#0b5fd9;}", "#é5fd9"]
        {
            assert!(not.parse::<Color>().is_err(), "{not}");
        }
    }
}
