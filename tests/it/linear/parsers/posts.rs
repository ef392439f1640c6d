//! What a request says of a post.

use chrono::{DateTime, Utc};
use platforms::{Content, Draft, PlatformId};
use serde_json::{Value, json};
use shared::composition::{Composition, PostChange};

use super::Parser;

/// What platforms look for in a text.
const CONTENT: &[&str] = &[
    "@",
    "#",
    "$",
    "http://",
    "https://a.co/",
    "a.co",
    " ",
    "\n",
    "é",
    "語",
    "👍🏽",
    "👨\u{200d}👩",
    "\u{301}",
    ".",
    "_",
    "a",
    "1",
];

pub(super) const LIST: &[Parser] = &[
    Parser {
        name: "X's weight",
        own: CONTENT,
        valid: "Hello @a.test, see https://a.co/b (new) #tag $CASH 👍🏽",
        parse: |text| check(PlatformId::X, text),
    },
    Parser {
        name: "Bluesky's length",
        own: CONTENT,
        valid: "Hello 👨\u{200d}👩\u{200d}👧 e\u{301}",
        parse: |text| check(PlatformId::Bluesky, text),
    },
    Parser {
        name: "Bluesky's facets",
        own: CONTENT,
        valid: "Hello @a.test, see https://a.co/b (new) #tag",
        parse: |text| {
            let draft =
                Draft { content: Content::plain(text, &[]), identity: [0; 32], now: DateTime::<Utc>::UNIX_EPOCH };
            let _ = platforms::adapter(PlatformId::Bluesky).plan(&draft);
        },
    },
    Parser {
        name: "Instagram's caption",
        own: CONTENT,
        valid: "Hello @shop #a #b #c",
        parse: |text| check(PlatformId::Instagram, text),
    },
    Parser {
        name: "TikTok's text",
        own: CONTENT,
        valid: "Hello @shop #a 👍🏽",
        parse: |text| check(PlatformId::TikTok, text),
    },
    Parser {
        name: "the values of a body",
        own: &[
            "2026-",
            "07-",
            "01",
            "T",
            "12:",
            "00",
            "Z",
            "+",
            "-",
            "Europe/",
            "Berlin",
            "https://a.co/",
            "\"",
            "0",
            "9",
        ],
        valid: "2026-03-29T02:30:00",
        parse: |text| {
            let schedules = [
                json!({ "type": text }),
                json!({ "type": "at", "scheduledAt": text }),
                json!({ "type": "at", "localTime": text, "timeZone": text }),
            ];
            for schedule in schedules {
                let media = [json!({ "url": text, "altText": text })];
                let targets = json!({ "mode": text, "accountIds": [text] });
                let body = json!({
                    "clientId": text, "content": text, "media": media, "targets": targets, "schedule": schedule, "publishBefore": text,
                });
                let _ = PostChange::read(body.clone());
                let _ = Composition::read(body);
            }
        },
    },
    Parser {
        name: "JSON",
        own: &["{", "}", "[", "]", "\"a\":", "1", "-", "e9", ".", "\"", "\\u", "d800", "true", "null", ",", " "],
        valid: "{\"a\": [1, 2.5e3, \"\\ud83d\\ude00\", null, true]}",
        parse: |text| drop(serde_json::from_str::<Value>(text)),
    },
];

fn check(platform: PlatformId, text: &str) {
    let _ = platforms::adapter(platform).check(&Content::plain(text, &[]));
}
