//! What an `Idempotency-Key` may be.

use super::{Is, Row, Stage, row};

const REQUIRED: Is = Is::No(400, "idempotency_key_required");
const INVALID: Is = Is::No(400, "idempotency_key_invalid");

fn with(stage: &Stage, key: &str) -> shared::testing::Ask {
    stage.new_client("A").idempotency_key(key)
}

pub(super) fn rows() -> Vec<Row> {
    let longest = |s: &Stage| with(s, &"k".repeat(255));
    let quoted = |s: &Stage| with(s, &format!("\"{}\"", "k".repeat(255)));
    vec![
        row("draft, Error Scenarios", "missing: 400").ask(|s| s.new_client("A").without("idempotency-key"), REQUIRED),
        row("ours", "empty: 400").ask(|s| with(s, ""), INVALID),
        row("ours", "spaces alone: 400").ask(|s| with(s, "   "), INVALID),
        row("Stripe", "255 characters are a key").ask(longest, Is::New).ask(longest, Is::Replay(0)),
        row("Stripe", "256 characters are none").ask(|s| with(s, &"k".repeat(256)), INVALID),
        row("draft, Syntax", "bare and quoted, as the draft has it, are one key")
            .ask(longest, Is::New)
            .ask(quoted, Is::Replay(0)),
        row("RFC 8941 §3.3.3", "an escape is what it stands for")
            .ask(|s| with(s, r#"a"b\c"#), Is::New)
            .ask(|s| with(s, r#""a\"b\\c""#), Is::Replay(0)),
        row("RFC 8941 §3.3.3", "only a quote and a backslash are escaped").ask(|s| with(s, r#""a\n""#), INVALID),
        row("RFC 8941 §3.3.3", "a string ends with its quote").ask(|s| with(s, "\"abc"), INVALID),
        row("RFC 8941 §3.3.3", "nothing stands behind its end").ask(|s| with(s, "\"a\"b"), INVALID),
        row("ours", "no parameters, which an item of RFC 8941 could have").ask(|s| with(s, "\"a\";b=1"), INVALID),
        row("ours", "a string of nothing: 400").ask(|s| with(s, "\"\""), INVALID),
        row("ours", "no space within").ask(|s| with(s, "a b"), INVALID).ask(|s| with(s, "\"a b\""), INVALID),
        row("ours", "no tab within").ask(|s| with(s, "a\tb"), INVALID),
        row("RFC 8941 §3.3.3", "ASCII alone").ask(|s| with(s, "clé"), INVALID),
        row("RFC 9110 §5.3", "one field line").ask(|s| with(s, "a").also("idempotency-key", "a"), INVALID),
        row("RFC 9110 §5.1", "a field's name has no case")
            .ask(|s| s.new_client("A"), Is::New)
            .ask(|s| s.new_client("A").without("idempotency-key").header("IDEMPOTENCY-KEY", "k"), Is::Replay(0)),
        row("RFC 9110 §5.5", "spaces around a value are not of it")
            .ask(|s| with(s, "k"), Is::New)
            .ask(|s| with(s, " k\t"), Is::Replay(0)),
        row("draft, Uniqueness of Idempotency Key", "keys are compared as they are: case counts")
            .ask(|s| with(s, "k"), Is::New)
            .ask(|s| s.new_client("B").idempotency_key("K"), Is::New),
    ]
}
