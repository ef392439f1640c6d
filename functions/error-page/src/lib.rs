//! `GET /errors/{code}`: the page at the address that a problem's `type` names: what the code means and what to do.
//!
//! Errors: 404 for a code that there is not.

use http::StatusCode;
use maud::html;
use shared::{
    api::{Code, Error, Request, Response, request::path_text},
    frame::Page,
};

pub struct Deps;

const STYLE: &str = "
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(8rem, 100%), 1fr)); gap: 1rem; margin: 1.5rem 0 0;
  padding-block: 1rem; border-block: 1px solid var(--line); }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0; font-weight: 600; }
";

/// # Errors
/// 404.
pub async fn handle(_: &Deps, request: Request) -> Result<Response, Error> {
    let wanted = path_text(&request, "code");
    let code = Code::ALL
        .into_iter()
        .find(|code| code.as_str() == wanted)
        .ok_or_else(|| Error::new(Code::NotFound, "There is no such error code."))?;
    let main = html! {
        h1 { (code.title()) }
        dl {
            div { dt { "Code" } dd { code { (code.as_str()) } } }
            div { dt { "Status" } dd { (code.status().as_u16()) } }
            div { dt { "Category" } dd { (code.category()) } }
        }
        h2 { "What to do" }
        p { (code.remediation()) }
        @if let Some(idempotency) = code.idempotency() { p { "After a POST: " (idempotency) } }
        p {
            @if code.retryable() { "The very same request may succeed later." }
            @else { "The very same request will be refused again." }
        }
    };
    let header = html! { p { "Onbehalf · API errors" } };
    Ok(Page { title: code.title(), style: STYLE, header, main, ..Page::default() }.respond(StatusCode::OK))
}
