//! `POST /v1/posts/{postId}/targets/{accountId}/resolve` `{as, url?}`: says what became of a target that is `unconfirmed`, by
//! whoever has looked at the account. `as` is `published` (with its address, if you like) or `not_published`: then it is
//! `failed`, and may be retried.
//!
//! Safe to repeat: the post remembers the idempotency keys of the last ten such requests.
//!
//! Errors: 400, 401, 403, 404, 409 (it is not unconfirmed; or a worker is looking for it this very moment: repeat), 413,
//! 415, 422, 429.

use http::StatusCode;
use platforms::media::{MAX_URL, WEB_ADDRESS, is_web_address};
use publishing::{State, target::Resolution};
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
    post::Post,
    scope::Scope,
    store::{ActionOutcome, Gate, Store},
};

deps! {
    pub struct Deps {
        pub gate: Gate,
        pub store: Store,
        pub clock: Clock,
    }
}

/// The operation in `openapi.json`.
#[must_use]
pub fn operation() -> Operation {
    const PATH: &str = "/v1/posts/{postId}/targets/{accountId}/resolve";
    Operation::post(PATH, "resolveTarget", "Posts", "Say what became of an unconfirmed target")
        .describe("The post remembers the last ten such requests.")
        .scope(Scope::PostsCompose)
        .path::<PostId>("postId", "The post's id.")
        .path::<AccountId>("accountId", "The account of the target.")
        .body::<Asked>()
        .one::<object::Resolution>(StatusCode::OK, "What the target is now.")
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
    let decide = |post: &Post| decide(post, account, &resolution);
    let (action, replayed) = match deps.store.change_post_once(caller.tenant, current, now, once, decide).await? {
        ActionOutcome::Now(action) => (action, false),
        ActionOutcome::Before(action) => (action, true),
        ActionOutcome::KeyReused => return Err(Error::key_reused()),
        ActionOutcome::AtWork => return Err(Error::at_work()),
    };
    let answer = object::resolution(post, account, &resolution, &action);
    Ok(Response::one(StatusCode::OK, answer).replayed(replayed))
}

/// What is asked.
#[derive(JsonSchema)]
#[schemars(
    rename = "AskedResolution",
    tag = "as",
    rename_all = "snake_case",
    description = "What became of the target, by whoever has looked at the account."
)]
enum Asked {
    /// It is there.
    #[schemars(title = "ResolvedAsPublished")]
    Published {
        /// Where it can be seen.
        #[schemars(length(max = MAX_URL), regex(pattern = WEB_ADDRESS))]
        url: Option<String>,
    },
    /// It is not there: the target is `failed` and may be retried.
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
        match url.len() {
            0..=MAX_URL if is_web_address(&url) => Ok(url),
            _ => Err(format!("must be a web address of at most {MAX_URL} characters")),
        }
    });
    if published == Some(false) && url.is_some() {
        fields.fault("url", "is only for published");
    }
    fields.done()?;
    Ok(if published == Some(true) { Asked::Published { url } } else { Asked::NotPublished })
}

/// The post with that target resolved.
fn decide(post: &Post, account: AccountId, resolution: &Resolution) -> Result<(Post, Vec<AccountId>), Error> {
    let mut post = post.clone();
    let target = post.targets.iter_mut().find(|target| target.account == account);
    let target = target.ok_or_else(|| Error::not_found("target"))?;
    if target.state != State::Unconfirmed {
        return Err(Error::conflict("The target is not unconfirmed: what became of it is known, or not yet over."));
    }
    target.resolve(resolution);
    Ok((post, vec![account]))
}
