//! The notice of a failure on a page.

use maud::{Markup, html};
use platforms::PlatformId;

use super::icon;
use crate::failure::Failure;

/// The notice's id. The field that has to be corrected refers to it.
pub(super) const ID: &str = "what-happened";

/// A failure, as the customer reads it.
pub(crate) struct Failed<'a> {
    pub(super) failure: Failure,
    pub(super) platform: Option<PlatformId>,
    pub(super) correlation_id: &'a str,
}

/// The notice on a link's page.
pub(super) fn notice(failed: &Failed<'_>) -> Markup {
    let (title, advice) = failed.failure.words();
    html! {
        div.notice id=(ID) role="alert" data-code=(failed.failure.code()) {
            (icon::warning())
            div {
                p { strong { (title) } }
                p { (advice) }
                (reference(failed.correlation_id))
            }
        }
    }
}

/// The correlation id, for support.
pub(super) fn reference(correlation_id: &str) -> Markup {
    html! { p.small { "Reference: " code { (correlation_id) } } }
}
