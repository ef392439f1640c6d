//! `/`: what runs here and where to go next.

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use maud::{DOCTYPE, html};

use crate::house::House;

pub(crate) fn page(house: &House) -> Response<Bytes> {
    let url = house.url.as_str().trim_end_matches('/');
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Onbehalf, on this machine" }
            }
            body {
                main {
                    h1 { "Onbehalf runs on this machine" }
                    p { "The API is at " code { (url) "/v1" } ". Its keys were printed in the terminal at the first start, with four commands to paste." }
                    h2 { "Where to go next" }
                    ul {
                        li { a href=(house.sandbox_url.as_str()) { "The sandbox" } ": simulated social networks, their test accounts, and the feed of each." }
                        li { "A connect link, as the second command mints it: open its " code { "url" } " here and play the customer." }
                    }
                    h2 { "Routes" }
                    ul {
                        @for route in &house.routes.routes {
                            li { code { (route.method) " " (route.path) } " – " (route.function) }
                        }
                    }
                }
            }
        }
    };
    let mut response = Response::new(Bytes::from(page.into_string()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    );
    response
}
