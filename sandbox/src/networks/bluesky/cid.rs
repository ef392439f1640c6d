//! Content ids: CIDv1 with SHA-256, of records in DAG-CBOR and of raw bytes. <https://atproto.com/specs/data-model>

use data_encoding::{BASE32_NOPAD, BASE64};
use ring::digest::{SHA256, digest};
use serde_json::Value;

const DAG_CBOR: u8 = 0x71;
const RAW: u8 = 0x55;

/// The CID of a blob.
pub(super) fn of_bytes(bytes: &[u8]) -> String {
    cid(RAW, bytes)
}

/// The CID of a record; `None` if the AT Protocol's data model cannot represent it.
pub(super) fn of_record(record: &Value) -> Option<String> {
    let mut encoded = Vec::new();
    encode(record, &mut encoded)?;
    Some(cid(DAG_CBOR, &encoded))
}

pub(super) fn is_cid(text: &str) -> bool {
    bytes_of(text).is_some()
}

fn cid(codec: u8, bytes: &[u8]) -> String {
    let mut cid = vec![0x01, codec, 0x12, 0x20];
    cid.extend_from_slice(digest(&SHA256, bytes).as_ref());
    format!("b{}", BASE32_NOPAD.encode(&cid).to_ascii_lowercase())
}

fn bytes_of(cid: &str) -> Option<Vec<u8>> {
    let bytes = BASE32_NOPAD.decode(cid.strip_prefix('b')?.to_ascii_uppercase().as_bytes()).ok()?;
    (bytes.len() == 36 && bytes.starts_with(&[0x01]) && bytes.get(2..4) == Some(&[0x12, 0x20])).then_some(bytes)
}

/// Appends the canonical encoding: maps are sorted by the length of the key, then by its bytes.
fn encode(value: &Value, into: &mut Vec<u8>) -> Option<()> {
    match value {
        Value::Null => into.push(0xF6),
        Value::Bool(value) => into.push(if *value { 0xF5 } else { 0xF4 }),
        // The data model has no floats.
        Value::Number(number) => match number.as_i64()? {
            number @ 0.. => head(0, number.unsigned_abs(), into),
            number => head(1, number.unsigned_abs() - 1, into),
        },
        Value::String(text) => string(text, into),
        Value::Array(entries) => {
            head(4, u64::try_from(entries.len()).ok()?, into);
            entries.iter().try_for_each(|entry| encode(entry, into))?;
        }
        Value::Object(object) => match (object.len(), object.get("$link"), object.get("$bytes")) {
            (1, Some(link), _) => {
                let cid = bytes_of(link.as_str()?)?;
                into.extend([0xD8, 42]);
                // A CID in a link follows a zero byte.
                head(2, u64::try_from(cid.len() + 1).ok()?, into);
                into.push(0);
                into.extend(cid);
            }
            (1, _, Some(bytes)) => {
                let bytes = BASE64.decode(bytes.as_str()?.as_bytes()).ok()?;
                head(2, u64::try_from(bytes.len()).ok()?, into);
                into.extend(bytes);
            }
            _ => {
                let mut entries: Vec<(&String, &Value)> = object.iter().collect();
                entries.sort_by_key(|(key, _)| (key.len(), *key));
                head(5, u64::try_from(entries.len()).ok()?, into);
                for (key, value) in entries {
                    string(key, into);
                    encode(value, into)?;
                }
            }
        },
    }
    Some(())
}

fn string(text: &str, into: &mut Vec<u8>) {
    head(3, text.len().try_into().unwrap_or_default(), into);
    into.extend_from_slice(text.as_bytes());
}

/// A major type with a number in the shortest form.
fn head(major: u8, number: u64, into: &mut Vec<u8>) {
    let major = major << 5;
    let bytes = number.to_be_bytes();
    match number {
        0..=23 => into.push(major | bytes[7]),
        24..=0xFF => into.extend([major | 24, bytes[7]]),
        0x100..=0xFFFF => into.extend([&[major | 25], &bytes[6..]].concat()),
        0x1_0000..=0xFFFF_FFFF => into.extend([&[major | 26], &bytes[4..]].concat()),
        _ => into.extend([&[major | 27], &bytes[..]].concat()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{encode, is_cid, of_bytes, of_record};

    fn hex(value: &serde_json::Value) -> String {
        let mut into = Vec::new();
        encode(value, &mut into).unwrap();
        data_encoding::HEXLOWER.encode(&into)
    }

    /// The examples of RFC 8949, appendix A, and the order of DAG-CBOR.
    #[test]
    fn records_are_encoded_in_canonical_cbor() {
        assert_eq!(
            hex(&json!([0, 23, 24, 100, 1000, 1_000_000, 1_000_000_000_000_i64, -1, -1000])),
            "890017181818641903e81a000f42401b000000e8d4a51000203903e7"
        );
        assert_eq!(
            hex(&json!({ "bb": [true, false, null], "a": "ü" })),
            "a26161".to_owned() + "62c3bc" + "626262" + "83f5f4f6"
        );
        assert_eq!(hex(&json!({ "$bytes": "AQI=" })), "420102");
        assert_eq!(of_record(&json!(1.5)), None);
        // The CID of `{}` in DAG-CBOR and of no bytes, as published by IPLD.
        assert_eq!(of_record(&json!({})).unwrap(), "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua");
        assert_eq!(of_bytes(b""), "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
        assert!(is_cid(&of_bytes(b"")) && !is_cid("bafy") && !is_cid(""));
    }
}
