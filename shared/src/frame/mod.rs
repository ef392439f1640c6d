//! The frame of every HTML page: one layout, one style sheet, no script, and a Content-Security-Policy that allows
//! nothing else. The functions supply the content.

mod style;

use data_encoding::BASE64;
use http::{HeaderName, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest;

use crate::api::Response;

pub use style::{PAPER_DARK, PAPER_LIGHT};

/// The parts of a page. Empty parts are omitted.
#[derive(Default)]
pub struct HtmlPage<'a> {
    pub title: &'a str,
    /// Added to the common style sheet.
    pub style: &'a str,
    /// Additional elements of `<head>`.
    pub head: Markup,
    /// Above the content: the agency or product that the page belongs to.
    pub header: Markup,
    pub main: Markup,
    /// Below the content, in small print.
    pub footer: Markup,
}

impl HtmlPage<'_> {
    #[must_use]
    pub fn respond(self, status: StatusCode) -> Response {
        let style = format!("{}{}", style::COMMON, self.style);
        let policy = policy(&style);
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    (self.head)
                    title { (self.title) }
                    style { (PreEscaped(style)) }
                }
                body {
                    @if !self.header.0.is_empty() { header { (self.header) } }
                    main { (self.main) }
                    @if !self.footer.0.is_empty() { footer { (self.footer) } }
                }
            }
        };
        Response::html(status, page.into_string())
            .with(header::CONTENT_SECURITY_POLICY, &policy)
            .with(header::REFERRER_POLICY, "same-origin")
            .with(header::X_FRAME_OPTIONS, "DENY")
            .with(HeaderName::from_static("cross-origin-opener-policy"), "same-origin")
    }
}

/// No script, no other origin, and only the one style sheet.
fn policy(style: &str) -> String {
    let style = BASE64.encode(digest::digest(&digest::SHA256, style.as_bytes()).as_ref());
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'"
    )
}
