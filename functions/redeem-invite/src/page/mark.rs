//! A drawing for each platform, which is not its logo. The platform's name is always beside it.

use maud::{Markup, html};
use platforms::PlatformId;

pub(super) fn mark(platform: PlatformId) -> Markup {
    let (ground, drawing) = match platform {
        PlatformId::Bluesky => ("#1676dd", sky()),
        PlatformId::Instagram => ("#b8326f", photograph()),
        PlatformId::TikTok => ("#0f6b70", clip()),
        PlatformId::X => ("#23272e", crossing()),
    };
    html! {
        svg.mark viewBox="0 0 40 40" aria-hidden="true" {
            rect width="40" height="40" rx="11" fill=(ground) {}
            g fill="none" stroke="#ffffff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" { (drawing) }
        }
    }
}

/// Two lines that meet.
fn crossing() -> Markup {
    html! { path d="M12 11c2 6 14 12 16 18M28 11c-2 6-14 12-16 18" {} }
}

/// A cloud before the sun.
fn sky() -> Markup {
    html! {
        circle cx="25.5" cy="14.5" r="4.5" fill="#ffd76a" stroke="none" {}
        path d="M13 29a5 5 0 0 1 .6-9.9 7 7 0 0 1 13 1.6A4.2 4.2 0 0 1 27 29z" fill="#ffffff" stroke="none" {}
    }
}

/// A landscape in a frame.
fn photograph() -> Markup {
    html! {
        rect x="9.5" y="9.5" width="21" height="21" rx="3" {}
        path d="M11 27l6-7 5 5 3-3 5 5" {}
        circle cx="24" cy="16" r="1.5" fill="#ffffff" stroke="none" {}
    }
}

/// An upright screen that plays.
fn clip() -> Markup {
    html! {
        rect x="12" y="8.5" width="16" height="23" rx="3.5" {}
        path d="M18 16v8l6.5-4z" fill="#ffffff" stroke-width="1.5" {}
    }
}
