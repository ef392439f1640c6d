//! Media that TikTok fetches, from domains that the app has verified.

use serde_json::json;

use super::{
    account::loses_last_answer,
    answer, post,
    publishing::{self, Publishing, Pulled},
};
use crate::{
    answer::Answer,
    context::Context,
    media::{
        download,
        format::{Format, sniff},
    },
    oauth::bearer_token::Bearer,
    reply::Stop,
    store::Write,
};

/// The only domains that count as not verified.
const UNVERIFIED: &str = ".unverified.example";

/// Refuses URLs outside verified domains. Verified are HTTPS URLs with a domain name, and the sandbox's own media.
pub(crate) fn check(context: &Context, url: &str) -> Result<(), Stop> {
    let Ok(parsed) = url::Url::parse(url) else {
        return answer::invalid(context, "The media url is invalid");
    };
    let named = parsed.domain().is_some_and(|domain| !domain.ends_with(UNVERIFIED));
    let own = url.starts_with(&format!("{}/media/", context.public_url));
    if own || (parsed.scheme() == "https" && named) {
        Ok(())
    } else {
        answer::refuse(context, "url_ownership_unverified")
    }
}

/// The rule for a kind of media, with the codes of failures.
pub(crate) struct MediaRule {
    pub(crate) format: fn(Format) -> bool,
    pub(crate) most_bytes: u64,
    pub(crate) too_large: &'static str,
    pub(crate) unreachable: &'static str,
    /// The failure of a file that begins with these bytes.
    pub(crate) picture: fn(&[u8]) -> Option<&'static str>,
}

/// Fetches media. Its failure is reported after processing.
pub(crate) async fn pull(context: &Context, url: String, rule: &MediaRule) -> (Pulled, Option<&'static str>) {
    let Some(fetched) = download(context, &url).await else {
        return (Pulled { url, bytes: 0 }, Some(rule.unreachable));
    };
    let failure = match fetched.bytes {
        _ if !sniff(&fetched.head).is_some_and(rule.format) => Some("file_format_check_failed"),
        bytes if bytes > rule.most_bytes => Some(rule.too_large),
        _ => (rule.picture)(&fetched.head),
    };
    (Pulled { url, bytes: fetched.bytes }, failure)
}

/// Publishes a post whose media was fetched.
pub(crate) async fn publish(
    context: &Context,
    caller: &Bearer,
    mut publishing: Publishing,
    failure: Option<&str>,
) -> Result<Answer, Stop> {
    publishing.received_at = Some(publishing.started_at + caller.account.behavior.delay() * 1000);
    if let Some(reason) = failure {
        publishing.fail_reason = Some(reason.to_owned());
    }
    let mut writes = post::writes(&publishing)?;
    writes.push(Write::put(publishing::key(publishing.upload_id()), &publishing)?);
    context.store.commit(writes).await?;
    if loses_last_answer(caller.account) {
        return Ok(Answer::Lost);
    }
    Ok(answer::ok(context, json!({ "publish_id": publishing.publish_id }))?.into())
}
