//! Names in pages: of the agency, the client and accounts.

use maud::{Markup, html};

use crate::link::Link;

/// The agency's name in a sentence.
pub(super) fn agency(link: &Link) -> Markup {
    name(&link.agency.name)
}

/// The client's name in a sentence.
pub(super) fn client(link: &Link) -> Markup {
    name(link.client.name.as_str())
}

/// A name, isolated from the text direction around it.
pub(super) fn name(name: &str) -> Markup {
    html! { bdi { (plain(name)) } }
}

/// A name without control and bidirectional characters, which could disguise it.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| {
            !c.is_control()
                && !matches!(*c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect()
}
