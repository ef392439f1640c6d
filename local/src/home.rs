//! `/`: shows what runs here and what to do next.

use http::StatusCode;
use maud::html;
use shared::{
    api::{Error, Request, Response},
    frame::HtmlPage,
};

use crate::instance::Instance;

const STYLE: &str = "
.routes { list-style: none; padding: 0; }
.routes li { display: grid; grid-template-columns: 4rem 1fr; gap: 0 .75rem; padding-block: .5rem;
  border-block-start: 1px solid var(--line); }
.routes .soft { grid-column: 2; font-size: .875rem; }
.method { font-weight: 600; }
@media (max-width: 24em) { .routes li { grid-template-columns: 1fr; } .routes .soft { grid-column: 1; } }
";

pub(crate) async fn page(instance: &Instance, _: Request) -> Result<Response, Error> {
    let url = instance.url.as_str().trim_end_matches('/');
    let main = html! {
        h1 { "Onbehalf runs on this machine" }
        p { "The API is at " code { (url) "/v1" } ". Its keys were printed in the terminal at the first start, with four commands to paste." }
        p { a.button href=(instance.sandbox_url.as_str()) { "Open the sandbox" } }
        p.soft { "Simulated social networks, their test accounts, and the feed of each." }
        h2 { "To play the customer" }
        p { "Mint a connect link, as the second command does, and open its " code { "url" } " in this browser." }
        h2 { "Routes" }
        ul.routes role="list" {
            @for route in &instance.routes.routes {
                li {
                    code.method { (route.method) }
                    code { @for part in route.path.split_inclusive('/') { (part) wbr; } }
                    span.soft { (route.function) }
                }
            }
        }
    };
    let header = html! { p { "Onbehalf" } };
    Ok(HtmlPage { title: "Onbehalf, on this machine", style: STYLE, header, main, ..HtmlPage::default() }
        .respond(StatusCode::OK))
}
