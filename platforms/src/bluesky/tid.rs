//! Record keys (TIDs): a time in 13 sortable characters. <https://atproto.com/specs/tid>

use chrono::{DateTime, Utc};

const ALPHABET: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";

/// The key of a record created at `now`: 53 bits of microseconds and 10 bits of "clock id".
///
/// `now` has milliseconds. The microseconds below and the clock id are derived from `identity`, so that two posts of one
/// account in the same millisecond collide only with a probability of one in a million.
pub(super) fn tid(now: DateTime<Utc>, identity: &[u8; 32]) -> String {
    let [a, b, c, d, ..] = *identity;
    let below = u64::from(u16::from_be_bytes([a, b])) % 1000;
    let clock_id = u64::from(u16::from_be_bytes([c, d])) % 1024;
    let micros = now.timestamp_millis().unsigned_abs() * 1000 + below;
    let value = ((micros & ((1 << 53) - 1)) << 10) | clock_id;
    #[expect(clippy::indexing_slicing, reason = "an index of five bits, into 32 characters")]
    (0..13).rev().map(|digit| char::from(ALPHABET[(value >> (5 * digit)) as usize & 31])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(millis).unwrap()
    }

    #[test]
    fn a_key_has_the_specified_format() {
        assert_eq!(tid(at(0), &[0; 32]), "2222222222222");
        // Computed independently: 1,784,000,000,000,535 µs (65,535 mod 1000) and clock id 1023.
        assert_eq!(tid(at(1_784_000_000_000), &[0xff; 32]), "3mqlbj6j2krzz");
    }

    #[test]
    fn a_key_encodes_its_time() {
        let mut identity = [0; 32];
        identity[..4].copy_from_slice(&[0, 7, 0, 5]);
        let key = tid(at(1_784_000_000_123), &identity);
        let value = key
            .bytes()
            .fold(0_u64, |value, byte| value << 5 | ALPHABET.iter().position(|&letter| letter == byte).unwrap() as u64);
        assert_eq!(value >> 10, 1_784_000_000_123_007);
        assert_eq!(value & 1023, 5);
    }

    #[test]
    fn keys_sort_by_time_and_differ_by_identity() {
        assert!(tid(at(1_784_000_000_000), &[0xff; 32]) < tid(at(1_784_000_000_001), &[0; 32]));
        assert_ne!(tid(at(1_784_000_000_000), &[1; 32]), tid(at(1_784_000_000_000), &[2; 32]));
    }
}
