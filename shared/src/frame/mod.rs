//! The frame that every page of ours stands in: one layout, one style sheet, no script, and a policy that forbids the
//! rest. What a page says belongs to its function.

mod style;

use data_encoding::BASE64;
use http::{HeaderName, StatusCode, header};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest;

use crate::api::Response;

pub use style::{PAPER_DARK, PAPER_LIGHT};

/// A page, by its parts. What is left out is not there.
#[derive(Default)]
pub struct Page<'a> {
    /// What the browser's tab says.
    pub title: &'a str,
    /// What this page adds to the common style sheet.
    pub style: &'a str,
    /// More elements of `<head>`.
    pub head: Markup,
    /// Above the content: whose page it is.
    pub header: Markup,
    pub main: Markup,
    /// Below the content, in small print.
    pub footer: Markup,
}

impl Page<'_> {
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
