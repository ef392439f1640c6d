//! Serves the simulated social networks for test mode in a deployment, at a separate origin.
//!
//! The sandbox's responses are returned unchanged, because it simulates other servers. A lost response is an error of
//! this function, which the gateway answers with 500: the publisher cannot know whether the request was processed. The
//! gateway accepts 6 MB per request, which is 4.5 MB of a file, so larger chunks of a video cannot be uploaded.

mod media;

use std::sync::Arc;

use bytes::Bytes;
use lambda_http::Body;
use platforms::PlatformId;
use sandbox::{Answer, App, Config, Sandbox};
use shared::{
    api::{Request, request::public_url},
    deployment::{self, Parts},
};
use url::Url;

pub use media::fetch;

pub struct Deps {
    /// Its origin is read from each request, because the address of the gateway is not known here.
    pub sandbox: Sandbox,
}

impl Deps {
    /// # Errors
    /// A part cannot be made.
    pub async fn of(parts: &Parts) -> Result<Self, deployment::Error> {
        let app = parts.sandbox_app().await?;
        let config = Config {
            table: parts.sandbox_table().await?,
            public_url: String::new(),
            apps: vec![App {
                client_id: app.client_id,
                client_secret: app.client_secret.expose().to_owned(),
                redirect_uris: redirect_uris(&parts.api_url().await?),
            }],
            fetch: fetch(parts.http().await?),
        };
        let clock = parts.clock().await?;
        Ok(Self { sandbox: Sandbox::new(parts.dynamodb().await?, config, Arc::new(move || clock.now())) })
    }
}

/// The callback of each platform, below the API's address.
#[must_use]
pub fn redirect_uris(api: &Url) -> Vec<String> {
    #[expect(clippy::expect_used, reason = "any text is a path")]
    let callback = |platform| api.join(&format!("/connect/{platform}/callback")).expect("a path joins");
    PlatformId::ALL.map(|platform| callback(platform).into()).into()
}

/// Responds to a request; `None` if the response is lost.
pub async fn handle(deps: &Deps, request: Request) -> Option<http::Response<Body>> {
    let origin = public_url(&request, None).ok()?;
    let (parts, body) = request.into_parts();
    let request = http::Request::from_parts(parts, Bytes::from(body.to_vec()));
    match deps.sandbox.at(origin.as_str()).answer(request).await {
        Answer::Response(answer) => Some(answer.map(|body| Body::Binary(body.into()))),
        Answer::Lost => None,
        // The gateway gives up after 30 s, or this function's timeout ends it.
        Answer::Never => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use shared::testing::{Engine, gateway_event};

    use super::*;

    async fn deps() -> Deps {
        let fetch: sandbox::Fetch = Arc::new(|_| Box::pin(std::future::ready(None)));
        let app = App { client_id: "onbehalf".into(), client_secret: "secret".into(), redirect_uris: vec![] };
        let config = Config { table: "sandbox".into(), public_url: String::new(), apps: vec![app], fetch };
        let clock = shared::testing::SetClock::default().clock();
        let sandbox = Sandbox::new(Engine::start().await.client, config, Arc::new(move || clock.now()));
        sandbox.create_table().await.unwrap();
        Deps { sandbox }
    }

    const EVENT: &str = include_str!("../../../events/serve-sandbox.json");

    #[tokio::test]
    async fn a_response_is_returned_unchanged() {
        let answer = handle(&deps().await, gateway_event(EVENT)).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"image/jpeg".parse().unwrap())
        );
        assert!(matches!(answer.body(), Body::Binary(bytes) if bytes.starts_with(b"\xff\xd8\xff")));
        assert!(!answer.headers().contains_key("x-correlation-id"), "no header is added");
    }

    /// The consent page compares the form's origin with its own.
    #[tokio::test]
    async fn its_origin_is_that_of_the_request() {
        let deps = deps().await;
        let mut statuses = Vec::new();
        for origin in ["https://sandbox.example.com", "https://evil.example"] {
            let mut request = gateway_event(&EVENT.replace("/media/photo.jpg", "/x.com/i/oauth2/authorize"));
            *request.method_mut() = http::Method::POST;
            request.headers_mut().insert("origin", origin.parse().unwrap());
            request.headers_mut().insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
            statuses.push(handle(&deps, request).await.unwrap().status().as_u16());
        }
        assert_eq!(statuses, [400, 403]);
    }

    #[test]
    fn redirect_uris_are_below_the_api() {
        let uris = redirect_uris(&"https://api.example.com".parse().unwrap());
        assert!(uris.contains(&"https://api.example.com/connect/tiktok/callback".into()), "{uris:?}");
    }
}
