//! Identifiers and times as the AT Protocol writes them. <https://atproto.com/specs/lexicon#string-formats>

use chrono::{DateTime, Utc};

const TID_ALPHABET: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";

/// <https://atproto.com/specs/nsid>
pub(super) fn is_nsid(text: &str) -> bool {
    let segments: Vec<&str> = text.split('.').collect();
    let is_label = |label: &&str| {
        matches!(label.len(), 1..=63)
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((name, authority)) = segments.split_last() else {
        return false;
    };
    text.len() <= 317
        && authority.len() >= 2
        && authority.iter().all(is_label)
        && matches!(name.len(), 1..=63)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && segments.iter().all(|segment| !segment.is_empty())
        && !name.starts_with(|first: char| first.is_ascii_digit())
}

/// <https://atproto.com/specs/did>
pub(super) fn is_did(text: &str) -> bool {
    let Some((method, id)) = text.strip_prefix("did:").and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    text.len() <= 2048
        && !method.is_empty()
        && method.bytes().all(|byte| byte.is_ascii_lowercase())
        && !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:%-".contains(&byte))
        && !id.ends_with([':', '%'])
}

/// <https://atproto.com/specs/record-key>
pub(super) fn is_record_key(text: &str) -> bool {
    matches!(text.len(), 1..=512)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:~-".contains(&byte))
        && ![".", ".."].contains(&text)
}

/// <https://atproto.com/specs/tid>
pub(super) fn is_tid(text: &str) -> bool {
    text.len() == 13
        && text.bytes().all(|byte| TID_ALPHABET.contains(&byte))
        && text.starts_with(|first: char| TID_ALPHABET[..16].contains(&u8::try_from(first).unwrap_or_default()))
}

/// The TID of a time, with a number that keeps TIDs of the same time apart.
pub(super) fn tid(at: DateTime<Utc>, number: u64) -> String {
    let microseconds = u64::try_from(at.timestamp_micros()).unwrap_or_default();
    let value = (microseconds << 10) | (number & 1023);
    (0..13)
        .rev()
        .filter_map(|place| TID_ALPHABET.get(usize::try_from((value >> (place * 5)) & 31).ok()?))
        .map(|byte| char::from(*byte))
        .collect()
}

/// A time with a date, a `T`, and `Z` or an offset. <https://atproto.com/specs/lexicon#datetime>
pub(super) fn is_datetime(text: &str) -> bool {
    text.len() <= 64
        && text.get(10..11) == Some("T")
        && !text.contains(' ')
        && !text.ends_with("-00:00")
        && !text.ends_with('z')
        && DateTime::parse_from_rfc3339(text).is_ok()
}

/// A URI of any scheme, without spaces.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    text.len() <= 8192
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
        && !rest.is_empty()
        && !rest.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::{is_datetime, is_did, is_nsid, is_record_key, is_tid, is_uri, tid};

    /// Cases of the AT Protocol's interoperability tests.
    #[test]
    fn identifiers_and_times_are_those_of_the_specification() {
        for tid in ["3jzfcijpj2z2a", "7777777777777", "3zzzzzzzzzzzz", "2222222222222"] {
            assert!(is_tid(tid), "{tid}");
        }
        for other in [
            "3jzfcijpj2z21",
            "0000000000000",
            "3jzfcijpj2z2aa",
            "3jzfcijpj2z2",
            "3jzf-cij-pj2z-2a",
            "zzzzzzzzzzzzz",
            "kjzfcijpj2z2a",
        ] {
            assert!(!is_tid(other), "{other}");
        }
        let now = "2026-11-21T12:00:00.250Z".parse().unwrap();
        assert!(is_tid(&tid(now, 7)) && tid(now, 8) > tid(now, 7));
        for nsid in ["com.example.fooBar", "net.users.bob.ping", "a.b.c", "cn.8.lex.stuff", "one.2.three"] {
            assert!(is_nsid(nsid), "{nsid}");
        }
        for other in
            ["com.example", "com.example.foo.*", "com.exa💩ple.thing", "a-0.b-1.c-3", "one.two.3hree", "com..x", ""]
        {
            assert!(!is_nsid(other), "{other}");
        }
        assert!(is_did("did:plc:7iza6de2dwap2sbkpav7c6c6") && is_did("did:web:localhost%3A1234"));
        assert!(!is_did("did:plc:") && !is_did("did:UPPER:x") && !is_did("did:method:val%") && !is_did("plc:x"));
        assert!(is_record_key("self") && is_record_key("~1.2-3_") && is_record_key("dHJ1ZQ"));
        assert!(
            !is_record_key("alpha/beta") && !is_record_key(".") && !is_record_key("") && !is_record_key("any space")
        );
        for time in [
            "1985-04-12T23:20:50.123Z",
            "1985-04-12T23:20:50Z",
            "1985-04-12T23:20:50.123+01:45",
            "0001-01-01T00:00:00.000Z",
        ] {
            assert!(is_datetime(time), "{time}");
        }
        for other in [
            "1985-04-12",
            "1985-04-12T23:20Z",
            "1985-04-12T23:20:50.123",
            "1985-04-12 23:20:50.123Z",
            "1985-04-12T23:20:50.123-00:00",
            "1985-04-12t23:20:50.123Z",
            "1985-04-12T23:99:50.123Z",
        ] {
            assert!(!is_datetime(other), "{other}");
        }
        assert!(is_uri("https://example.com/a?b#c") && is_uri("at://did:plc:x/y") && is_uri("dns:example.com"));
        assert!(!is_uri("example.com") && !is_uri("https://a b") && !is_uri("https:"));
    }
}
