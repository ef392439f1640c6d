//! `GET /errors/{code}`: the page of an error code, with its meaning and what to do. The codes are those of problems, whose
//! `type` is the page's address, and those of target errors. `rate_limited` is both.
//!
//! Errors: 404 for an unknown code.

use http::StatusCode;
use maud::{Markup, html};
use platforms::FaultCode;
use shared::{
    api::{
        Code, Error, Request, Response,
        contract::{Content, Operation},
        request::path_text,
    },
    deps,
    frame::HtmlPage,
};

deps! {
    pub struct Deps;
}

const STYLE: &str = "
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(8rem, 100%), 1fr)); gap: 1rem; margin: 1.5rem 0 0;
  padding-block: 1rem; border-block: 1px solid var(--line); }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0; font-weight: 600; }
";

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    Operation::get("/errors/{code}", "errorPage", "About", "Explain an error code")
        .describe("The page at the address that a problem's `type` names: what the code means and what to do.")
        .path::<String>("code", "A problem's or a target error's `code`.")
        .answer(StatusCode::OK, "The page.", Content::Page)
        .error(Code::NotFound)
}

/// # Errors
/// 404.
pub async fn handle(_: &Deps, request: Request) -> Result<Response, Error> {
    let wanted = path_text(&request, "code");
    let problem = Code::ALL.iter().copied().find(|code| code.as_str() == wanted);
    let target = FaultCode::ALL.iter().copied().find(|code| code.as_str() == wanted);
    let title = match (problem, target) {
        (Some(problem), _) => problem.title(),
        (None, Some(target)) => title_of(target),
        (None, None) => return Err(Error::new(Code::NotFound, "There is no such error code.")),
    };
    let main = html! {
        h1 { (title) }
        @if let Some(code) = problem { (of_problem(code)) }
        @if let Some(code) = target {
            @if problem.is_some() { h2 { "As the error of a target" } }
            (of_target(code))
        }
    };
    let header = html! { p { "Onbehalf · API errors" } };
    Ok(HtmlPage { title, style: STYLE, header, main, ..HtmlPage::default() }.respond(StatusCode::OK))
}

fn of_problem(code: Code) -> Markup {
    html! {
        dl {
            div { dt { "Code" } dd { code { (code.as_str()) } } }
            div { dt { "Status" } dd { (code.status().as_u16()) } }
            div { dt { "Category" } dd { (code.category().as_str()) } }
        }
        h2 { "What to do" }
        p { (code.remediation()) }
        @if let Some(idempotency) = code.idempotency() { p { "After a POST: " (idempotency) } }
        p {
            @if code.retryable() { "The very same request may succeed later." }
            @else { "The very same request will be refused again." }
        }
    }
}

/// The page's title. With an unknown outcome, it must not claim that the post is not published.
fn title_of(code: FaultCode) -> &'static str {
    match code {
        FaultCode::OutcomeUnknown | FaultCode::NotAsked => "Nobody knows yet whether a post is published on an account",
        _ => "A post is not published on an account",
    }
}

fn of_target(code: FaultCode) -> Markup {
    html! {
        dl {
            div { dt { "Code" } dd { code { (code.as_str()) } } }
            div { dt { "Category" } dd { (code.category().as_str()) } }
        }
        p { (sentence(code.happened())) }
        p { "The target's " code { "message" } " says more, and " code { "retryable" } " whether it is tried again by itself." }
    }
}

/// A table cell as a sentence without Markdown.
fn sentence(cell: &str) -> String {
    let mut letters = cell.chars().filter(|letter| *letter != '`');
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.collect::<String>() + &letters.collect::<String>() + "."
}
