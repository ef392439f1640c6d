//! The frame that every page stands in: one stylesheet, no script, a policy that forbids the rest.

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest::{SHA256, digest};

const STYLE: &str = "\
:root{color-scheme:light dark}\
*{box-sizing:border-box}\
body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}\
header{border-bottom:1px solid;margin-bottom:1.5rem;padding-bottom:.5rem}\
h1{font-size:1.5rem;line-height:1.2}\
ul{padding:0;list-style:none}\
li,article{border:1px solid;border-radius:.5rem;padding:.75rem;margin:.75rem 0}\
img,video{display:block;max-width:100%;max-height:40rem;border-radius:.5rem}\
figure{margin:.5rem 0}\
article p{white-space:pre-wrap;margin:.25rem 0}\
button{font:inherit;padding:.5rem 1rem;min-height:2.75rem}\
small{display:block}";

/// What a page's policy lets through.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Allow {
    Nothing,
    /// Pictures and videos that were posted, from wherever they are.
    Media,
    /// `form-action` is left out: browsers apply it to every hop after a form, and the hop after
    /// consent goes to the app's own origin.
    Consent,
}

/// The page's Content-Security-Policy.
pub(crate) fn policy(allow: Allow) -> String {
    let style = BASE64.encode(digest(&SHA256, STYLE.as_bytes()).as_ref());
    let more = match allow {
        Allow::Nothing => "; form-action 'none'",
        Allow::Media => "; form-action 'none'; img-src 'self' https:; media-src 'self' https:",
        Allow::Consent => "",
    };
    format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'{more}")
}

pub(crate) fn frame(title: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Sandbox" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    a href="/" { "Sandbox" }
                    ": simulated social networks. Nothing here is real."
                }
                main {
                    h1 { (title) }
                    (content)
                }
            }
        }
    }
}

/// A page that says one thing, for whoever built the request.
pub(crate) fn notice(title: &str, sentence: &str) -> Markup {
    frame(title, html! { p { (sentence) } })
}
