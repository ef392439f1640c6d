//! Cashtags (`$TICKER`), by the rules of twitter-text's `extractCashtags`.

/// How many cashtags a text contains.
pub(super) fn count(text: &str) -> usize {
    let at =
        |(at, _): &(usize, &str)| is_boundary(text.get(..*at)) && is_ticker(text.get(at + 1..).unwrap_or_default());
    text.match_indices('$').filter(at).count()
}

fn is_boundary(before: Option<&str>) -> bool {
    before.and_then(|before| before.chars().next_back()).is_none_or(is_space)
}

/// Whether a ticker of one to six letters begins here. A suffix (`.A`, `_B`) begins with a sign that may follow it anyway.
fn is_ticker(text: &str) -> bool {
    let letters = text.bytes().take(7).take_while(u8::is_ascii_alphabetic).count();
    let next = text.get(letters..).and_then(|rest| rest.chars().next());
    (1..=6).contains(&letters)
        && next.is_none_or(|c| is_space(c) || c.is_ascii_punctuation() && !matches!(c, '"' | '`'))
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{180e}'
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn cashtags_are_counted_as_by_twitter_text() {
        for (text, number) in [
            ("$TWTR", 1),
            ("$TWTR $AAPL", 2),
            ("buy $twtr, not\u{3000}$BRK.A!", 2),
            ("$ABC_D $ABC.DEF", 2),
            ("$ABCDEFG $A1 $5 $ US$ABC ($ABC) $ABC\u{e9} \u{ff04}ABC $ABC\"", 0),
            ("$A$B", 1),
        ] {
            assert_eq!(count(text), number, "{text}");
        }
    }
}
