//! The layout of all pages: one stylesheet, no scripts, and a Content-Security-Policy that permits nothing else.

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest::{SHA256, digest};

const STYLE: &str = "
:root { color-scheme: light dark; --ground: #f7f6f2; --paper: #ffffff; --ink: #1f1d19; --soft: #5f5a50; --line: #e2dfd6;
  --edge: #857f73; --accent: #0f5f63; --on-accent: #ffffff; --tape: #f3cf56; --on-tape: #2c2400; }
@media (prefers-color-scheme: dark) { :root { --ground: #141310; --paper: #1f1d19; --ink: #f0ede6; --soft: #b0aa9e;
  --line: #3a372f; --edge: #8f897c; --accent: #7fd3d6; --on-accent: #062426; } }
* { box-sizing: border-box; }
html { background: var(--ground); }
body { margin: 0; padding: 0 min(1.5rem, 4vw) 3rem; color: var(--ink); background: var(--ground);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; overflow-wrap: anywhere;
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
header { margin-inline: calc(-1 * min(1.5rem, 4vw)); padding: .625rem min(1.5rem, 4vw); color: var(--on-tape);
  background: var(--tape); border-block-end: .25rem dashed var(--on-tape); text-align: center; }
header a { color: inherit; font-weight: 700; }
main { max-width: 42rem; margin: 0 auto; }
h1 { font-size: 1.625rem; line-height: 1.25; margin: 2rem 0 1rem; text-wrap: balance; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2rem 0 .5rem; }
a { color: var(--accent); text-underline-offset: .15em; }
ul { list-style: none; padding: 0; display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); }
li, article { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: min(1rem, 4vw); }
article { margin-block: .75rem; }
li p { margin: .25rem 0 .75rem; color: var(--soft); }
li > a { font-weight: 600; }
article p { white-space: pre-wrap; unicode-bidi: plaintext; margin: .25rem 0; }
img, video { display: block; max-width: 100%; height: auto; max-height: 20rem; border-radius: .5rem; }
figure { margin: .5rem 0; }
figcaption { color: var(--soft); font-size: .875rem; }
label { display: flex; gap: .625rem; align-items: center; min-height: 2.75rem; }
input[type=checkbox] { flex: none; width: 1.5rem; height: 1.5rem; margin: 0; accent-color: var(--accent); }
code { font: .9375em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
button { min-height: 2.75rem; padding: .5rem min(1.25rem, 4vw); font: inherit; font-weight: 600; color: var(--on-accent);
  background: var(--accent); border: 2px solid var(--accent); border-radius: .625rem; cursor: pointer; }
button[name=cancel] { color: var(--ink); background: var(--paper); border-color: var(--edge); }
button:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: .25rem; }
header :focus-visible { outline-color: var(--on-tape); }
button:focus-visible { border-radius: .625rem; }
small { display: block; color: var(--soft); font-size: .875rem; }
";

/// What a page's policy permits.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Allow {
    Nothing,
    /// Images and videos from any HTTPS origin.
    Media,
    /// Any form target: browsers apply `form-action` to redirects too, and the consent form redirects to the app.
    Consent,
}

/// The Content-Security-Policy.
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
                meta name="color-scheme" content="light dark";
                title { (title) " · Sandbox" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { a href="/" { "Sandbox" } " · Simulated social networks. Nothing here is real." }
                main {
                    h1 { (title) }
                    (content)
                }
            }
        }
    }
}
