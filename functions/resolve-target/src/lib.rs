//! `POST /v1/posts/{postId}/targets/{accountId}/resolve` `{as, url?}`: sets the outcome of an `unconfirmed` target, after a
//! person has looked at the account. `as` is `published`, optionally with the post's URL, or `not_published`, which makes
//! the target `failed`, so that it can be retried.
//!
//! Safe to repeat: the post remembers the idempotency keys of the last ten such requests.
//!
//! Errors: 400, 401, 403, 404, 409 (the target is not unconfirmed), 413, 415, 422, 429.

use chrono::{DateTime, Utc};
use http::StatusCode;
use platforms::media::{MAX_URL, WEB_ADDRESS, is_web_address};
use publishing::{Event, Resolution, Target};
use schemars::JsonSchema;
use serde_json::Value;
use shared::{
    api::{
        self, Code, Error, Fields, Request, Response,
        contract::Operation,
        fields::text,
        idempotency::Identity,
        object,
        request::{self, path_id},
    },
    clock::Clock,
    deps,
    id::{AccountId, PostId},
    post::{Post, TargetName},
    queue::Queue,
    scope::Scope,
    store::{ActionOutcome, Gate, Store},
};

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub queue: Queue,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    const PATH: &str = "/v1/posts/{postId}/targets/{accountId}/resolve";
    Operation::post(PATH, "resolveTarget", "Posts", "Set the outcome of an unconfirmed target")
        .describe("The post stores the idempotency keys of the last ten such requests.")
        .scope(Scope::PostsCompose)
        .path::<PostId>("postId", "The post's id.")
        .path::<AccountId>("accountId", "The account of the target.")
        .body::<Asked>()
        .one::<object::Resolution>(StatusCode::OK, "The new state of the target.")
        .idempotent()
        .error(Code::NotFound)
        .error(Code::StateConflict)
}

/// # Errors
/// 400, 401, 403, 404, 409, 413, 415, 422, 429; the module says when.
pub async fn handle(deps: &Deps, request: Request) -> Result<Response, Error> {
    let now = deps.clock.now();
    let read = |tenant, id| deps.store.find_current_post(tenant, id);
    let (caller, found) = api::look_up(&deps.gate, &request, Scope::PostsCompose, now, read).await?;

    let body = request::json(&request)?;
    let identity = Identity::of(&request, &caller, &body)?;
    let resolution = Resolution::from(asked(body)?);
    let current = found.require()?;
    let (post, account) = (current.post.id, path_id(&request, "accountId", "target")?);
    let once = (identity.mark(), identity.origin);
    let tenant = caller.tenant;
    let name = current.post.targets.iter().find(|target| target.account == account).map(TargetName::of);
    let decide = |post: &Post| decide(post, account, &resolution, now);
    let (action, replayed) =
        match deps.store.act_on_targets(caller.tenant, current, caller.at(now), once, decide).await? {
            ActionOutcome::Now(action) => (action, false),
            ActionOutcome::Before(action) => (action, true),
            ActionOutcome::KeyReused => return Err(Error::key_reused()),
        };
    if !replayed {
        deps.queue.announce_targets(tenant, post, name).await;
    }
    let answer = object::resolution(post, account, &resolution, &action);
    Ok(Response::one(StatusCode::OK, answer).replayed(replayed))
}

/// The request body.
#[derive(JsonSchema)]
#[schemars(
    rename = "AskedResolution",
    tag = "as",
    rename_all = "snake_case",
    description = "The outcome of the target, found by looking at the account."
)]
enum Asked {
    /// The post is on the account.
    #[schemars(title = "ResolvedAsPublished")]
    Published {
        /// The URL of the published post.
        #[schemars(length(max = MAX_URL), regex(pattern = WEB_ADDRESS))]
        url: Option<String>,
    },
    /// The post is not on the account. The target becomes `failed` and can be retried.
    #[schemars(title = "ResolvedAsNotPublished")]
    NotPublished,
}

impl From<Asked> for Resolution {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Published { url } => Self::Published { url },
            Asked::NotPublished => Self::NotPublished,
        }
    }
}

fn asked(body: Value) -> Result<Asked, Error> {
    let mut fields = Fields::of(body)?;
    let published = fields.required("as", |value| match text(value)?.as_str() {
        "published" => Ok(true),
        "not_published" => Ok(false),
        _ => Err("must be one of published, not_published".into()),
    });
    let url = fields.optional("url", |value| {
        let url = text(value)?;
        match url.chars().count() {
            0..=MAX_URL if is_web_address(&url) => Ok(url),
            _ => Err(format!("must be a web address of at most {MAX_URL} characters")),
        }
    });
    if published == Some(false) && url.is_some() {
        fields.fault("url", "is only allowed with published");
    }
    fields.done()?;
    Ok(if published == Some(true) { Asked::Published { url } } else { Asked::NotPublished })
}

/// The target, resolved.
fn decide(post: &Post, account: AccountId, resolution: &Resolution, now: DateTime<Utc>) -> Result<Vec<Target>, Error> {
    let target = post.targets.iter().find(|target| target.account == account);
    let target = target.ok_or_else(|| Error::not_found("target"))?;
    if !target.can_resolve() {
        return Err(Error::conflict(
            "The target is not unconfirmed: its outcome is known, or it is still being published.",
        ));
    }
    Ok(post.after(|target| target.account == account, || Event::Resolve(resolution.clone()), now))
}
