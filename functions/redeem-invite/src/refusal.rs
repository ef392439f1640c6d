//! A request that is refused: the failure, and the link whose page shows it.

use platforms::PlatformId;
use shared::store;

use super::{failure::Failure, link::Link};

/// A failure, and the link whose page shows it, if a link is open.
pub(super) struct Refusal {
    pub(super) failure: Failure,
    pub(super) platform: Option<PlatformId>,
    pub(super) link: Option<Box<Link>>,
}

impl Refusal {
    /// A failure that is shown on the link's page, where the customer can try again.
    pub(super) fn on_link(link: Link, failure: Failure, platform: PlatformId) -> Self {
        Self { failure, platform: Some(platform), link: Some(Box::new(link)) }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self { failure, platform: None, link: None }
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the store gave no answer");
        Failure::Internal.into()
    }
}
