//! `GET /errors/{code}`: the page at the address that a problem's `type` names: what the code means and what to do.
//!
//! Errors: 404 for a code that there is not.

use http::{StatusCode, header};
use maud::{DOCTYPE, html};
use shared::api::{Code, Error, Request, Response, request::path_text};

pub struct Deps;

/// # Errors
/// 404.
pub async fn handle(_: &Deps, request: Request) -> Result<Response, Error> {
    let wanted = path_text(&request, "code");
    let code = Code::ALL
        .into_iter()
        .find(|code| code.as_str() == wanted)
        .ok_or_else(|| Error::new(Code::NotFound, "There is no such error code."))?;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (code.title()) }
            }
            body {
                main {
                    h1 { (code.title()) }
                    p { code { (code.as_str()) } ", status " (code.status().as_u16()) ", category " (code.category()) }
                    h2 { "What to do" }
                    p { (code.remediation()) }
                    p {
                        @if code.retryable() { "The very same request may succeed later." }
                        @else { "The very same request will be refused again." }
                    }
                }
            }
        }
    };
    Ok(Response::html(StatusCode::OK, page.into_string())
        .with(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"))
}
