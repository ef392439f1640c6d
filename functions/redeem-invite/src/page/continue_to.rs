//! The page that continues to a platform. A redirect is not possible, because browsers apply the policy `form-action` to
//! every redirect after a form.

use http::StatusCode;
use maud::html;
use platforms::PlatformId;
use shared::api::Response;
use url::Url;

use super::{layout::of_link, mark::mark};
use crate::link::Link;

/// Continues by itself. While the platform does not respond, an animation and then a sentence are shown.
pub(crate) fn continue_to(url: &Url, platform: PlatformId, link: &Link) -> Response {
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
