//! `fail:<step>:<how>`: how a text tells an account that obeys its texts what is to fail.

/// Every step that the texts name, and how it is to fail, in their order.
pub(crate) fn failures<'a>(texts: &[&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    texts.iter().flat_map(|text| text.split_whitespace()).filter_map(|word| word.strip_prefix("fail:")?.split_once(':'))
}
