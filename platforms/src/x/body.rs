//! The body of the call that publishes: text, media and the post's options.
//! <https://docs.x.com/x-api/posts/create-post>

use serde_json::{Value, json};

use crate::{
    BrokenRule, Content, FaultCode, Task,
    options::{Member, PlatformOption, Values, integer},
};

const POLL: &str = "poll";

pub(super) static OPTIONS: [PlatformOption; 4] = [
    optional("replySettings", Values::OneOf(&["following", "mentionedUsers", "subscribers", "verified"])),
    optional("madeWithAi", Values::Flag),
    optional("paidPartnership", Values::Flag),
    optional(
        POLL,
        Values::Object {
            title: "XPoll",
            members: &[
                Member {
                    name: "options",
                    values: Values::List { of: &Values::Text { from: 1, to: 25 }, from: 2, to: 4 },
                },
                Member { name: "durationMinutes", values: Values::Integer { from: 5, to: 10_080 } },
            ],
        },
    ),
];

const fn optional(name: &'static str, values: Values) -> PlatformOption {
    PlatformOption { name, values, required: false, scopes: &[] }
}

/// # Errors
/// The post has a poll and media.
pub(super) fn check(content: &Content) -> Result<(), BrokenRule> {
    if content.options.contains_key(POLL) && !content.media.is_empty() {
        let message = "X takes no media with a poll: remove `media` or `platformOptions.x.poll`".into();
        return Err(BrokenRule { rule: FaultCode::MediaNotSupported, message });
    }
    Ok(())
}

/// `media`: the ids of its uploads.
#[expect(clippy::indexing_slicing, reason = "the value is an object, made here")]
pub(super) fn of(task: &Task, media: &[String]) -> Value {
    let mut body = json!({});
    if !task.content.trim().is_empty() {
        body["text"] = json!(task.content);
    }
    if !media.is_empty() {
        body["media"] = json!({ "media_ids": media });
    }
    if let Some(who) = task.options.get("replySettings") {
        body["reply_settings"] = who.clone();
    }
    for (option, field) in [("madeWithAi", "made_with_ai"), ("paidPartnership", "paid_partnership")] {
        if task.options.get(option).and_then(Value::as_bool) == Some(true) {
            body[field] = json!(true);
        }
    }
    if let Some(poll) = task.options.get(POLL) {
        let minutes = integer(&poll["durationMinutes"]);
        body["poll"] = json!({ "options": poll["options"], "duration_minutes": minutes });
    }
    body
}
