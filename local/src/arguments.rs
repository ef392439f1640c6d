//! The command line.

use std::path::PathBuf;

use clap::Parser;
use shared::{
    site::{PLC, RESOLVER},
    store::Limits,
};
use url::Url;

use crate::{Sentence, tokens::Tokens};

/// Runs the whole of Onbehalf on this machine: no AWS account, no Docker.
#[derive(Parser)]
#[command(name = "local")]
pub struct Arguments {
    /// Folder for the tables and secrets. Created if it does not exist, and readable by you alone.
    #[arg(long, value_name = "DIR", default_value = ".onbehalf")]
    pub(crate) data: PathBuf,

    /// Port of the API and the connect pages, on 127.0.0.1.
    #[arg(long, default_value_t = 9000)]
    pub(crate) port: u16,

    /// Port of the sandbox, the simulated social networks, on 127.0.0.1. [default: --port plus 1]
    #[arg(long)]
    sandbox_port: Option<u16>,

    /// Port that lends the tables, secrets and queue to functions that run under `cargo lambda watch`; docs/develop.md says
    /// how. Also writes their environment to watch.env in the data folder. Requests must be signed with the access key in
    /// that file, which is new at each start. [default: none]
    #[arg(long, value_name = "PORT")]
    pub(crate) engine_port: Option<u16>,

    /// Sets how many reads and writes the demo agency may make per hour. [default at the first start: 6000,3000]
    #[arg(long, value_name = "READS,WRITES", value_parser = limits)]
    pub(crate) limits: Option<Limits>,

    /// Prints one line of JSON on standard output, for programs: {"url","sandboxUrl","liveKey","testKey","watchEnv"}. The
    /// keys are there at the first start only, watchEnv with --engine-port only.
    #[arg(long)]
    pub(crate) json: bool,

    /// Logs every request on standard error, also why an access token was refused. Without it, only warnings and errors.
    #[arg(long)]
    pub verbose: bool,

    /// How long a worker holds a post before another worker may take it over, 1 to 900 seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=900))]
    pub(crate) lease: u64,

    /// JSON file with your own apps: {"x":{"clientId":"…","clientSecret":"…"}}, and the same for instagram and tiktok. Live
    /// mode then uses the real network for each of them, and the sandbox for the others. Test mode always uses the sandbox.
    #[arg(long, value_name = "FILE")]
    pub(crate) platforms: Option<PathBuf>,

    /// The https address of your proxy that forwards to this process. Links begin with it, and Bluesky's servers know this
    /// process by that address and its keys, as they know a deployment.
    #[arg(long, value_name = "URL", value_parser = origin)]
    pub(crate) public_url: Option<Url>,

    /// Server that resolves Bluesky handles. Change it to use a Bluesky network of your own.
    #[arg(long, value_name = "URL", default_value = RESOLVER)]
    pub(crate) bluesky_resolver: Url,

    /// PLC directory that resolves Bluesky's DIDs. Change it to use a Bluesky network of your own.
    #[arg(long, value_name = "URL", default_value = PLC)]
    pub(crate) plc: Url,

    /// Allows Bluesky servers and media on this machine, over plain HTTP.
    #[arg(long)]
    pub(crate) allow_loopback: bool,

    #[command(flatten)]
    pub(crate) tokens: Tokens,
}

impl Arguments {
    pub(crate) fn sandbox_port(&self) -> Result<u16, Sentence> {
        match self.sandbox_port {
            Some(port) if port == self.port && port != 0 => {
                Err("--port and --sandbox-port name the same port: the simulated networks need one of their own."
                    .into())
            }
            Some(port) => Ok(port),
            None if self.port == 0 => Ok(0),
            None => self
                .port
                .checked_add(1)
                .ok_or_else(|| "There is no port after 65535: name one with --sandbox-port.".into()),
        }
    }
}

fn origin(text: &str) -> Result<Url, String> {
    text.parse::<Url>()
        .ok()
        .filter(|url| url.scheme() == "https" && url.path() == "/" && url.query().is_none())
        .ok_or_else(|| "an https address without a path, as in https://onbehalf.example.com".into())
}

fn limits(text: &str) -> Result<Limits, String> {
    let parse = |text: &str| text.trim().parse::<u32>().ok();
    text.split_once(',')
        .and_then(|(reads, writes)| Some(Limits { reads: parse(reads)?, writes: parse(writes)? }))
        .ok_or_else(|| "two whole numbers with a comma between, as in 6000,3000".into())
}
