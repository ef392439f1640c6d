//! `GET /connect/{platform}/data-deletion/{code}`: the page of a deletion, for the person who asked for it.

use http::StatusCode;
use maud::html;
use platforms::PlatformId;
use shared::{
    api::{Error, Response},
    frame::HtmlPage,
    store::Deletion,
};

use super::Deps;

pub(super) async fn show(deps: &Deps, platform: PlatformId, code: &str) -> Result<Response, Error> {
    let Deletion { found, left } = deps.store.find_deletion(code).await?.ok_or_else(|| Error::not_found("deletion"))?;
    let name = platforms::spec(platform).display_name;
    let title = match (found, left) {
        (0, _) => "No account of yours was found",
        (_, 0) => "Your data is deleted",
        _ => "Your data is being deleted",
    };
    let main = html! {
        h1 { (title) }
        @if found == 0 {
            p { "No " (name) " account of yours is connected here, as far as we can tell from the id that " (name) " gave us." }
        } @else if left == 0 {
            p { "The access to your " (name) " account, its name and its id are deleted here. Nothing can be posted to it." }
        } @else {
            p { "The deletion of the access to your " (name) " account has begun. Come back in a few minutes." }
        }
        p { "What was posted stays on " (name) ": delete it there. Who posted for you may have data of its own: ask them." }
        p { "Code: " code { (code) } }
    };
    let header = html! { p { "Deletion of data" } };
    Ok(HtmlPage { title, header, main, ..HtmlPage::default() }.respond(StatusCode::OK))
}
