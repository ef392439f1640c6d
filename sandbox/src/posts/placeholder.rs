//! A drawing in place of an uploaded file, of which the sandbox keeps only digests.

use maud::{Markup, html};

/// `what`: as in "A video".
pub(crate) fn medium(what: &str, bytes: u64) -> Markup {
    let size = readable(bytes);
    html! {
        p {
            svg viewBox="0 0 90 160" width="180" height="320" role="img" aria-label={ (what) " of " (size) } {
                rect width="90" height="160" rx="6" fill="#1d2b3a" {}
                circle cx="70" cy="28" r="12" fill="#f2b84b" {}
                path d="M0 120 L30 84 L52 108 L68 92 L90 116 V154 a6 6 0 0 1 -6 6 H6 a6 6 0 0 1 -6 -6 Z" fill="#3f7d6e" {}
                path d="M36 62 L60 78 L36 94 Z" fill="#fff" {}
                text x="45" y="148" fill="#fff" font-size="11" text-anchor="middle" { (size) }
            }
        }
    }
}

fn readable(bytes: u64) -> String {
    const MB: u64 = 1024 * 1024;
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..MB => format!("{} KB", bytes / 1024),
        _ => format!("{}.{} MB", bytes / MB, bytes % MB * 10 / MB),
    }
}
