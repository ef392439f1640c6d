//! The schema's pattern and the parser accept the same names.

use serde_json::{Value, json};
use shared::{agency::AgencyName, client::ClientName, key::Label};

use super::{CHECKED_IN, schema};

/// Edge cases for a name of at most `max` characters.
fn texts(max: usize) -> Vec<String> {
    let long = |count: usize| "é".repeat(count);
    let mut texts: Vec<String> = [max - 1, max, max + 1].into_iter().map(long).collect();
    texts.extend(
        ["", " ", "a", "a b", "\u{0}a", "a\u{0}b", "a\u{0}", "\u{85}a\u{85}", "a\u{85}b", "\t\r\n"].map(str::to_owned),
    );
    // Surrounding spaces do not count towards the length, inner ones do.
    for space in [" ", "\n", "\u{a0}", "\u{2003}", "\u{3000}"] {
        texts.push(format!("{space}{}{space}", long(max)));
        texts.push(format!("{}a", space.repeat(max)));
        texts.push(format!("{space}{}{space}", long(max + 1)));
    }
    texts.extend([format!("a{}b", " ".repeat(max - 2)), format!("a{}b", " ".repeat(max - 1))]);
    // Characters that only some definitions treat as whitespace.
    texts.extend(["\u{feff}".repeat(max), "\u{200b}".into(), "a\u{202e}b".into(), "\u{200f}".into()]);
    // Invisible ones, and joiners.
    for c in
        "\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200c}\u{200d}\u{2800}\u{3164}\u{fe00}\u{fe0f}\u{ffa0}\u{e0041}\u{f0000}"
            .chars()
    {
        texts.extend([format!("{c}"), format!("{c}a"), format!("a{c}"), format!("a{c}b"), format!("❤{c}")]);
    }
    texts
}

fn hold(name: &str, max: usize, parses: impl Fn(&str) -> bool) {
    let document: Value = serde_json::from_str(CHECKED_IN).unwrap();
    let validator = schema::validator(&document, &json!({ "$ref": format!("#/components/schemas/{name}") }));
    for text in texts(max) {
        assert_eq!(validator.is_valid(&json!(text)), parses(&text), "{name}: {text:?}");
    }
}

#[test]
fn the_document_and_the_code_accept_the_same_names() {
    hold("ClientName", 200, |text| ClientName::parse(text).is_ok());
    hold("AgencyName", 200, |text| AgencyName::parse(text).is_ok());
    hold("KeyLabel", 64, |text| Label::parse(text).is_ok());
}
