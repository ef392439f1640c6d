//! The pages: server-rendered, no script, in the common frame. Here what all of them share; each has a file.

mod access;
mod brand;
mod icon;
mod link;
mod mark;
mod notice;
mod row;
mod style;
#[cfg(test)]
mod tests;
mod way_out;

use http::StatusCode;
use maud::{Markup, html};
use shared::{api::Response, frame::HtmlPage, tenant::Mode};

use super::link::Link;

pub(super) use link::link;
pub(super) use notice::refusal;
pub(super) use way_out::way_out;

/// A page that belongs to no link, or to none that is open.
fn bare(status: StatusCode, title: &str, main: Markup) -> Response {
    HtmlPage { title, style: style::STYLE, head: unlisted(), main, ..HtmlPage::default() }.respond(status)
}

/// A page of an open link, in its agency's name.
fn of_link(status: StatusCode, title: &str, link: &Link, head: Markup, main: Markup) -> Response {
    let agency = agency(link);
    let header = html! {
        div.agency {
            (brand::sign(link))
            @if link.invite.tenant.mode == Mode::Test { span.test { "Test" } }
        }
    };
    let until = link.invite.expires_at;
    let footer = html! {
        p { "This link works until " time datetime=(until.to_rfc3339()) { (until.format("%-d %B %Y, %H:%M UTC")) } "." }
        p { (agency) " publishes with Onbehalf. Questions? Ask whoever sent you this link." }
    };
    let head = html! { (unlisted()) (brand::icon(link)) (head) };
    let style = link.agency.color.map(brand::style).unwrap_or_default();
    let style = format!("{}{style}", style::STYLE);
    HtmlPage { title, style: &style, head, header, main, footer }.respond(status)
}

/// A link is for one person: no search engine lists it.
fn unlisted() -> Markup {
    html! { meta name="robots" content="noindex"; }
}

/// The agency's name, as it stands in a sentence.
fn agency(link: &Link) -> Markup {
    name(&link.agency.name)
}

/// The client's name, as it stands in a sentence.
fn client(link: &Link) -> Markup {
    name(link.client.name.as_str())
}

/// A name in a script of its own direction.
fn name(name: &str) -> Markup {
    html! { bdi { (plain(name)) } }
}

/// A name without what could disguise it: control and bidirectional characters.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| {
            !c.is_control()
                && !matches!(*c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect()
}
