//! Links in a text, by the rules of twitter-text's `extractUrlsWithIndices`.

use std::{collections::VecDeque, ops::Range};

use super::{
    host::{HostRun, top_level_end},
    path::{Tail, query_end, tail},
    punycode,
    tables::ASCII_DOMAIN,
    units::Units,
};

/// The most units of a link, together with its scheme once more.
const MAX_LENGTH: usize = 4096;

const MAX_TCO_SLUG: usize = 40;

/// What cannot precede a link: ASCII letters and digits, `@`, `$`, `#`, and the invalid characters.
const NOT_BEFORE: [(u16, u16); 9] = [
    (0x23, 0x24),
    (0x30, 0x39),
    (0x40, 0x5a),
    (0x61, 0x7a),
    (0xfeff, 0xfeff),
    (0xff03, 0xff03),
    (0xff20, 0xff20),
    (0xfffe, 0xfffe),
    (0xffff, 0xffff),
];

/// Finds the links of a text one after another.
#[derive(Default)]
pub(super) struct Links {
    at: usize,
    run: HostRun,
    found: VecDeque<Link>,
}

/// A link. The length may differ from that of the text that it stands for: twitter-text counts so.
#[derive(Clone, Copy)]
pub(super) struct Link {
    pub(super) start: usize,
    pub(super) length: usize,
}

impl Links {
    /// The length of the link that begins at `at`, which never decreases from call to call.
    pub(super) fn length(&mut self, units: &Units, at: usize) -> Option<usize> {
        loop {
            while self.found.front().is_some_and(|link| link.start < at) {
                self.found.pop_front();
            }
            if let Some(link) = self.found.front() {
                return (link.start == at).then_some(link.length);
            }
            self.search(units)?;
        }
    }

    /// Reads on to the next match, which may contain several links or none. `None` at the end of the text.
    fn search(&mut self, units: &Units) -> Option<()> {
        while self.at < units.len() {
            let before = self.at;
            let mut starts = Vec::with_capacity(2);
            if !units.in_class(before, &NOT_BEFORE) {
                starts.push(before + 1);
            }
            if before == 0 {
                starts.push(0);
            }
            for start in starts {
                let scheme = ["https://", "http://"].into_iter().find(|scheme| units.has(start, scheme));
                let scheme = scheme.map_or(0, str::len);
                if let Some(host_end) = self.run.host_end(units, start + scheme) {
                    let tail = tail(units, host_end);
                    self.at = tail.end;
                    self.accept(units, start, start + scheme..host_end, &tail);
                    return Some(());
                }
            }
            self.at += 1;
        }
        None
    }

    fn accept(&mut self, units: &Units, start: usize, host: Range<usize>, tail: &Tail) {
        let scheme = host.start - start;
        let counted = if scheme > 0 { scheme } else { "https://".len() };
        if counted + tail.end - start > MAX_LENGTH || !is_host(units, &host) {
            return;
        }
        if scheme > 0 {
            self.found.extend(with_scheme(units, start, &host, tail.end));
            return;
        }
        let before = start.checked_sub(1).and_then(|before| units.get(before));
        if before.is_some_and(|unit| "-_./".encode_utf16().any(|sign| sign == unit)) {
            return;
        }
        let ascii = ascii_domains(units, &host);
        let last = ascii.len().saturating_sub(1);
        for (at, domain) in ascii.into_iter().enumerate() {
            let path = if at == last && tail.has_path { tail.end - host.end } else { 0 };
            self.found.push_back(Link { start: domain.start, length: domain.len() + path });
        }
    }
}

fn with_scheme(units: &Units, start: usize, host: &Range<usize>, end: usize) -> Option<Link> {
    let slug = host.end + 1;
    let slug_end = units.run(slug, &[(0x30, 0x39), (0x41, 0x5a), (0x61, 0x7a)]).min(end);
    if !(units.has(host.start, "t.co/") && host.len() == "t.co".len() && slug_end > slug) {
        return Some(Link { start, length: end - start });
    }
    // X's own short links have no further path.
    (slug_end - slug <= MAX_TCO_SLUG).then(|| Link { start, length: query_end(units, slug_end) - start })
}

fn is_host(units: &Units, host: &Range<usize>) -> bool {
    let labels = units.slice(host.start, host.end);
    let is_punycode = labels.starts_with(&[0x78, 0x6e, 0x2d, 0x2d]);
    (!is_punycode || !ascii_domains(units, host).is_empty())
        && labels.split(|unit| *unit == u16::from(b'.')).all(punycode::fits)
}

/// The domains of ASCII and Latin letters within a host, in order.
fn ascii_domains(units: &Units, host: &Range<usize>) -> Vec<Range<usize>> {
    let part = units.part(host);
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < part.len() {
        // Labels of such letters, each with its dot; behind the last dot that a top-level domain follows, that domain.
        let mut end = None;
        let mut label = at;
        loop {
            let dot = part.run(label, ASCII_DOMAIN);
            if dot == label || !part.is(dot, b'.') {
                break;
            }
            label = dot + 1;
            end = top_level_end(&part, label).or(end);
        }
        let Some(end) = end else {
            // No domain begins within the labels that were read.
            at = label.max(part.run(at, ASCII_DOMAIN)).max(at + 1);
            continue;
        };
        // twitter-text looks for the domain's text, which may stand earlier in the host.
        let text = part.slice(at, end);
        let from = found.last().map_or(0, |last| last.end - host.start);
        let earlier = part.slice(from, end).windows(text.len()).position(|window| window == text);
        let start = host.start + from + earlier.unwrap_or_default();
        found.push(start..start + text.len());
        at = end;
    }
    found
}
