//! The agency's brand on its links' pages: the logo or the name, and the colour of the buttons.

use maud::{Markup, html};
use shared::{
    agency::{Color, Logo},
    frame::{PAPER_DARK, PAPER_LIGHT},
};

use super::name::{agency, plain};
use crate::link::Link;

const WHITE: Color = Color { red: 255, green: 255, blue: 255 };
const BLACK: Color = Color { red: 0, green: 0, blue: 0 };

/// The least contrast between a button's edge and the page: WCAG 2.2, 1.4.11.
const MIN_EDGE_CONTRAST: f64 = 3.0;

/// The logo, or the name of an agency without one.
pub(super) fn logo_or_name(link: &Link) -> Markup {
    match link.agency.logo {
        Some(Logo { width, height, .. }) => html! {
            img.logo src=(source(link)) alt=(plain(&link.agency.name)) width=(width) height=(height);
        },
        None => agency(link),
    }
}

/// The browser tab's icon: the logo, if there is one. A `data:` URL would weaken the content security policy.
pub(super) fn icon(link: &Link) -> Markup {
    html! { @if link.agency.logo.is_some() { link rel="icon" href=(source(link)); } }
}

fn source(link: &Link) -> String {
    format!("/invite/{}/logo", link.token.expose())
}

/// Buttons in this colour, with readable text and a visible edge on light and dark pages.
pub(super) fn style(color: Color) -> String {
    let (light, dark) = (edge(color, PAPER_LIGHT), edge(color, PAPER_DARK));
    format!(
        ":root {{ --button: {color}; --on-button: {}; --button-edge: {light}; }}\n\
         @media (prefers-color-scheme: dark) {{ :root {{ --button: {color}; --button-edge: {dark}; }} }}\n",
        text_on(color)
    )
}

/// White or black, whichever has more contrast. That is at least 4.5:1 (WCAG 2.2, 1.4.3).
fn text_on(color: Color) -> Color {
    if contrast(WHITE, color) >= contrast(BLACK, color) { WHITE } else { BLACK }
}

/// The colour itself if it has enough contrast, or else the edge of fields.
fn edge(color: Color, paper: Color) -> String {
    if contrast(color, paper) >= MIN_EDGE_CONTRAST { color.to_string() } else { "var(--edge)".into() }
}

/// <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>, 1 to 21.
fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>, 0 to 1.
fn luminance(color: Color) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> Color {
        text.parse().unwrap()
    }

    #[test]
    fn the_contrast_is_computed_as_in_wcag() {
        for (one, other, expected) in [
            ("#000000", "#ffffff", 21.0),
            ("#777777", "#ffffff", 4.48),
            ("#ff0000", "#ffffff", 4.0),
            ("#0b5fd9", "#0b5fd9", 1.0),
        ] {
            let found = contrast(color(one), color(other));
            assert!((found - expected).abs() < 0.01, "{one} on {other}: {found}");
        }
    }

    #[test]
    fn text_on_any_colour_has_enough_contrast() {
        for (red, green, blue) in (0..=255)
            .step_by(15)
            .flat_map(|r| (0..=255).step_by(15).flat_map(move |g| (0..=255).step_by(15).map(move |b| (r, g, b))))
        {
            let color = Color { red, green, blue };
            assert!(contrast(text_on(color), color) >= 4.5, "{color}");
        }
    }

    #[test]
    fn a_colour_without_contrast_gets_the_edge_of_fields() {
        for (colour, light, dark) in [
            ("#ffffff", "var(--edge)", "#ffffff"),
            ("#ffe000", "var(--edge)", "#ffe000"),
            ("#000000", "#000000", "var(--edge)"),
            ("#0b5fd9", "#0b5fd9", "var(--edge)"),
            ("#d9480f", "#d9480f", "#d9480f"),
        ] {
            assert_eq!(
                (edge(color(colour), PAPER_LIGHT).as_str(), edge(color(colour), PAPER_DARK).as_str()),
                (light, dark),
                "{colour}"
            );
        }
    }
}
