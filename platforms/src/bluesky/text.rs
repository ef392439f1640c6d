//! The limits of a post's text, from the record's schema.
//! <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json>

use unicode_segmentation::UnicodeSegmentation;

use crate::{BrokenRule, FaultCode};

/// The most user-perceived characters (extended grapheme clusters).
pub(super) const MAX_GRAPHEMES: usize = 300;

/// The most bytes of UTF-8. Only texts with clusters of many code points reach it.
const MAX_BYTES: usize = 3000;

/// A post with media needs no text.
pub(super) fn check(content: &str, has_media: bool) -> Result<(), BrokenRule> {
    if content.trim().is_empty() && !has_media {
        return Err(BrokenRule { rule: FaultCode::TextRequired, message: "Bluesky needs some text, or media".into() });
    }
    let too_long = |message| Err(BrokenRule { rule: FaultCode::TextTooLong, message });
    let graphemes = content.graphemes(true).count();
    if graphemes > MAX_GRAPHEMES {
        return too_long(format!(
            "Bluesky allows {MAX_GRAPHEMES} characters (an emoji is 1, a link its length); this text has {graphemes}"
        ));
    }
    if content.len() > MAX_BYTES {
        return too_long(format!("Bluesky allows {MAX_BYTES} bytes of UTF-8; this text has {}", content.len()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(content: &str) -> Option<&'static str> {
        check(content, false).err().map(|broken| broken.rule.as_str())
    }

    #[test]
    fn characters_are_counted_as_grapheme_clusters() {
        for (content, expected) in [
            ("", Some("text_required")),
            (" \n\t", Some("text_required")),
            ("a", None),
            (&"x".repeat(300), None),
            (&"x".repeat(301), Some("text_too_long")),
            (&"é".repeat(300), None),
            (&"e\u{301}".repeat(300), None),
            // Families of several emoji are one character each, but 300 of them are 7,500 bytes.
            (&"👩‍👩‍👧‍👧".repeat(120), None),
            (&"👩‍👩‍👧‍👧".repeat(121), Some("text_too_long")),
            (&"\r\n".repeat(299), Some("text_required")),
        ] {
            assert_eq!(rule(content), expected, "{content:?}");
        }
        assert_eq!(check("", true), Ok(()));
        assert!(check(&"x".repeat(301), true).is_err());
    }
}
