//! The sandbox as a server: `mod.rs` routes each request by the first segment of its path.

mod feed;
mod home;
mod sample;

use bytes::Bytes;
use http::Request;

use crate::{
    answer::Answer,
    config::{Clock, Config},
    context::Context,
    error::Error,
    host::TEXT_BODY,
    network::{Call, Network},
    networks, notice,
    reply::{self, Reply, Stop},
    store::Store,
};

#[derive(Clone)]
pub struct Sandbox {
    pub(crate) context: Context,
}

impl Sandbox {
    pub fn new(dynamodb: aws_sdk_dynamodb::Client, config: Config, clock: Clock) -> Self {
        let Config { table, public_url, apps, fetch } = config;
        let public_url = origin(&public_url);
        Self { context: Context { store: Store::new(dynamodb, table), public_url, apps, fetch, clock } }
    }

    /// The same sandbox at another origin, for a server that learns its origin from each request.
    #[must_use]
    pub fn at(&self, public_url: &str) -> Self {
        Self { context: Context { public_url: origin(public_url), ..self.context.clone() } }
    }

    /// Creates the sandbox's table if it does not exist.
    ///
    /// # Errors
    /// DynamoDB refuses the call or does not answer.
    pub async fn create_table(&self) -> Result<(), Error> {
        self.context.store.create_table().await
    }

    /// Answers a request. A fault of the sandbox is logged and answered with a 500.
    pub async fn answer(&self, request: Request<Bytes>) -> Answer {
        match route(&self.context, &request).await {
            Ok(answer) => answer,
            Err(Stop::Reply(reply)) => Answer::Response(*reply),
            Err(Stop::Never) => Answer::Never,
            Err(Stop::Fault(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "sandbox fault");
                Answer::Response(reply::fault())
            }
        }
    }
}

fn origin(public_url: &str) -> String {
    public_url.trim_end_matches('/').to_owned()
}

async fn route(context: &Context, request: &Request<Bytes>) -> Result<Answer, Stop> {
    let mut segments = request.uri().path().trim_start_matches('/').split('/');
    let first = segments.next().unwrap_or_default();
    let path: Vec<&str> = segments.collect();
    match networks::by_host(first) {
        Some(network) => to_network(network, Call { context, request, host: first, path: &path }).await,
        None => Ok(page(context, request, first, &path).await?.into()),
    }
}

async fn to_network(network: &dyn Network, call: Call<'_>) -> Result<Answer, Stop> {
    let host = network.spec().hosts.iter().find(|host| host.is(call.host));
    if host.is_some_and(|host| call.request.body().len() > host.largest_body) {
        return Ok(network.too_large(call.context, call.host)?.into());
    }
    network.answer(call).await
}

/// The pages of the sandbox itself.
async fn page(context: &Context, request: &Request<Bytes>, first: &str, path: &[&str]) -> Result<Reply, Stop> {
    if request.body().len() > TEXT_BODY {
        return Ok(notice::too_large()?);
    }
    Ok(match (first, path) {
        ("feed", [key, path @ ..]) => match networks::by_key(key) {
            Some(network) => feed::show(context, network, request, path).await?,
            None => notice::not_found()?,
        },
        ("media", [name]) => sample::serve(request, name)?,
        ("", []) => home::show(request)?,
        _ => notice::not_found()?,
    })
}
