//! Texts that make a careless parser slow or let it panic.

use fastrand::Rng;

/// Repeated, these make a careless parser look ahead, go back, or copy what is left, at each repetition.
const UNITS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "<",
    "@",
    "#",
    "$",
    "%",
    "&",
    "*",
    "=",
    "?",
    "!",
    "/",
    "\\",
    "|",
    "~",
    "^",
    "_",
    "-",
    "+",
    ".",
    ",",
    ":",
    ";",
    "'",
    "\"",
    "`",
    " ",
    "\n",
    "\0",
    "a",
    "0",
    "A",
    "a.",
    "a.co",
    "a.co ",
    "a.co/",
    "a.co/)",
    "a.co(",
    "(a.co:99999",
    "(a",
    "a(",
    "()",
    "((a.co)",
    "http",
    "http:",
    "http://",
    "(http://",
    "(http:///",
    "(http://^",
    "http://a",
    "http://a.co ",
    "https://a.co/(",
    "HTTP://",
    "@a",
    "@a.co",
    "@a.co ",
    "(@a.co",
    "(@a.co_",
    "#a",
    "#a ",
    " #",
    "$A ",
    "a@a.co",
    "did:",
    "did:web:",
    "did:plc:a",
    "xn--",
    "xn--a.",
    "é",
    "é.co ",
    "e\u{301}",
    "\u{301}",
    "\u{301}\u{316}",
    "\u{200d}",
    "\u{fe0f}",
    "\u{20e3}",
    "1\u{fe0f}\u{20e3}",
    "👍",
    "👍\u{200d}",
    "👨\u{200d}👩\u{200d}👧",
    "👍🏽",
    "🇩",
    "🏴\u{e0067}",
    "語",
    "한",
    "\u{1112}\u{1161}\u{11ab}",
    "क\u{94d}",
    "\u{2067}",
    "\u{feff}",
    "%41",
    "%",
    "%zz",
    "a=b; ",
    "=;",
    "a,",
    "a b ",
    "eyJ",
    "e30.",
    "[[",
    "{\"a\":",
    "[1,",
    "\"\\",
    "\u{ff}",
    "\u{0}\u{0}\u{0}\u{8}free",
    "\r\n",
    "; ",
    "Expires=0; ",
    "%00",
    "+",
    "..%2f",
    "1e9",
    "-1",
    "2026-07-01T",
    "\u{fffd}",
    "\u{2028}",
    "\u{ad}",
    "=?",
    "&a=b",
    "\\u0000",
    "]}",
];

/// Openings and what closes them: nested, each level has to be remembered.
const PAIRS: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{\"a\":", "}"),
    ("(http://a.co/", ")"),
    ("\"", "\""),
    ("<", ">"),
    ("\u{2067}", "\u{2069}"),
];

/// A text of about this many bytes, of pieces of `own`, which the parser's own syntax is made of, and of [`UNITS`].
pub(super) type Shape = dyn Fn(usize) -> String;

/// A random shape. The same shape yields texts of every size.
pub(super) fn shape(rng: &mut Rng, own: &'static [&'static str]) -> Box<Shape> {
    let kind = rng.u8(0..5);
    let mut pieces = |most: usize| -> String {
        let piece = |rng: &mut Rng| {
            let from = if own.is_empty() || rng.u8(0..3) == 0 { UNITS } else { own };
            from[rng.usize(..from.len())]
        };
        (0..rng.usize(1..=most)).map(|_| piece(rng)).collect()
    };
    let (start, unit, end) = (pieces(2), pieces(4), pieces(2));
    match kind {
        0 => Box::new(move |size| repeated(&unit, size)),
        1 => Box::new(move |size| start.clone() + &repeated(&unit, size)),
        2 => Box::new(move |size| repeated(&unit, size) + &end),
        3 => {
            let (open, close) = PAIRS[rng.usize(..PAIRS.len())];
            Box::new(move |size| repeated(open, size / 2) + &unit + &repeated(close, size / 2))
        }
        _ => {
            let seed = rng.u64(..);
            Box::new(move |size| soup(&mut Rng::with_seed(seed), own, size))
        }
    }
}

/// All of `own`, and a random eighth of [`UNITS`]: all of them would take a minute.
pub(super) fn units(rng: &mut Rng, own: &[&'static str]) -> Vec<&'static str> {
    own.iter().chain(UNITS.iter().filter(|_| rng.u8(0..8) == 0)).copied().collect()
}

pub(super) fn repeated(unit: &str, size: usize) -> String {
    unit.repeat(size / unit.len())
}

/// Pieces in any order, and now and then any character at all.
pub(super) fn soup(rng: &mut Rng, own: &[&str], size: usize) -> String {
    let mut text = String::with_capacity(size + 64);
    while text.len() < size {
        match rng.u8(0..8) {
            0 => text.push(rng.char(..)),
            1 | 2 => text.push_str(UNITS[rng.usize(..UNITS.len())]),
            _ if own.is_empty() => text.push(rng.char('\0'..='\u{ff}')),
            _ => text.push_str(own[rng.usize(..own.len())]),
        }
    }
    text
}

/// The text with a few changes: a piece cut out, doubled, moved or replaced.
pub(super) fn mutated(rng: &mut Rng, own: &[&str], text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..rng.usize(1..=4) {
        let (from, to) = (rng.usize(..=chars.len()), rng.usize(..=chars.len()));
        let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 40));
        let other = soup(rng, own, 8);
        let instead: Vec<char> = match rng.u8(0..4) {
            0 => Vec::new(),
            1 => chars[from..to].repeat(2),
            2 => chars[from..to].iter().rev().copied().collect(),
            _ => other.chars().collect(),
        };
        drop(chars.splice(from..to, instead));
    }
    chars.into_iter().collect()
}
