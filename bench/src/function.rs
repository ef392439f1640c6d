//! One function: its binary, its example event, and its measurements.

use std::{
    fmt, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use bytes::Bytes;
use flate2::{Compression, write::DeflateEncoder};
use shared::{id::PostId, queue::Message};
use tokio::process::Command;

use crate::{Sentence, aws::Aws, runtime_api::RuntimeApi};

/// How many warm invocations each process answers.
const WARM: usize = 30;

/// The most bytes of a zip: Lambda downloads it before a cold start.
const MAX_ZIPPED: u64 = 4 * 1024 * 1024;
/// The simulator of all networks, with sample files. Only test mode calls it.
const SIMULATOR: &str = "serve-sandbox";
const MAX_ZIPPED_SIMULATOR: u64 = 5 * 1024 * 1024;
/// The most resident bytes of a process: an eighth of the smallest function. It varies by a few percent from kernel to kernel.
const MAX_MEMORY: u64 = 16_000_000;

pub(crate) struct Function {
    name: String,
    binary: PathBuf,
    event: String,
}

/// The measurements of one function.
pub(crate) struct Measurement {
    starts: Vec<Duration>,
    firsts: Vec<Duration>,
    warms: Vec<Duration>,
    /// The peak resident bytes of any process.
    memory: u64,
    binary: u64,
    zipped: u64,
    /// The status of the first answer.
    answer: String,
}

impl Function {
    pub(crate) fn find(name: &str, binaries: &Path) -> Result<Self, Sentence> {
        let binary = binaries.join(name);
        let event = Path::new("events").join(format!("{name}.json"));
        if !binary.is_file() {
            let binary = binary.display();
            return Err(format!("{binary} is not there: build it with `cargo build --release --bin {name}`."));
        }
        let event = fs::read_to_string(&event).map_err(|error| {
            format!("{} cannot be read ({error}): run this at the top of the project.", event.display())
        })?;
        Ok(Self { name: name.to_owned(), binary, event })
    }

    pub(crate) async fn measure(&self, aws: &Aws, starts: u16) -> Result<Measurement, Sentence> {
        let bytes = fs::read(&self.binary).map_err(|error| format!("{} cannot be read: {error}.", self.name))?;
        let mut measured = Measurement {
            starts: Vec::new(),
            firsts: Vec::new(),
            warms: Vec::new(),
            memory: 0,
            binary: bytes.len() as u64,
            zipped: deflated(&bytes),
            answer: String::new(),
        };
        let event = self.event(aws);
        for _ in 0..starts {
            self.run(aws, &event, &mut measured).await.map_err(|why| format!("{}: {why}", self.name))?;
        }
        Ok(measured)
    }

    /// The function's example event, with a key and ids that exist.
    fn event(&self, aws: &Aws) -> Bytes {
        let mut event: serde_json::Value = serde_json::from_str(&self.event).unwrap_or_default();
        if event.get("Records").is_some() {
            // Of a post that does not exist: the worker is refused its claim and is done.
            let body = event["Records"][0]["body"].as_str().unwrap_or_default();
            let example: Option<Message> = serde_json::from_str(body).ok();
            let message = Message::new(aws.tenant, PostId::derive(&[b"bench"]), example.and_then(|it| it.target));
            event["Records"][0]["body"] = serde_json::to_string(&message).unwrap_or_default().into();
        }
        let event = event.to_string().replace("obh_test_REPLACE_WITH_A_KEY", aws.key.text().expose());
        event.replace("cl_aaaaaaaaaaaaaaaaaaaaaaaaaa", &aws.client.to_string()).into()
    }

    async fn run(&self, aws: &Aws, event: &Bytes, measured: &mut Measurement) -> Result<(), Sentence> {
        let mut api = RuntimeApi::start().await?;
        let started = Instant::now();
        let mut child = Command::new(&self.binary)
            .env_clear()
            .envs(aws.environment())
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("it cannot be run ({error}): was it built for this machine?"))?;
        tokio::select! {
            polled = api.polled() => measured.starts.push(polled? - started),
            _ = child.wait() => return Err("it ended before it asked for an event; its error output is above.".into()),
        }
        for n in 0..=WARM {
            let (sent, answered, answer) = api.invoke(event).await?;
            api.polled().await?;
            if n == 0 {
                measured.firsts.push(answered - sent);
                measured.answer = status(&answer);
            } else {
                measured.warms.push(answered - sent);
            }
        }
        measured.memory = measured.memory.max(peak(child.id().unwrap_or_default()));
        child.kill().await.map_err(|error| format!("it cannot be ended: {error}"))
    }
}

/// The names of all functions: one folder each.
pub(crate) fn all() -> Result<Vec<String>, Sentence> {
    let folders = fs::read_dir("functions")
        .map_err(|error| format!("functions/ cannot be read ({error}): run this at the top of the project."))?;
    let mut names: Vec<_> = folders.flatten().filter_map(|folder| folder.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

impl Measurement {
    /// Which limit the function `name` exceeds. Times have no limit, since they depend on the machine and its load.
    pub(crate) fn exceeded(&self, name: &str) -> Option<&'static str> {
        match self {
            Self { zipped, .. } if *zipped > MAX_ZIPPED_SIMULATOR => Some("is over 5 MiB zipped"),
            Self { zipped, .. } if *zipped > MAX_ZIPPED && name != SIMULATOR => Some("is over 4 MiB zipped"),
            Self { memory, .. } if *memory > MAX_MEMORY => Some("holds over 16 MB"),
            _ => None,
        }
    }
}

/// The HTTP status of an answer to the gateway, or the whole answer of a worker, which has none.
fn status(answer: &[u8]) -> String {
    let answer: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
    answer["statusCode"].as_u64().map_or_else(|| answer.to_string(), |status| status.to_string())
}

/// The peak resident memory of a process in bytes: `VmHWM` of proc(5).
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// The size in bytes of a binary's entry in a zip.
fn deflated(bytes: &[u8]) -> u64 {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("writing to a vector cannot fail");
    encoder.finish().expect("writing to a vector cannot fail").len() as u64
}

fn percentile(times: &[Duration], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, Duration::as_secs_f64) * 1000.0
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "sizes in megabytes, with one digit")]
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        write!(
            f,
            "{:>12.1}{:>11.1}{:>11.1}{:>11.2}{:>10.2}{:>10.1} MB{:>6.1} MB{:>6.1} MB  {}",
            percentile(&self.starts, 0),
            percentile(&self.starts, 50),
            percentile(&self.starts, 90),
            percentile(&self.firsts, 50),
            percentile(&self.warms, 50),
            megabytes(self.memory),
            megabytes(self.binary),
            megabytes(self.zipped),
            self.answer,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Measurement;

    #[test]
    fn a_size_over_its_limit_is_reported() {
        let measured = |zipped, memory| Measurement {
            starts: Vec::new(),
            firsts: Vec::new(),
            warms: Vec::new(),
            memory,
            binary: 0,
            zipped,
            answer: String::new(),
        };
        let over = 4 * 1024 * 1024 + 1;
        assert_eq!(measured(over - 1, 16_000_000).exceeded("get-post"), None);
        assert_eq!(measured(over, 0).exceeded("get-post"), Some("is over 4 MiB zipped"));
        assert_eq!(measured(over, 0).exceeded("serve-sandbox"), None);
        assert_eq!(measured(5 * 1024 * 1024 + 1, 0).exceeded("serve-sandbox"), Some("is over 5 MiB zipped"));
        assert_eq!(measured(0, 16_000_001).exceeded("get-post"), Some("holds over 16 MB"));
    }
}
