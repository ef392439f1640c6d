//! A stack's outputs and the operator's credentials, from the AWS CLI. Every way of signing in that the CLI supports
//! therefore works: profiles, single sign-on, roles, an instance's own credentials.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use shared::secret::Secret;
use tokio::process;

use crate::{Sentence, arguments::Arguments};

/// One stack in one region.
pub(crate) struct Stack {
    pub(crate) name: String,
    pub(crate) region: String,
    /// The template's outputs.
    outputs: BTreeMap<String, String>,
}

/// The output of `aws configure export-credentials`.
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
            format!("The stack {} has no output {output}: was it deployed completely from template.yaml?", self.name)
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

/// Runs the AWS CLI and parses its JSON output. If it fails, its standard error is the error message.
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
    // The output may be credentials, so it is not part of the error.
    serde_json::from_slice(&said.stdout)
        .map_err(|_| format!("The output of `aws {}` cannot be parsed: is the AWS CLI up to date?", what.join(" ")))
}
