//! The page of a link.

use http::StatusCode;
use shared::api::Response;

use super::{
    Deps,
    open::{invite_of, open},
    page,
    refusal::Refusal,
};

pub(super) async fn show(deps: &Deps, token: &str) -> Result<Response, Refusal> {
    let link = open(deps, invite_of(deps, token)?).await?;
    Ok(page::link(StatusCode::OK, &link, None))
}
