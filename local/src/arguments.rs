//! The command line.

use std::path::PathBuf;

use clap::Parser;
use shared::{
    platform::site::{PLC, RESOLVER},
    store::Limits,
};
use url::Url;

use crate::{Sentence, tokens::Tokens};

/// Runs the whole of Onbehalf on this machine: no AWS account, no Docker.
#[derive(Parser)]
#[command(name = "local")]
pub struct Arguments {
    /// Folder for everything that is kept; made if it is not there.
    #[arg(long, value_name = "DIR", default_value = ".onbehalf")]
    pub(crate) data: PathBuf,

    /// Port of the API and the connect pages, on 127.0.0.1.
    #[arg(long, default_value_t = 9000)]
    pub(crate) port: u16,

    /// Port of the sandbox, the simulated social networks. [default: the next one]
    #[arg(long)]
    sandbox_port: Option<u16>,

    /// Port for functions that run beside this under `cargo lambda watch`: the tables, the secrets and the queue of this
    /// very folder, and a file watch.env in it with what the functions need to know. Calls have to be signed with the
    /// access key in that file, which is new at each start. [default: none]
    #[arg(long, value_name = "PORT")]
    pub(crate) engine_port: Option<u16>,

    /// Sets the demo agency's requests per hour. [at first start: 6000,3000]
    #[arg(long, value_name = "READS,WRITES", value_parser = limits)]
    pub(crate) limits: Option<Limits>,

    /// Prints one line of JSON on standard output, for programs: {"url","sandboxUrl","liveKey","testKey","watchEnv"}; the
    /// keys only at the first start.
    #[arg(long)]
    pub(crate) json: bool,

    /// Logs every request on standard error, not only what goes wrong.
    #[arg(long)]
    pub verbose: bool,

    /// How long a worker has a post before another may take it over.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=900))]
    pub(crate) lease: u64,

    /// Our apps at the platforms: a file with {"x":{"clientId":"…","clientSecret":"…"}}, and the same for instagram and
    /// tiktok. A platform that is not in it goes to the sandbox.
    #[arg(long, value_name = "FILE")]
    pub(crate) platforms: Option<PathBuf>,

    /// The https address of a proxy of yours that leads here, if there is one: then Bluesky knows this by its own address
    /// and keys, as it knows a deployment.
    #[arg(long, value_name = "URL", value_parser = origin)]
    pub(crate) public_url: Option<Url>,

    /// Who resolves Bluesky handles.
    #[arg(long, value_name = "URL", default_value = RESOLVER)]
    pub(crate) bluesky_resolver: Url,

    /// The PLC directory, which resolves Bluesky's DIDs.
    #[arg(long, value_name = "URL", default_value = PLC)]
    pub(crate) plc: Url,

    /// Lets Bluesky accounts and media live on servers of this machine, over plain HTTP: for trying against your own.
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
