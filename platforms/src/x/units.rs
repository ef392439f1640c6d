//! A text as UTF-16 code units, in which twitter-text counts.

use std::ops::Range;

/// The code units, and questions about single ones. A position outside the text holds nothing.
pub(super) struct Units(Vec<u16>);

impl Units {
    pub(super) fn of(text: &str) -> Self {
        Self(text.encode_utf16().collect())
    }

    /// A part of them.
    pub(super) fn part(&self, range: &Range<usize>) -> Self {
        Self(self.slice(range.start, range.end).to_vec())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<u16> {
        self.0.get(at).copied()
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &[u16] {
        self.0.get(from..to).unwrap_or_default()
    }

    pub(super) fn is(&self, at: usize, ascii: u8) -> bool {
        self.get(at) == Some(u16::from(ascii))
    }

    pub(super) fn in_class(&self, at: usize, class: &[(u16, u16)]) -> bool {
        self.get(at).is_some_and(|unit| contains(class, unit))
    }

    /// The end of the run of units of `class` that begins at `at`.
    pub(super) fn run(&self, at: usize, class: &[(u16, u16)]) -> usize {
        (at..self.len()).find(|at| !self.in_class(*at, class)).unwrap_or(self.len().max(at))
    }

    /// Whether `ascii`, in lower case, stands at `at` in any case.
    pub(super) fn has(&self, at: usize, ascii: &str) -> bool {
        ascii.bytes().zip(at..).all(|(byte, at)| self.is(at, byte) || self.is(at, byte.to_ascii_uppercase()))
    }

    /// The number of units of the character at `at`: 2 for a surrogate pair.
    pub(super) fn width(&self, at: usize) -> usize {
        let is = |at: usize, from: u16, to: u16| self.in_class(at, &[(from, to)]);
        if is(at, 0xd800, 0xdbff) && is(at + 1, 0xdc00, 0xdfff) { 2 } else { 1 }
    }
}

/// Whether one of the sorted ranges contains the unit.
pub(super) fn contains(class: &[(u16, u16)], unit: u16) -> bool {
    let above = class.partition_point(|(from, _)| *from <= unit);
    above.checked_sub(1).and_then(|at| class.get(at)).is_some_and(|(_, to)| unit <= *to)
}
