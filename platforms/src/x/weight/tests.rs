use super::*;

/// From twitter-text's conformance suite (`validate.yml`) and X's own examples.
#[test]
fn weights_agree_with_x() {
    for (text, weight) in [
        ("a", 1),
        ("Caf\u{e9}", 4),
        ("Cafe\u{301}", 4),
        ("日本語", 6),
        ("👍", 2),
        ("👨\u{200d}👩\u{200d}👧\u{200d}👦", 2),
        ("👍🏽", 2),
        ("🇯🇵", 2),
        ("\u{2019}", 1),
        ("http://example.com", 23),
        ("https://example.com/a/very/long/path?with=query&and=more#fragment-and-more-of-it", 23),
        ("go to https://example.com/x.", 6 + 23 + 1),
        ("(https://example.com)", 25),
        ("example.com", 23),
        ("example.jp", 23),
        ("example.jp/shop", 23),
        ("name@example.com", 16),
        ("v1.2.3", 6),
        ("…", 2),
    ] {
        assert_eq!(weigh(text, 280), weight, "{text}");
    }
}

#[test]
fn counting_stops_above_the_limit() {
    assert_eq!(weigh(&"x".repeat(280), 280), 280);
    assert_eq!(weigh(&"x".repeat(65_536), 280), 281);
    assert_eq!(weigh(&"a.co ".repeat(13_107), 280), 11 * (LINK + 1) + LINK);
}

#[test]
fn no_text_causes_a_panic() {
    for text in ["", ".", "..", "http://", "https://.", "a.", ".com", "http://é.com", "x.co\u{301}", "1️⃣"] {
        let _ = weigh(text, 280);
    }
}

/// Kinds of texts on which weighers often differ, with the weight by twitter-text 3.1.0.
#[rustfmt::skip]
const TEXTS: [(&str, &str, usize); 24] = [
    ("country's bare domain", "Visit autoloom.de today", 35),
    (".io", "autoloom.io", 23),
    (".co.uk", "autoloom.co.uk", 23),
    (".com.au", "autoloom.com.au", 23),
    ("newer generic bare domain", "autoloom.cafe", 23),
    (".tech", "autoloom.tech", 23),
    ("letters right before https://", "新製品はこちらhttps://shop.example.com/products/summer?utm_source=x&utm_campaign=launch", 37),
    ("Latin with accents", "caféhttps://shop.example.com/products/summer?utm_source=x", 27),
    ("after a hyphen", "now-https://shop.example.com/products/summer?utm_source=x", 27),
    ("after a dot", "now.https://shop.example.com/products/summer?utm_source=x", 27),
    ("CJK right behind a link", "https://example.com/a見て", 27),
    ("bare domain within CJK", "詳しくはexample.comで", 33),
    ("balanced bracket at the end", "https://example.com/a_(b)", 23),
    ("en dash in a path", "https://example.com/Hatfield–McCoy_feud", 23),
    ("curly quote behind a link", "“https://example.com/a”", 25),
    ("IDN host", "https://bücher.example.com/liste/der/neuen", 23),
    ("IDN top level", "https://пример.рф/a", 23),
    ("punycode top level", "https://xn--e1afmkfd.xn--p1ai/a", 23),
    ("underscore in a host", "https://my_shop.example.com/products", 23),
    ("fragment right behind a host", "https://example.com#top", 27),
    ("FE0F after a letter", "a\u{fe0f}", 3),
    ("FE0E after an emoji", "☎\u{fe0e}", 4),
    ("skin tone on what has none", "☁🏽", 4),
    ("keycap digit, FE0F only", "1\u{fe0f}", 3),
];

#[derive(serde::Deserialize)]
struct Line {
    text: String,
    weight: usize,
    valid: bool,
}

/// The texts above; or those of the suite `x-text` of `tests/peers/run`, which writes a JSON object a line into the file that
/// `X_TEXTS` names, with what twitter-text says.
#[expect(clippy::disallowed_methods, reason = "the suite names its file in the environment")]
fn lines() -> Vec<Line> {
    let Ok(file) = std::env::var("X_TEXTS") else {
        return TEXTS.map(|(_, text, weight)| Line { text: text.into(), weight, valid: true }).into();
    };
    let texts = std::fs::read_to_string(file).unwrap();
    texts.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn weighs_as_twitter_text() {
    let differences: Vec<String> = lines()
        .into_iter()
        .filter_map(|Line { text, weight, valid }| {
            let ours = (weigh(&text, usize::MAX), is_valid(&text));
            (ours != (weight, valid)).then(|| format!("{text:?} is {ours:?}, not {:?}", (weight, valid)))
        })
        .collect();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

fn is_valid(text: &str) -> bool {
    weigh(text, 280) <= 280 && invalid_character(text).is_none()
}
