//! The way out to a platform. A redirect would be stopped: browsers apply `form-action` to every hop after a form.

use http::StatusCode;
use maud::html;
use platforms::PlatformId;
use shared::api::Response;
use url::Url;

use super::{mark::mark, of_link};
use crate::link::Link;

/// Goes on by itself. A line moves while the platform keeps the browser waiting, and a sentence says so.
pub(crate) fn way_out(url: &Url, platform: PlatformId, link: &Link) -> Response {
    let network = platforms::spec(platform).display_name;
    let head = html! { meta http-equiv="refresh" content={ "0;url=" (url.as_str()) }; };
    let main = html! {
        (mark(platform))
        h1 { "On to " (network) " …" }
        div.line aria-hidden="true" {}
        p { "Sign in there and agree. You come straight back here afterwards." }
        p { a.button #continue href=(url.as_str()) { "Continue to " (network) } }
        p.late.soft role="status" { (network) " is taking its time. You can wait, or press the button." }
    };
    of_link(StatusCode::OK, &format!("On to {network}"), link, head, main)
}
