//! Hosts in a text, as far as twitter-text's expressions match one.

use std::sync::LazyLock;

use super::{
    tables::{DOMAIN, TLDS},
    units::Units,
};

/// The most characters of a top-level domain.
static LONGEST_TLD: LazyLock<usize> =
    LazyLock::new(|| TLDS.iter().map(|tld| tld.chars().count()).max().unwrap_or_default());

/// A run of units of which hosts consist. All hosts in it are found from its last dot to its first, so the work is linear.
#[derive(Default)]
pub(super) struct HostRun {
    end: usize,
    start: usize,
    dots: Vec<Dot>,
}

struct Dot {
    at: usize,
    last_underscore: Option<usize>,
    /// The end of the host that begins behind this dot.
    host_behind: Option<usize>,
    /// The end of the top-level domain that begins behind this dot.
    top_level: Option<usize>,
}

impl HostRun {
    /// The end of the longest host that begins at `at`.
    pub(super) fn host_end(&mut self, units: &Units, at: usize) -> Option<usize> {
        if at < self.start || at >= self.end {
            *self = Self::read(units, at);
        }
        let next = self.dots.partition_point(|dot| dot.at < at);
        through(units, at, self.dots.get(next)?)
    }

    fn read(units: &Units, start: usize) -> Self {
        let mut dots = Vec::new();
        let mut last_underscore = None;
        let mut end = start;
        while let Some(unit) = units.get(end) {
            if unit == u16::from(b'.') {
                let top_level = top_level_end(units, end + 1);
                dots.push(Dot { at: end, last_underscore, host_behind: None, top_level });
            } else if unit == u16::from(b'_') {
                last_underscore = Some(end);
            } else if unit != u16::from(b'-') && !units.in_class(end, DOMAIN) {
                break;
            }
            end += 1;
        }
        let mut behind: Option<&Dot> = None;
        for dot in dots.iter_mut().rev() {
            dot.host_behind = behind.and_then(|next| through(units, dot.at + 1, next));
            behind = Some(dot);
        }
        Self { start, end: end.max(start + 1), dots }
    }
}

/// The end of the host whose first label is from `at` to `dot`. Underscores are allowed below the registered domain only.
fn through(units: &Units, at: usize, dot: &Dot) -> Option<usize> {
    let is_label = at < dot.at && units.in_class(at, DOMAIN) && units.in_class(dot.at - 1, DOMAIN);
    let underscore = dot.last_underscore.is_some_and(|last| last >= at);
    if !is_label {
        return None;
    }
    dot.host_behind.or(dot.top_level.filter(|_| !underscore))
}

/// The end of the top-level domain at `at`.
pub(super) fn top_level_end(units: &Units, at: usize) -> Option<usize> {
    let window = units.slice(at, units.len().min(at + *LONGEST_TLD));
    let folded: Vec<char> = window.iter().map(|unit| fold(*unit)).collect();
    let known = (1..=folded.len()).rev().find(|length| {
        let continues = units.in_class(at + length, &LETTERS_AND_SIGNS);
        !continues
            && folded.get(..*length).is_some_and(|start| TLDS.binary_search(&String::from_iter(start).as_str()).is_ok())
    });
    if let Some(length) = known {
        return Some(at + length);
    }
    let punycode = at + "xn--".len();
    let end = units.run(punycode, &PUNYCODE);
    (units.has(at, "xn--") && end > punycode).then_some(end)
}

/// What must not follow a top-level domain.
const LETTERS_AND_SIGNS: [(u16, u16); 6] =
    [(0x2b, 0x2b), (0x2d, 0x2d), (0x30, 0x39), (0x40, 0x40), (0x41, 0x5a), (0x61, 0x7a)];

const PUNYCODE: [(u16, u16); 4] = [(0x2d, 0x2d), (0x30, 0x39), (0x41, 0x5a), (0x61, 0x7a)];

/// The unit in upper case, as JavaScript's expressions compare without regard to case: never from outside of ASCII into it.
fn fold(unit: u16) -> char {
    let Some(c) = char::from_u32(u32::from(unit)) else { return char::REPLACEMENT_CHARACTER };
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) if c.is_ascii() || !upper.is_ascii() => upper,
        _ => c,
    }
}
