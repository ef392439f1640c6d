//! Emoji of more than one character. Those of one character weigh 2 by their character already.

use std::sync::LazyLock;

use super::{tables::EMOJI, units::Units};

/// The most UTF-16 code units of an emoji.
static LONGEST: LazyLock<usize> =
    LazyLock::new(|| EMOJI.iter().map(|emoji| emoji.encode_utf16().count()).max().unwrap_or_default());

/// Finds the emoji from the start of a text to its end. An emoji within a longer one is part of it.
#[derive(Default)]
pub(super) struct EmojiCursor {
    at: usize,
}

impl EmojiCursor {
    /// The length of the emoji that begins at `at`, which never decreases from call to call.
    pub(super) fn length(&mut self, units: &Units, at: usize) -> Option<usize> {
        while self.at < at {
            self.at += longest(units, self.at).unwrap_or_else(|| units.width(self.at));
        }
        (self.at == at).then(|| longest(units, at)).flatten()
    }
}

fn longest(units: &Units, at: usize) -> Option<usize> {
    let second = at + units.width(at);
    // The joiner, the keycap, the variation selector, and the first units of skin tones, flag letters and tags.
    if !matches!(units.get(second), Some(0x200d | 0x20e3 | 0xfe0f | 0xd83c | 0xdb40)) {
        return None;
    }
    let window = String::from_utf16_lossy(units.slice(at, units.len().min(at + *LONGEST)));
    let ends = window.char_indices().map(|(end, _)| end).chain([window.len()]).skip(2);
    let lengths: Vec<usize> = ends.collect();
    let found = lengths.into_iter().rev().find_map(|end| {
        let start = window.get(..end)?;
        EMOJI.binary_search(&start).is_ok().then_some(start)
    })?;
    Some(found.encode_utf16().count())
}
