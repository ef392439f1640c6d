//! Failures in captions of [`Behavior::Scripted`]: `fail:<step>:<code>`.

use crate::{account::Account, behavior::Behavior, script};

/// The code for this step, for accounts with [`Behavior::Scripted`].
pub(crate) fn failure<'a>(account: &Account, texts: &[&'a str], step: &str) -> Option<&'a str> {
    if account.behavior != Behavior::Scripted {
        return None;
    }
    let is_code =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    script::failures(texts).find_map(|(named, code)| (named == step && is_code(code)).then_some(code))
}
