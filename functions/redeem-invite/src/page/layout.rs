//! The layout that all pages share, in the common frame.

use http::StatusCode;
use maud::{Markup, html};
use shared::{api::Response, frame::HtmlPage, tenant::Mode};

use super::{brand, name::agency, style};
use crate::link::Link;

/// A page without a link.
pub(super) fn bare(status: StatusCode, title: &str, main: Markup) -> Response {
    HtmlPage { title, style: style::STYLE, head: unlisted(), main, ..HtmlPage::default() }.respond(status)
}

/// A page of an open link, with its agency's brand.
pub(super) fn of_link(status: StatusCode, title: &str, link: &Link, head: Markup, main: Markup) -> Response {
    let agency = agency(link);
    let header = html! {
        div.agency {
            (brand::logo_or_name(link))
            @if link.invite.tenant.mode == Mode::Test { span.test { "Test" } }
        }
    };
    let until = link.invite.expires_at;
    let footer = html! {
        p { "This link works until " time datetime=(until.to_rfc3339()) { (until.format("%-d %B %Y, %H:%M UTC")) } "." }
        p { (agency) " publishes with Onbehalf. Questions? Ask the company that sent you this link." }
    };
    let head = html! { (unlisted()) (brand::icon(link)) (head) };
    let style = link.agency.color.map(brand::style).unwrap_or_default();
    let style = format!("{}{style}", style::STYLE);
    HtmlPage { title, style: &style, head, header, main, footer }.respond(status)
}

/// Keeps the page out of search engines.
fn unlisted() -> Markup {
    html! { meta name="robots" content="noindex"; }
}
