//! What an account does once in its life, and what a caption asks to go wrong.

use serde::{Deserialize, Serialize};

use super::account::{Account, Behavior};
use crate::{
    Sandbox,
    store::{Changed, Error, Key, Update, number},
};

#[derive(Serialize, Deserialize)]
struct Once {
    at: i64,
}

/// Whether this has never happened to the account before.
pub(crate) async fn first_time(sandbox: &Sandbox, account: &Account, what: &str) -> Result<bool, Error> {
    let now = (sandbox.clock)().timestamp();
    // Of two first times at once, only one is the first.
    let claimed: Changed<Once> = sandbox
        .store
        .change(|| {
            Update::new(Key::new(format!("tiktok#once#{}", account.id), what), "SET #at = :now")
                .only_if("attribute_not_exists(pk)")
                .with(":now", number(now))
        })
        .await?;
    Ok(matches!(claimed, Changed::Done(_)))
}

/// The code in `fail:<step>:<code>`, if the account obeys its captions and one of them says so.
pub(crate) fn failure<'a>(account: &Account, texts: &[&'a str], step: &str) -> Option<&'a str> {
    if account.behavior != Behavior::Scripted {
        return None;
    }
    texts.iter().flat_map(|text| text.split_whitespace()).find_map(|word| {
        let code = word.strip_prefix("fail:")?.strip_prefix(step)?.strip_prefix(':')?;
        let named = !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        named.then_some(code)
    })
}
