//! The format of `Idempotency-Key`.

use super::{Expected, Fixture, Row, row};

const REQUIRED: Expected = Expected::Refused(400, "idempotency_key_required");
const INVALID: Expected = Expected::Refused(400, "idempotency_key_invalid");

fn with(fixture: &Fixture, key: &str) -> shared::testing::Ask {
    fixture.new_client("A").idempotency_key(key)
}

pub(super) fn rows() -> Vec<Row> {
    let longest = |s: &Fixture| with(s, &"k".repeat(255));
    let quoted = |s: &Fixture| with(s, &format!("\"{}\"", "k".repeat(255)));
    vec![
        row("draft, Error Scenarios", "missing: 400").ask(|s| s.new_client("A").without("idempotency-key"), REQUIRED),
        row("ours", "empty: 400").ask(|s| with(s, ""), INVALID),
        row("ours", "only spaces: 400").ask(|s| with(s, "   "), INVALID),
        row("Stripe", "255 characters are accepted").ask(longest, Expected::New).ask(longest, Expected::Replay(0)),
        row("Stripe", "256 characters are refused").ask(|s| with(s, &"k".repeat(256)), INVALID),
        row("draft, Syntax", "the bare and the quoted form are the same key")
            .ask(longest, Expected::New)
            .ask(quoted, Expected::Replay(0)),
        row("RFC 8941 §3.3.3", "escapes in the quoted form are decoded")
            .ask(|s| with(s, r#"a"b\c"#), Expected::New)
            .ask(|s| with(s, r#""a\"b\\c""#), Expected::Replay(0)),
        row("RFC 8941 §3.3.3", "only a quote and a backslash may be escaped").ask(|s| with(s, r#""a\n""#), INVALID),
        row("RFC 8941 §3.3.3", "a string needs its closing quote").ask(|s| with(s, "\"abc"), INVALID),
        row("RFC 8941 §3.3.3", "nothing may follow the closing quote").ask(|s| with(s, "\"a\"b"), INVALID),
        row("ours", "no parameters, which RFC 8941 would allow").ask(|s| with(s, "\"a\";b=1"), INVALID),
        row("ours", "an empty string: 400").ask(|s| with(s, "\"\""), INVALID),
        row("ours", "no space inside").ask(|s| with(s, "a b"), INVALID).ask(|s| with(s, "\"a b\""), INVALID),
        row("ours", "no tab inside").ask(|s| with(s, "a\tb"), INVALID),
        row("RFC 8941 §3.3.3", "only ASCII").ask(|s| with(s, "clé"), INVALID),
        row("RFC 9110 §5.3", "only one field line").ask(|s| with(s, "a").also("idempotency-key", "a"), INVALID),
        row("RFC 9110 §5.1", "the header's name is case-insensitive")
            .ask(|s| s.new_client("A"), Expected::New)
            .ask(|s| s.new_client("A").without("idempotency-key").header("IDEMPOTENCY-KEY", "k"), Expected::Replay(0)),
        row("RFC 9110 §5.5", "spaces around the value are ignored")
            .ask(|s| with(s, "k"), Expected::New)
            .ask(|s| with(s, " k\t"), Expected::Replay(0)),
        row("draft, Uniqueness of Idempotency Key", "keys are case-sensitive")
            .ask(|s| with(s, "k"), Expected::New)
            .ask(|s| s.new_client("B").idempotency_key("K"), Expected::New),
    ]
}
