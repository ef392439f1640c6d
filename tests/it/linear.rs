//! No text from outside makes its parser panic, or takes more than linear time.
//!
//! A parser reads each of many texts in two sizes, one eight times the other. Linear time grows eightfold, quadratic time
//! 64-fold. `SEED` chooses the random texts, and `TEXTS` how many of them each parser reads.

mod parsers;
mod requests;
mod texts;

use std::{
    env, fs, thread,
    time::{Duration, Instant},
};

use fastrand::Rng;
use parsers::{Parser, read_fields};
use texts::{mutated, repeated, shape, soup, units};

const SHORT: usize = 2 * 1024;
const TIMES: usize = 8;
/// Between linear (8) and quadratic (64).
const MOST: u32 = 28;
/// Too short to be compared. A quadratic parser takes longer for the long text.
const UNREMARKABLE: Duration = Duration::from_millis(10);

fn time(parse: impl Fn(&str), text: &str) -> Duration {
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
fn grows_faster(parse: impl Fn(&str), text: impl Fn(usize) -> String) -> bool {
    let (short, long) = (text(SHORT), text(TIMES * SHORT));
    (0..5).all(|_| {
        let began = Instant::now();
        let before = run_time(began);
        parse(&long);
        let took = run_time(began).saturating_sub(before);
        let least = || (0..5).map(|_| time(&parse, &short)).min().unwrap_or_default();
        took > UNREMARKABLE && took > MOST * least()
    })
}

/// Says which text made a parser panic.
struct Reading<'a>(&'a str, &'a str);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{} was reading {:?}", self.0, self.1);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "lets a developer read more and other texts")]
fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// The same for each parser, whichever others there are.
fn random(parser: &Parser) -> Rng {
    random_of(parser.name)
}

fn random_of(name: &str) -> Rng {
    let name = name.bytes().fold(0_u64, |sum, byte| u64::from(byte).wrapping_add(sum.wrapping_mul(31)));
    Rng::with_seed(number("SEED", 1).wrapping_add(name))
}

#[test]
fn no_parser_takes_quadratic_time_for_a_repeated_text() {
    for parser in parsers::all() {
        for unit in units(&mut random(parser), parser.own) {
            let grows = grows_faster(parser.parse, |size| repeated(unit, size));
            assert!(!grows, "{} takes more than linear time for a repeated {unit:?}", parser.name);
        }
    }
}

#[test]
fn no_parser_takes_quadratic_time_for_a_random_text() {
    for parser in parsers::all() {
        let mut rng = random(parser);
        for _ in 0..number("TEXTS", 100) / 10 {
            let shape = shape(&mut rng, parser.own);
            let example = shape(60);
            let _reading = Reading(parser.name, &example);
            assert!(!grows_faster(parser.parse, shape), "more than linear time, for a longer text of this shape");
        }
    }
}

#[test]
fn no_text_makes_a_parser_panic() {
    for parser in parsers::all() {
        let mut rng = random(parser);
        for n in 0..number("TEXTS", 100) {
            let size = rng.usize(..200);
            let text = match n % 2 {
                0 => soup(&mut rng, parser.own, size),
                _ => mutated(&mut rng, parser.own, parser.valid),
            };
            let _reading = Reading(parser.name, &text);
            (parser.parse)(&text);
        }
        (parser.parse)("");
        (parser.parse)(parser.valid);
    }
}

#[test]
fn a_body_with_many_fields_is_read_in_linear_time() {
    assert!(!grows_faster(read_fields, |size| repeated("a", size)));
}

#[test]
fn a_parser_that_takes_quadratic_time_is_noticed() {
    let careless = |text: &str| {
        // A part of the places, so that the short text is read without an interruption by other work.
        for (at, _) in text.char_indices().step_by(64) {
            std::hint::black_box(text[at..].chars().any(|char| char == ' '));
        }
    };
    assert!(grows_faster(careless, |size| repeated("(", size)));
}
