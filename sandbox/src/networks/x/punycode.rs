//! The length of a label of a host in ASCII. <https://www.rfc-editor.org/rfc/rfc3492>
//!
//! The crate idna follows the RFC. The package that twitter-text uses differs from it where a label repeats a character, and X counts
//! as twitter-text does.

const LIMIT: usize = 63;

/// Whether the label has 1 to 63 characters in its ASCII form. The other full stops of Unicode may be in it.
pub(super) fn fits(label: &[u16]) -> bool {
    let is_stop = |c: &u32| matches!(c, 0x3002 | 0xff0e | 0xff61);
    let code_points: Vec<u32> = char::decode_utf16(label.iter().copied())
        .map(|c| c.map_or_else(|lone| u32::from(lone.unpaired_surrogate()), u32::from))
        .collect();
    if code_points.is_empty() || code_points.len() > LIMIT {
        return false;
    }
    let stops = code_points.iter().filter(|c| is_stop(c)).count();
    let parts: Option<usize> = code_points.split(is_stop).map(length).sum();
    parts.is_some_and(|length| (1..=LIMIT).contains(&(length + stops)))
}

/// The length, with `xn--` where there is one. `None` where the numbers of the algorithm overflow.
fn length(label: &[u32]) -> Option<usize> {
    if label.iter().all(|c| (0x20..0x7f).contains(c)) {
        return Some(label.len());
    }
    let basic = label.iter().filter(|c| **c < 0x80).count();
    let mut length = "xn--".len() + basic + usize::from(basic > 0);
    let (mut n, mut delta, mut bias, mut handled) = (0x80_u32, 0_u32, 72_u32, basic);
    while handled < label.len() {
        let next = label.iter().copied().filter(|c| *c >= n).min()?;
        // As in the package punycode 1.4.1, of which twitter-text makes use, one number serves all points of a round.
        let points = u32::try_from(handled + 1).ok()?;
        delta = delta.checked_add((next - n).checked_mul(points)?)?;
        n = next;
        for c in label {
            if *c < n {
                delta = delta.checked_add(1)?;
            } else if *c == n {
                length += digits(delta, bias);
                bias = adapt(delta, points, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(length)
}

fn digits(delta: u32, bias: u32) -> usize {
    let (mut rest, mut k, mut count) = (delta, 36, 1);
    loop {
        let threshold = k.max(bias + 1).saturating_sub(bias).clamp(1, 26);
        if rest < threshold {
            return count;
        }
        rest = (rest - threshold) / (36 - threshold);
        k += 36;
        count += 1;
    }
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}
