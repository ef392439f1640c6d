//! The options of a post.

use super::*;
use crate::{Options, media::Facts};

fn body(content: &str, options: Value) -> Value {
    let options: Options = serde_json::from_value(options).unwrap();
    let call = X.step(&Task { options: &options, ..task(&ENDPOINTS, content) }).unwrap();
    serde_json::from_slice(call.request.body()).unwrap()
}

#[test]
fn options_are_sent_in_the_words_of_x() {
    let all = json!({
        "replySettings": "verified",
        "madeWithAi": true,
        "paidPartnership": true,
        "poll": { "options": ["a", "b"], "durationMinutes": 60.0 },
    });
    let sent = json!({
        "text": "Which?",
        "reply_settings": "verified",
        "made_with_ai": true,
        "paid_partnership": true,
        "poll": { "options": ["a", "b"], "duration_minutes": 60 },
    });
    assert_eq!(body("Which?", all), sent);
    assert_eq!(body("Hello", json!({ "madeWithAi": false })), json!({ "text": "Hello" }));
}

#[test]
fn a_poll_excludes_media() {
    let poll: Options = serde_json::from_value(json!({ "poll": {} })).unwrap();
    let facts = [Facts::default()];
    let (text, media) = (Content::plain("Which?", &[]), Content::plain("Which?", &facts));
    assert_eq!(X.check(&Content { options: &poll, ..text }), Ok(()));
    assert_eq!(X.check(&media), Ok(()));
    let broken = X.check(&Content { options: &poll, ..media }).unwrap_err();
    assert_eq!(broken.rule, FaultCode::MediaNotSupported);
}
