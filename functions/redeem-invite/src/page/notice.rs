//! What went wrong, in plain words: on the link's page where there is one, else on a page of its own.

use maud::{Markup, html};
use platforms::PlatformId;
use shared::api::Response;

use super::{bare, icon, link};
use crate::failure::{Failed, Refusal};

/// The notice's id: a field at fault refers to it.
pub(super) const ID: &str = "what-happened";

pub(crate) fn refusal(refusal: &Refusal, correlation_id: &str) -> Response {
    let Refusal { failure, platform, .. } = *refusal;
    tracing::info!(
        code = failure.code(),
        platform = platform.map(PlatformId::as_str),
        "the customer reads why this did not work"
    );
    let failed = Failed { failure, platform, correlation_id };
    if let Some(open) = &refusal.link {
        return link(failure.status(), open, Some(failed));
    }
    let (title, advice) = failure.words();
    let main = html! {
        (icon::heed())
        h1 { (title) }
        p { (advice) }
        (reference(correlation_id))
    };
    bare(failure.status(), title, main)
}

/// On the link's page.
pub(super) fn said(failed: &Failed<'_>) -> Markup {
    let (title, advice) = failed.failure.words();
    html! {
        div.notice id=(ID) role="alert" data-code=(failed.failure.code()) {
            (icon::heed())
            div {
                p { strong { (title) } }
                p { (advice) }
                (reference(failed.correlation_id))
            }
        }
    }
}

fn reference(correlation_id: &str) -> Markup {
    html! { p.small { "Reference: " code { (correlation_id) } } }
}
