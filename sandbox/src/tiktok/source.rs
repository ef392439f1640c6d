//! Media that TikTok fetches itself: only from where the app has proved to be at home.

use serde_json::json;

use super::{
    account::Behavior,
    answer,
    bearer::Caller,
    post,
    publishing::{self, Publishing, Pulled},
};
use crate::{
    Answer, Sandbox,
    media::{
        self,
        kind::{Kind, kind},
    },
    reply::Stop,
    store::Write,
};

/// Every other host counts as verified.
const UNVERIFIED: &str = ".unverified.example";

/// Lets a URL pass whose domain or prefix counts as verified: HTTPS by a name, or this server's own media.
pub(crate) fn check(sandbox: &Sandbox, url: &str) -> Result<(), Stop> {
    let Ok(parsed) = url::Url::parse(url) else {
        return answer::invalid(sandbox, "The media url is invalid");
    };
    let named = parsed.domain().is_some_and(|domain| !domain.ends_with(UNVERIFIED));
    let own = url.starts_with(&format!("{}/media/", sandbox.config.public_url));
    if own || (parsed.scheme() == "https" && named) {
        Ok(())
    } else {
        answer::refuse(sandbox, "url_ownership_unverified")
    }
}

/// What is asked of media.
pub(crate) struct Rule {
    pub(crate) format: fn(Kind) -> bool,
    pub(crate) most_bytes: u64,
    pub(crate) too_large: &'static str,
    pub(crate) unreachable: &'static str,
}

/// Fetches media. What is wrong with it comes to light only while TikTok works on the post.
pub(crate) async fn pull(sandbox: &Sandbox, url: String, rule: &Rule) -> (Pulled, Option<&'static str>) {
    let Some(fetched) = media::fetch(sandbox, &url).await else {
        return (Pulled { url, bytes: 0 }, Some(rule.unreachable));
    };
    let wrong = match fetched.bytes {
        _ if !kind(&fetched.head).is_some_and(rule.format) => Some("file_format_check_failed"),
        bytes if bytes > rule.most_bytes => Some(rule.too_large),
        _ => None,
    };
    (Pulled { url, bytes: fetched.bytes }, wrong)
}

/// Puts a post whose media was fetched on its way to the profile: the call that began it publishes it.
pub(crate) async fn publish(
    sandbox: &Sandbox,
    caller: &Caller,
    mut publishing: Publishing,
    wrong: Option<&str>,
) -> Result<Answer, Stop> {
    publishing.received_at = Some(publishing.started_at);
    if let Some(reason) = wrong {
        publishing.fail_reason = Some(reason.to_owned());
    }
    let mut writes = post::shown(&publishing)?;
    writes.push(Write::put(publishing::key(publishing.upload_id()), &publishing)?);
    sandbox.store.commit(writes).await?;
    if caller.account.behavior == Behavior::AnswerLost {
        return Ok(Answer::Lost);
    }
    Ok(answer::ok(sandbox, json!({ "publish_id": publishing.publish_id }))?.into())
}
