//! Failures that the text of a post asks for, as words of the form `fail:<step>:<failure>`.

/// The step and the failure of each such word, in order.
pub(crate) fn failures<'a>(texts: &[&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    texts.iter().flat_map(|text| text.split_whitespace()).filter_map(|word| word.strip_prefix("fail:")?.split_once(':'))
}
