//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use shared::{
    id::{AgencyId, ClientId, KeyId},
    scope::Scope,
    tenant::Mode,
};
use url::Url;

/// Manages the agencies and keys of a deployment, and diagnoses its faults.
#[derive(Parser)]
#[command(name = "admin")]
pub(crate) struct Arguments {
    /// The CloudFormation stack. Its outputs and your credentials come from the AWS CLI (`aws`), so --profile,
    /// AWS_PROFILE, single sign-on and roles work as they do there.
    #[arg(long, value_name = "NAME", default_value = "onbehalf", global = true)]
    pub(crate) stack: String,

    /// A profile of the AWS CLI.
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) profile: Option<String>,

    /// The stack's region, if it is not your profile's.
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) region: Option<String>,

    /// Another endpoint for every AWS service, passed on to the AWS CLI.
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) endpoint_url: Option<Url>,

    /// Works on the data folder of `cargo run -p local` instead of a stack. `local` must not be running.
    #[arg(long, value_name = "DIR", global = true, conflicts_with_all = ["stack", "profile", "region", "endpoint_url"])]
    pub(crate) local: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Agencies and their request limits.
    #[command(subcommand)]
    Agency(AgencyCommand),
    /// API keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Moves the messages that failed repeatedly (the dead letters) back into the queue.
    Redrive,
    /// Checks every part of the deployment, and prints for each fault what to do.
    Doctor,
}

#[derive(Subcommand)]
pub(crate) enum AgencyCommand {
    /// Creates an agency in both modes. `key create` creates its first key.
    Create {
        /// Shown to its customers on the connect page; 1 to 200 characters.
        name: String,
        /// Requests with GET per hour, in each mode.
        #[arg(long, default_value_t = 60)]
        reads: u32,
        /// Other requests per hour, in each mode.
        #[arg(long, default_value_t = 30)]
        writes: u32,
    },
    /// Lists the agencies.
    List,
    /// Sets how many requests an agency may make in an hour.
    SetLimits {
        #[arg(value_parser = id::<AgencyId>)]
        agency: AgencyId,
        /// Only in this mode. [default: both]
        #[arg(long)]
        mode: Option<ModeName>,
        /// Requests with GET per hour.
        #[arg(long)]
        reads: u32,
        /// Other requests per hour.
        #[arg(long)]
        writes: u32,
    },
}

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Creates a key and prints it. It is not stored, so it cannot be shown again.
    Create {
        #[arg(value_parser = id::<AgencyId>)]
        agency: AgencyId,
        #[arg(long)]
        mode: ModeName,
        /// What the key is for; 1 to 64 characters.
        #[arg(long)]
        label: String,
        /// What it may do. [default: everything but keys.admin]
        #[arg(long, value_delimiter = ',', value_parser = scope)]
        scopes: Vec<Scope>,
        /// Binds it to one client.
        #[arg(long, value_parser = id::<ClientId>)]
        client: Option<ClientId>,
        /// Days until it expires; at most a year.
        #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=365))]
        days: u16,
    },
    /// Lists an agency's keys by id, not the keys themselves.
    List {
        #[arg(value_parser = id::<AgencyId>)]
        agency: AgencyId,
    },
    /// Revokes a key. Its next request is refused.
    Revoke {
        #[arg(value_parser = id::<AgencyId>)]
        agency: AgencyId,
        #[arg(value_parser = id::<KeyId>)]
        key: KeyId,
        /// Also revokes every key that it minted.
        #[arg(long)]
        minted: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ModeName {
    Live,
    Test,
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Live => Self::Live,
            ModeName::Test => Self::Test,
        }
    }
}

fn id<T: std::str::FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse().map_err(|_| "not an id of this kind; `agency list` and `key list` show them")
}

fn scope(text: &str) -> Result<Scope, String> {
    let known = Scope::ALL.iter().find(|scope| scope.as_str() == text).copied();
    known.ok_or_else(|| format!("the scopes are {}", Scope::ALL.map(Scope::as_str).join(", ")))
}
