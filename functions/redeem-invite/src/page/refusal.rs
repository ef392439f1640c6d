//! The page of a refusal: the link's page with a notice, or a page without a link.

use maud::html;
use platforms::PlatformId;
use shared::api::Response;

use super::{
    icon,
    layout::bare,
    link::link,
    notice::{Failed, reference},
};
use crate::refusal::Refusal;

pub(crate) fn refusal(refusal: &Refusal, correlation_id: &str) -> Response {
    let Refusal { failure, platform, .. } = *refusal;
    tracing::info!(
        code = failure.code(),
        platform = platform.map(PlatformId::as_str),
        "the customer is shown a failure"
    );
    let failed = Failed { failure, platform, correlation_id };
    if let Some(open) = &refusal.link {
        return link(failure.status(), open, Some(failed));
    }
    let (title, advice) = failure.words();
    let main = html! {
        (icon::warning())
        h1 { (title) }
        p { (advice) }
        (reference(correlation_id))
    };
    bare(failure.status(), title, main)
}
