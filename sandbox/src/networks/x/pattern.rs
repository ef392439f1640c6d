//! Regular expressions over UTF-16 code units, as twitter-text's are: each unit is a character. A surrogate is not
//! a character in Rust, so a character of a private plane represents it.

use std::{collections::BTreeMap, fmt::Write};

use regex_lite::Regex;

/// A class or expression that cannot be compiled would match nothing; the tests compile all.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    regex_lite::RegexBuilder::new(pattern).size_limit(1 << 26).build().ok()
}

/// A text as units. Each is a character of `text`; `starts` holds their offsets there, and its length.
pub(super) struct UnitText {
    pub(super) text: String,
    starts: Vec<usize>,
}

impl UnitText {
    pub(super) fn new(units: impl Iterator<Item = char>) -> Self {
        let mut text = String::new();
        let mut starts = vec![0];
        for unit in units {
            text.push(unit);
            starts.push(text.len());
        }
        Self { text, starts }
    }

    /// The number of units before an offset.
    pub(super) fn units(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start < offset)
    }
}

pub(super) fn unit(unit: u16) -> char {
    let code = u32::from(unit);
    char::from_u32(code).or_else(|| char::from_u32(0xf_0000 + code)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The unit in upper case. JavaScript compares so without regard to case, and never from outside of ASCII into it.
pub(super) fn upper(unit: char) -> char {
    let mut upper = unit.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) if upper.is_ascii() == unit.is_ascii() && upper <= '\u{ffff}' => upper,
        _ => unit,
    }
}

/// The inside of a class that matches the ranges.
pub(super) fn class(ranges: &[(u16, u16)]) -> String {
    let mut class = String::new();
    for (from, to) in ranges.iter().map(|(from, to)| (u32::from(*from), u32::from(*to))) {
        for (from, to, shift) in
            [(from, to.min(0xd7ff), 0), (from.max(0xd800), to.min(0xdfff), 0xf_0000), (from.max(0xe000), to, 0)]
        {
            if from <= to {
                _ = write!(class, r"\x{{{:X}}}-\x{{{:X}}}", from + shift, to + shift);
            }
        }
    }
    class
}

/// An expression for a list of words that prefers longer ones, without one branch for each.
pub(super) fn words(words: &[&str]) -> String {
    let mut root = Node::default();
    for word in words {
        let mut node = &mut root;
        for next in word.encode_utf16() {
            node = node.children.entry(next).or_default();
        }
        node.is_end = true;
    }
    root.pattern()
}

#[derive(Default)]
struct Node {
    children: BTreeMap<u16, Node>,
    is_end: bool,
}

impl Node {
    fn pattern(&self) -> String {
        let branches: Vec<String> = self
            .children
            .iter()
            .map(|(next, node)| format!("[{}]{}", class(&[(*next, *next)]), node.pattern()))
            .collect();
        match (branches.is_empty(), self.is_end) {
            (true, _) => String::new(),
            (false, true) => format!("(?:{})?", branches.join("|")),
            (false, false) => format!("(?:{})", branches.join("|")),
        }
    }
}
