//! Parses what a customer typed as a handle or a DID. No I/O.

use url::Url;

use super::{AtDiscoveryError, at_path};
use crate::site::AtNetwork;

/// Top-level names that public handles cannot have.
/// <https://atproto.com/specs/handle#additional-non-syntax-restrictions> (`.test` is allowed, for development: only our
/// own resolver knows such names.)
const RESERVED: [&str; 8] = ["alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion"];

/// An account, named by handle or DID.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    Handle(String),
    Did(Did),
}

impl Named {
    /// Parses typed or pasted text, ignoring surrounding invisible characters.
    pub(super) fn parse(typed: &str) -> Result<Self, AtDiscoveryError> {
        let visible: String = typed.chars().filter(|&char| !is_invisible(char)).collect();
        let name = visible.trim().trim_start_matches(['@', '＠']).to_lowercase();
        if name.starts_with("did:") {
            return Did::parse(&name).map(Self::Did).ok_or(AtDiscoveryError::NotAHandle);
        }
        if is_handle(&name) { Ok(Self::Handle(name)) } else { Err(AtDiscoveryError::NotAHandle) }
    }
}

/// A DID of a method that the AT Protocol supports. <https://atproto.com/specs/did>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Did(String);

impl Did {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let known = match text.strip_prefix("did:")?.split_once(':')? {
            ("plc", id) => id.len() == 24 && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7')),
            // A host only: the AT Protocol allows no path here, and a port only in development.
            // A host in the syntax of a handle can still be invalid Punycode.
            ("web", host) => is_handle(host) && did_web_document(host).is_some(),
            _ => false,
        };
        known.then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The URL of its document, and whether its origin is configured.
    pub(super) fn document(&self, network: &AtNetwork) -> Result<(Url, bool), AtDiscoveryError> {
        match self.0.strip_prefix("did:web:").map(did_web_document) {
            Some(Some(url)) => Ok((url, false)),
            Some(None) => Err(AtDiscoveryError::Unsupported("a DID whose host is not a name")),
            None => Ok((at_path(&network.plc, &self.0), true)),
        }
    }
}

/// <https://w3c-ccg.github.io/did-method-web/#read-resolve>
fn did_web_document(host: &str) -> Option<Url> {
    format!("https://{host}/.well-known/did.json").parse().ok()
}

/// <https://atproto.com/specs/handle#handle-identifier-syntax>, in lower case.
pub(super) fn is_handle(text: &str) -> bool {
    let label = |label: &str| {
        matches!(label.len(), 1..=63)
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let Some((_, top)) = text.rsplit_once('.') else { return false };
    text.len() <= 253
        && text.split('.').all(label)
        && top.starts_with(|first: char| first.is_ascii_lowercase())
        && !RESERVED.contains(&top)
}

/// Control characters, zero-width characters and direction marks, which apps put around a copied handle.
fn is_invisible(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
