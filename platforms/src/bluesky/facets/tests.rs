use super::*;

/// Facets as `text => feature`.
fn found(text: &str) -> Vec<String> {
    let meaning = |facet: Facet| {
        let meaning = match facet.feature {
            Feature::Mention { handle } => format!("mention {handle}"),
            Feature::Link { uri } => format!("link {uri}"),
            Feature::Tag { tag } => format!("tag {tag}"),
        };
        format!("{} => {meaning}", &text[facet.range])
    };
    detect(text).into_iter().map(meaning).collect()
}

#[test]
fn mentions_are_found_as_in_the_apps() {
    for (text, expected) in [
        ("nobody here", &[][..]),
        ("@ann.example.com first", &["@ann.example.com => mention ann.example.com"]),
        ("thanks to @ann.com today", &["@ann.com => mention ann.com"]),
        ("at the end @ann.com", &["@ann.com => mention ann.com"]),
        ("@ann.com @bob.com", &["@ann.com => mention ann.com", "@bob.com => mention bob.com"]),
        ("@ann.com\n@ann.com", &["@ann.com => mention ann.com", "@ann.com => mention ann.com"]),
        ("(with @ann.com)", &["@ann.com => mention ann.com"]),
        ("(@ann.com)", &["@ann.com => mention ann.com"]),
        ("ask @ann.com.", &["@ann.com => mention ann.com"]),
        ("ask @ann.com, @bob.com!?", &["@ann.com => mention ann.com", "@bob.com => mention bob.com"]),
        ("@a1-b2.test", &["@a1-b2.test => mention a1-b2.test"]),
        ("@Ann.COM", &["@Ann.COM => mention ann.com"]),
        ("@ann.com's", &["@ann.com => mention ann.com"]),
        ("mail@ann.com", &[]),
        ("@ann", &[]),
        ("@ann.nosuchending", &[]),
        ("@ann.com_x", &[]),
        ("@-ann.com", &[]),
        ("@.com", &[]),
        ("@.test", &[]),
        ("@@ann.com", &[]),
        ("@", &[]),
        ("@é.com", &[]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn links_are_found_as_in_the_apps() {
    for (text, expected) in [
        ("see https://a.com now", &["https://a.com => link https://a.com"][..]),
        ("https://a.com/b/c?d=e&f=g#h", &["https://a.com/b/c?d=e&f=g#h => link https://a.com/b/c?d=e&f=g#h"]),
        ("http://a.com", &["http://a.com => link http://a.com"]),
        ("HTTPS://a.com", &["HTTPS://a.com => link HTTPS://a.com"]),
        (
            "https://a.com\nhttps://b.com",
            &["https://a.com => link https://a.com", "https://b.com => link https://b.com"],
        ),
        (
            "https://a.com, https://b.com/x; https://c.com.",
            &[
                "https://a.com => link https://a.com",
                "https://b.com/x => link https://b.com/x",
                "https://c.com => link https://c.com",
            ],
        ),
        ("https://a.com/...", &["https://a.com/ => link https://a.com/"]),
        ("really: https://a.com?!", &["https://a.com => link https://a.com"]),
        ("(https://a.com)", &["https://a.com => link https://a.com"]),
        ("(https://a.com).", &["https://a.com => link https://a.com"]),
        ("https://a.com/b_(c)", &["https://a.com/b_(c) => link https://a.com/b_(c)"]),
        ("(https://a.com/b_(c))", &["https://a.com/b_(c) => link https://a.com/b_(c)"]),
        ("https://a.com/a。", &["https://a.com/a => link https://a.com/a"]),
        ("https://a.com/娘！？", &["https://a.com/娘 => link https://a.com/娘"]),
        ("“see https://a.com/a”", &["https://a.com/a => link https://a.com/a"]),
        ("„see https://a.com/a“.", &["https://a.com/a => link https://a.com/a"]),
        ("'see https://a.com/a'", &["https://a.com/a => link https://a.com/a"]),
        (
            "« https://a.com/a» https://a.com/b؟",
            &["https://a.com/a => link https://a.com/a", "https://a.com/b => link https://a.com/b"],
        ),
        ("「見て https://a.com/a」。", &["https://a.com/a => link https://a.com/a"]),
        ("https://a.com/a（b）", &["https://a.com/a（b） => link https://a.com/a（b）"]),
        ("（見て https://a.com/a（b））", &["https://a.com/a（b） => link https://a.com/a（b）"]),
        ("[see https://a.com/a]", &["https://a.com/a => link https://a.com/a"]),
        ("http://[::1]", &["http://[::1] => link http://[::1]"]),
        ("read https://a.com…", &["https://a.com => link https://a.com"]),
        ("read https://a.com/b…", &["https://a.com/b => link https://a.com/b"]),
        ("https://a.com。次は", &["https://a.com => link https://a.com"]),
        ("a.com/b… a.com…", &["a.com/b => link https://a.com/b", "a.com => link https://a.com"]),
        ("https://…", &[]),
        ("https://münchen.de/straße", &["https://münchen.de/straße => link https://münchen.de/straße"]),
        ("https://localhost:8080/x", &["https://localhost:8080/x => link https://localhost:8080/x"]),
        ("a.com", &["a.com => link https://a.com"]),
        ("go to www.a.co.uk/b?c=d.", &["www.a.co.uk/b?c=d => link https://www.a.co.uk/b?c=d"]),
        ("(a.com)", &["a.com => link https://a.com"]),
        ("smith-sons.com", &["smith-sons.com => link https://smith-sons.com"]),
        ("a.com's shop", &["a.com => link https://a.com"]),
        ("a.com:8080/x", &["a.com:8080/x => link https://a.com:8080/x"]),
        ("a.com: open", &["a.com => link https://a.com"]),
        ("https://", &[]),
        ("https:///a.com", &[]),
        ("https://.", &[]),
        ("ftp://a.com", &[]),
        ("xhttps://a.com", &[]),
        ("e.g. this", &[]),
        ("e.g./x", &[]),
        ("photo.jpg", &[]),
        ("a.com.jpg", &[]),
        ("well.. a..b ..c", &[]),
        ("It ends here.So it begins.", &[]),
        ("ann@a.com", &[]),
        ("ann.me@a.com", &[]),
        ("3.com", &[]),
        ("12.30", &[]),
        ("\"a.com\"", &[]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn tags_are_found_as_in_the_apps() {
    for (text, expected) in [
        ("#a", &["#a => tag a"][..]),
        ("#a #b", &["#a => tag a", "#b => tag b"]),
        ("we #like_this-one", &["#like_this-one => tag like_this-one"]),
        ("#like, #this. #one!!!", &["#like => tag like", "#this => tag this", "#one => tag one"]),
        ("#2026goals", &["#2026goals => tag 2026goals"]),
        ("#a_", &["#a => tag a"]),
        ("#one#two", &["#one#two => tag one#two"]),
        ("##a", &["##a => tag #a"]),
        ("#日本語。", &["#日本語 => tag 日本語"]),
        ("＃全角", &["＃全角 => tag 全角"]),
        ("#🦋 and #but🦋er", &["#🦋 => tag 🦋", "#but🦋er => tag but🦋er"]),
        ("#👍🏽", &["#👍🏽 => tag 👍🏽"]),
        ("#ab\u{200b}cd", &["#ab => tag ab"]),
        ("#1", &[]),
        ("#", &[]),
        ("# a", &[]),
        ("#-_-", &[]),
        ("#\u{fe0f}\u{20e3}", &[]),
        ("#\u{20e3}", &[]),
        ("#\u{fe0f}\u{20e3}sale", &[]),
        ("##\u{fe0f}\u{20e3}sale now", &["##\u{fe0f}\u{20e3}sale => tag #\u{fe0f}\u{20e3}sale"]),
        ("#1\u{fe0f}\u{20e3}", &["#1\u{fe0f}\u{20e3} => tag 1\u{fe0f}\u{20e3}"]),
        ("a#b", &[]),
        ("(#b", &[]),
        ("a.com/x#b", &["a.com/x#b => link https://a.com/x#b"]),
        ("buy $abc or $TSLA!", &["$abc => tag $ABC", "$TSLA => tag $TSLA"]),
        ("($X)", &["$X => tag $X"]),
        ("$5 $toolong $a-b US$a", &[]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
    let longest = "x".repeat(64);
    assert_eq!(found(&format!("#{longest}")).len(), 1);
    assert_eq!(found(&format!("#{longest}x")).len(), 0);
    assert_eq!(found(&format!("#{}", "é".repeat(64))).len(), 1);
    assert_eq!(found(&format!("#{}", "👩‍👩‍👧‍👧".repeat(64))).len(), 1, "ends at the first joiner");
}

#[test]
fn positions_are_bytes_of_utf_8() {
    let ranges = |text| detect(text).into_iter().map(|facet| facet.range).collect::<Vec<_>>();
    assert_eq!(ranges("Drop ##\u{fe0f}\u{20e3}sale #1\u{fe0f}\u{20e3}"), [5..17, 18..26]);
    assert_eq!(ranges("👩‍👧 é @ann.com ＃日本 a.com"), [15..23, 24..33, 34..39]);
}

#[test]
fn a_mention_that_does_not_resolve_is_plain_text() {
    let dids = BTreeMap::from([("ann.com".to_owned(), "did:plc:ann".to_owned())]);
    let facets: Vec<_> = detect("@ann.com @bob.com").iter().filter_map(|facet| facet.to_json(&dids)).collect();
    let feature = json!({ "$type": "app.bsky.richtext.facet#mention", "did": "did:plc:ann" });
    assert_eq!(facets, [json!({ "index": { "byteStart": 0, "byteEnd": 8 }, "features": [feature] })]);
}

#[test]
fn no_text_causes_a_panic() {
    let pieces = [
        "@",
        "#",
        "＃",
        "$",
        "(",
        ")",
        ".",
        "-",
        "a.com",
        "https://",
        "/",
        " ",
        "\u{feff}",
        "é",
        "👩‍👧",
        "_",
        ":",
        "\u{fe0f}",
        "…",
        "」",
    ];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                let text = [a, b, c, a, b].concat();
                let mut end = 0;
                for facet in detect(&text) {
                    assert!(facet.range.start >= end && facet.range.end > facet.range.start, "{text}");
                    end = facet.range.end;
                }
            }
        }
    }
}

#[test]
fn the_top_level_domains_are_sorted_and_lower_case() {
    let endings: Vec<_> = TLDS.split_ascii_whitespace().collect();
    assert!(endings.is_sorted() && endings.contains(&"com") && endings.contains(&"social"));
    assert!(endings.iter().all(|ending| ending.bytes().all(|byte| byte.is_ascii_lowercase())));
}
