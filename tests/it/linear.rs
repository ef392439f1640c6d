//! The time of every parser of text from outside is linear in the length of the text.
//!
//! A parser reads each of many repeated texts in two sizes, one eight times the other. Linear time grows eightfold, quadratic
//! time 64-fold.

mod parsers;

use std::{
    fs,
    time::{Duration, Instant},
};

use parsers::{PARSERS, read_fields};

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
];

const SHORT: usize = 4 * 1024;
const TIMES: usize = 8;
/// Between linear (8) and quadratic (64).
const MOST: u32 = 28;
/// Too short to be compared. A quadratic parser takes longer for the long text.
const UNREMARKABLE: Duration = Duration::from_millis(10);

fn repeated(unit: &str, length: usize) -> String {
    unit.repeat(length / unit.len())
}

fn time(parse: fn(&str), text: &str) -> Duration {
    let began = Instant::now();
    parse(text);
    began.elapsed()
}

/// The time that this thread has run, from Linux. Elsewhere, the time that passes.
fn run_time(began: Instant) -> Duration {
    let own = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let own = own.and_then(|text| text.split(' ').next()?.parse().ok()).map(Duration::from_nanos);
    own.unwrap_or_else(|| began.elapsed())
}

/// Whether the time grows faster than linearly. Other tests run at the same time, so the time of the long text is what this
/// thread has run, which is coarse, and the time of the short text is the shortest of several.
fn grows_faster(parse: fn(&str), unit: &str) -> bool {
    let (short, long) = (repeated(unit, SHORT), repeated(unit, TIMES * SHORT));
    (0..5).all(|_| {
        let began = Instant::now();
        let before = run_time(began);
        parse(&long);
        let took = run_time(began).saturating_sub(before);
        let least = || (0..5).map(|_| time(parse, &short)).min().unwrap_or_default();
        took > UNREMARKABLE && took > MOST * least()
    })
}

#[test]
fn no_parser_takes_quadratic_time() {
    for (name, parse) in PARSERS {
        for unit in UNITS {
            assert!(!grows_faster(*parse, unit), "{name} takes more than linear time for a repeated {unit:?}");
        }
    }
}

#[test]
fn a_body_with_many_fields_is_read_in_linear_time() {
    assert!(!grows_faster(read_fields, "a"));
}

#[test]
fn a_parser_that_takes_quadratic_time_is_noticed() {
    let careless: fn(&str) = |text| {
        for (at, _) in text.char_indices() {
            std::hint::black_box(text[at..].contains(' '));
        }
    };
    assert!(grows_faster(careless, "("));
}
