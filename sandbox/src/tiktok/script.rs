//! `fail:<step>:<code>`: what a caption of the account `scripted` asks to go wrong.

use super::account::{Account, Behavior};
use crate::script;

/// The code, if the account obeys its captions and one of them names this step.
pub(crate) fn failure<'a>(account: &Account, texts: &[&'a str], step: &str) -> Option<&'a str> {
    if account.behavior != Behavior::Scripted {
        return None;
    }
    let is_code =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    script::failures(texts).find_map(|(named, code)| (named == step && is_code(code)).then_some(code))
}
