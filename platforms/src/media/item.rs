//! A media file in a request, and its limits.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::{WEB_ADDRESS, ascii_address};

/// The most media of one post.
pub const MAX_MEDIA: usize = 35;
/// The most characters of a media URL.
pub const MAX_URL: usize = 2048;
/// The most characters of an alternative text: the largest limit of any platform.
pub const MAX_ALT_TEXT: usize = 1000;

/// A picture or a video of a post, as the agency describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(description = "A picture or a video.")]
pub struct Media {
    /// A public https address. Requested with HEAD when the post is created, and fetched when it is published.
    #[schemars(length(max = MAX_URL), regex(pattern = WEB_ADDRESS))]
    pub url: String,
    /// Alternative text for people who cannot see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = MAX_ALT_TEXT))]
    pub alt_text: Option<String>,
}

impl Media {
    /// The URL in ASCII: see [`ascii_address`].
    #[must_use]
    pub fn address(&self) -> Cow<'_, str> {
        ascii_address(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_ascii() {
        let address = |url: &str| Media { url: url.into(), alt_text: None }.address().into_owned();
        assert_eq!(address("https://b\u{fc}cher.example/\u{e9}?\u{e9}"), "https://xn--bcher-kva.example/%C3%A9?%C3%A9");
        assert_eq!(address("HTTPS://A.example?b|%c3"), "HTTPS://A.example?b|%c3", "unchanged");
    }
}
