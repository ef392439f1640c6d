//! Base62 (`0-9A-Za-z`) of byte strings of known length: every byte string has exactly one encoding.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The number of characters that encode `bytes` bytes: ceil(8 · bytes / log2 62).
const fn width(bytes: usize) -> usize {
    // log2(62) = 5.954196…, rounded down. This rounds the width up, but by less than a character below 1 KiB.
    (bytes * 8 * 1_000_000).div_ceil(5_954_196)
}

/// The bytes as one big-endian number in base 62, padded to a fixed width.
#[must_use]
#[expect(clippy::expect_used, clippy::indexing_slicing, reason = "a remainder is below 62, and a quotient below 256")]
pub fn encode(bytes: &[u8]) -> String {
    let mut number = bytes.to_vec();
    let mut text = vec!['0'; width(bytes.len())];
    for place in text.iter_mut().rev() {
        let mut remainder = 0u32;
        for byte in &mut number {
            let value = remainder << 8 | u32::from(*byte);
            *byte = u8::try_from(value / 62).expect("a remainder below 62 keeps the quotient in a byte");
            remainder = value % 62;
        }
        *place = char::from(ALPHABET[remainder as usize]);
    }
    text.into_iter().collect()
}

/// The `N` bytes that `text` encodes; `None` for anything that [`encode`] would not write.
#[must_use]
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != width(N) {
        return None;
    }
    let mut bytes = [0u8; N];
    for character in text.bytes() {
        let mut carry = u32::try_from(ALPHABET.iter().position(|known| *known == character)?).ok()?;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 62;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_round_trips_at_its_extremes() {
        assert_eq!(encode(&[0]), "00");
        assert_eq!(encode(&[255]), "47");
        assert_eq!(decode(&encode(&[255; 33])), Some([255; 33]));
        assert_eq!(decode(&encode(&[0; 57])), Some([0; 57]));
        assert_eq!(decode(&encode(&[7, 0, 1])), Some([7, 0, 1]));
    }

    #[test]
    fn a_text_of_another_length_value_or_alphabet_is_not_decoded() {
        assert_eq!(decode::<1>("48"), None, "256 does not fit one byte");
        assert_eq!(decode::<1>("047"), None);
        assert_eq!(decode::<1>("4"), None);
        assert_eq!(decode::<1>("4-"), None);
        assert_eq!(decode::<1>("é"), None);
    }
}
