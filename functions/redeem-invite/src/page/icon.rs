//! Icons. Each only repeats the word beside it, so screen readers skip them.

use maud::{Markup, html};

/// A tick on a disc.
pub(super) fn tick() -> Markup {
    disc("disc good", "M11 20.5l6 6 12-13")
}

/// An exclamation mark on a disc.
pub(super) fn warning() -> Markup {
    disc("disc heed", "M20 11v11M20 28.5v.01")
}

fn disc(class: &str, path: &str) -> Markup {
    html! {
        svg class=(class) viewBox="0 0 40 40" aria-hidden="true" {
            circle cx="20" cy="20" r="20" fill="currentColor" fill-opacity=".14" {}
            path d=(path) fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" {}
        }
    }
}

pub(super) fn yes() -> Markup {
    small("small-icon good", "M4 10.5l4 4 8-9")
}

pub(super) fn no() -> Markup {
    small("small-icon soft", "M3 10a7 7 0 1 0 14 0a7 7 0 1 0-14 0M5.2 5.2l9.6 9.6")
}

fn small(class: &str, path: &str) -> Markup {
    html! {
        svg class=(class) viewBox="0 0 20 20" aria-hidden="true" {
            path d=(path) fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" {}
        }
    }
}
