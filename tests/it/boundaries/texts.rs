//! Texts of every kind are returned byte for byte, or refused with a reason.

use serde_json::json;
use shared::testing::Ask;

use crate::world::World;

/// Texts in several scripts, with combining, invisible and direction characters, emoji and spaces.
const TEXTS: &[&str] = &[
    "👩‍👩‍👧‍👦 family, 🏳️‍🌈 flag, 🇩🇪🇯🇵 letters, 👋🏽 skin, 1️⃣ keycap",
    "שלום \u{2067}עולם (RTL)\u{2069} \u{200f}!",
    "مرحبا \u{202b}بالعالم\u{202c}",
    "e\u{301} and \u{e9}, Z\u{351}\u{30d}\u{311}algo\u{489}",
    "한글 조합 \u{1112}\u{1161}\u{11ab}",
    "line\nfeed\r\nand\ttab",
    "\u{feff}mark, \u{2028}line, \u{2029}paragraph, \u{ad}soft",
    "\u{0}nul, \u{1b}escape, \u{7f}delete, \u{85}next",
    "\u{fffd} \u{fffe} \u{10ffff} \u{e000}",
    "  spaces at both ends  ",
    "\"quotes\\\" and </script><!-- ${x} {{y}} %00",
];

#[tokio::test]
async fn a_posts_text_is_returned_byte_for_byte() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    let longest = "🙂".repeat(65_536 / 4);
    for text in TEXTS.iter().copied().chain([longest.as_str()]) {
        let made = world.post(&client, &[&account], text, json!({ "type": "draft" })).await;
        let listed = world.ask(Ask::get("/v1/posts?limit=1").key(&world.key)).await.data();
        for seen in [&made, &world.read(&made).await, &listed[0]] {
            assert_eq!(seen["content"].as_str(), Some(text));
        }
        world.clock.advance(chrono::Duration::seconds(1));
    }
    assert_eq!(longest.len(), 65_536);
}

#[tokio::test]
async fn a_posts_text_is_published_byte_for_byte() {
    let world = World::new().await;
    let (client, account) = world.connected("busy_shop").await;
    // X trims and normalizes texts, so these are the ones that it keeps unchanged.
    for text in [TEXTS[0], TEXTS[1], TEXTS[2], TEXTS[5], TEXTS[10]] {
        world.post(&client, &[&account], text, json!({ "type": "now" })).await;
        world.deliver().await;
        assert_eq!(world.feed("busy_shop").await[0], text);
    }
}

#[tokio::test]
async fn a_clients_name_is_returned_normalized_or_refused() {
    let world = World::new().await;
    let name = async |name: &str| {
        let made = world.ask(Ask::post("/v1/clients", &json!({ "name": name })).key(&world.key)).await;
        (made.status.as_u16(), made.data()["name"].as_str().map(ToOwned::to_owned))
    };
    for text in [TEXTS[0], "שלום עולם", "مرحبا بالعالم"] {
        assert_eq!(name(text).await, (201, Some(text.to_owned())));
    }
    assert_eq!(name("Me\u{200d}ta").await, (201, Some("Meta".to_owned())));
    assert_eq!(name(" e\u{301}\u{a0}").await, (201, Some("\u{e9}".to_owned())));
    for text in [TEXTS[1], TEXTS[2], TEXTS[5], TEXTS[7], "a\u{0}", "\u{200b}", "Meta\u{200b}", "\u{3164}", "\u{2800}"] {
        assert_eq!(name(text).await, (422, None), "{text:?}");
    }
}

/// RFC 8259 §8: JSON is UTF-8 without a byte order mark, and a lone surrogate is no character.
#[tokio::test]
async fn invalid_unicode_is_refused_as_malformed_json() {
    let world = World::new().await;
    for body in [
        r#"{"name":"\ud800"}"#,
        r#"{"name":"\udc00\ud800"}"#,
        "\u{feff}{\"name\":\"A\"}",
        "{\"name\":\"a\u{0}b\"}",
        "{\"name\":\"A\"}x",
    ] {
        let answer = world.ask(Ask::post("/v1/clients", &json!({})).body(body).key(&world.key)).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "malformed_json"), "{body:?}");
    }
    let whole =
        world.ask(Ask::post("/v1/clients", &json!({})).body(r#"{"name":"\ud83d\ude42"}"#).key(&world.key)).await;
    assert_eq!(whole.data()["name"], "🙂");
}
