use super::{LIMIT, cashtags, has_invalid_character, weigh};

/// Cases of twitter-text's conformance suite (validate.yml), and a few more.
const TEXTS: [(&str, usize); 18] = [
    ("Hi http://test.co", 26),
    ("http://test.co", 23),
    ("\u{41}\u{301}B", 2),
    ("A\u{5E9}\u{5BC}\u{5C1}", 4),
    ("H🐱☺👨\u{200D}👩\u{200D}👧\u{200D}👦", 7),
    ("😷👾😡🔥💩", 10),
    ("🙋🏽👨\u{200D}🎤", 4),
    ("1\u{20E3}", 2),
    ("Unicode 9.0 emoji: 🤠; 💃; 💃🏾", 29),
    ("Unicode 10.0 emoji: 🤪; 🧕; 🧕🏾; 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", 34),
    ("ABC\u{202A}\u{FFFF}ABC\u{FFFE}", 12),
    ("\u{2066}\u{202A}http://foobar.پاکستان/\u{202C}\u{2069}", 31),
    ("randomurlrandomurlrandomurlrandomurlrandomurlrandomurlrandomurls.com", 68),
    (
        "This is a tweet with general punctuation characters: \u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\u{200B} ‐ ‑ ‒ – — ― ‖  ‗ ‘ ’ ‚ ‛ “ ” „ ‟ ′ ″ ‴ ‵ ‶ ‷",
        110,
    ),
    ("🇫🇷", 2),
    ("1\u{FE0F}", 3),
    ("©", 1),
    ("語", 2),
];

#[test]
fn labels_and_repeated_emoji_weigh_as_on_x() {
    let kana = "あいうえおかきくけこ";
    let family = "👨\u{200D}👩\u{200D}👧\u{200D}👦";
    assert_eq!(weigh(&family.repeat(140)), 280);
    assert_eq!(weigh(&"https://www.twitter.com/aloha ".repeat(10)), 240);
    assert_eq!(weigh(&"😷".repeat(160)), 320);
    let middle = format!("285 chars- http://www.twitter.com/jack {}", "xxxxxxxxxx-".repeat(24));
    assert_eq!(weigh(&middle), 35 + 24 * 11 - 1 + 1);
    let hosts = |last: &str| {
        let host = format!("{}{last}", kana.repeat(5));
        format!("{} http://{host}.com", kana.repeat(12))
    };
    assert_eq!(weigh(&hosts("あいう")), 358, "a label of more than 63");
    assert_eq!(weigh(&hosts("あい")), 264, "a label of 63 or less");
}

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
        let line =
            |(text, weight): (&str, usize)| Line { text: text.into(), weight, valid: !text.contains('\u{FFFF}') };
        return TEXTS.map(line).into();
    };
    let texts = std::fs::read_to_string(file).unwrap();
    texts.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn weighs_as_twitter_text() {
    let differences: Vec<String> = lines()
        .into_iter()
        .filter_map(|Line { text, weight, valid }| {
            let ours = weigh(&text);
            let ours = (ours, ours <= LIMIT && !has_invalid_character(&text));
            (ours != (weight, valid)).then(|| format!("{text:?} is {ours:?}, not {:?}", (weight, valid)))
        })
        .collect();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn cashtags_are_counted_by_the_expression_of_twitter_text() {
    for (text, number) in [
        ("$TWTR", 1),
        ("$TWTR $AAPL", 2),
        ("buy $twtr, not\u{3000}$BRK.A!", 2),
        ("$ABCDEFG $A1 $5 US$ABC ($ABC) $ABC\u{e9}", 0),
    ] {
        assert_eq!(cashtags(text), number, "{text}");
    }
}
