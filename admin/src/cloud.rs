//! What a stack is made of and who we are, as the AWS CLI tells it. Through it every way of signing in works that the
//! operator has set up: profiles, single sign-on, roles, a machine's own.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use shared::secret::Secret;
use tokio::process;

use crate::{Sentence, arguments::Arguments};

/// One stack in one region.
pub(crate) struct Stack {
    pub(crate) name: String,
    pub(crate) region: String,
    /// What the template puts out: names and addresses.
    outputs: BTreeMap<String, String>,
}

/// As `aws configure export-credentials` prints them.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Credentials {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: Secret,
    pub(crate) session_token: Option<Secret>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stacks {
    stacks: Vec<Described>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Described {
    stack_id: String,
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    output_key: String,
    output_value: String,
}

impl Stack {
    pub(crate) async fn describe(arguments: &Arguments) -> Result<Self, Sentence> {
        let what = ["cloudformation", "describe-stacks", "--stack-name", &arguments.stack];
        let stacks: Stacks = aws(arguments, &what)
            .await
            .map_err(|why| if why.contains("does not exist") { no_stack(&arguments.stack) } else { why })?;
        let described = stacks.stacks.into_iter().next().ok_or_else(|| no_stack(&arguments.stack))?;
        // arn:aws:cloudformation:<region>:…
        let region = described.stack_id.split(':').nth(3).unwrap_or_default().to_owned();
        let outputs = described.outputs.into_iter().map(|output| (output.output_key, output.output_value)).collect();
        Ok(Self { name: arguments.stack.clone(), region, outputs })
    }

    pub(crate) fn find(&self, output: &str) -> Option<&str> {
        self.outputs.get(output).map(String::as_str)
    }

    pub(crate) fn output(&self, output: &str) -> Result<&str, Sentence> {
        self.find(output).ok_or_else(|| {
            format!("The stack {} has no output {output}: was it deployed from template.yaml, to its end?", self.name)
        })
    }
}

impl Credentials {
    pub(crate) async fn export(arguments: &Arguments) -> Result<Self, Sentence> {
        let exported = aws(arguments, &["configure", "export-credentials", "--format", "process"]).await;
        exported.map_err(|why| format!("{why}\nThe AWS CLI has to be of version 2.9 or later, and signed in."))
    }
}

fn no_stack(name: &str) -> Sentence {
    format!("There is no stack {name} in this account and region: see --stack, --profile and --region.")
}

/// Runs the AWS CLI and reads its JSON. What it says on standard error is for the operator, as it is.
async fn aws<T: DeserializeOwned>(arguments: &Arguments, what: &[&str]) -> Result<T, Sentence> {
    let mut command = process::Command::new("aws");
    command.args(what).args(["--output", "json"]);
    let endpoint = arguments.endpoint_url.as_ref().map(ToString::to_string);
    for (option, value) in [
        ("--profile", arguments.profile.as_ref()),
        ("--region", arguments.region.as_ref()),
        ("--endpoint-url", endpoint.as_ref()),
    ] {
        if let Some(value) = value {
            command.args([option, value.as_str()]);
        }
    }
    let said = command.output().await.map_err(|error| {
        format!(
            "The AWS CLI cannot be run ({error}): install it from https://aws.amazon.com/cli/, or name a local data folder with --local."
        )
    })?;
    if !said.status.success() {
        let why = String::from_utf8_lossy(&said.stderr);
        return Err(format!("`aws {}` failed: {}", what.join(" "), why.trim()));
    }
    // What it printed may be credentials: no word of it in an error.
    serde_json::from_slice(&said.stdout).map_err(|_| {
        format!("`aws {}` answered what this tool cannot read: is the AWS CLI up to date?", what.join(" "))
    })
}
