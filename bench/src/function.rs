//! One function: its binary, the event it is called with, and what was seen of it.

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

/// Answers of a process that is warm.
const WARM: usize = 30;

/// The most bytes of a zip: Lambda fetches it before each first start.
const MOST_ZIPPED: u64 = 4_000_000;
/// The most bytes that a process holds. What a function may hold is paid for.
const MOST_MEMORY: u64 = 12_000_000;

pub(crate) struct Function {
    name: String,
    binary: PathBuf,
    event: String,
}

/// What was seen of one function.
pub(crate) struct Seen {
    starts: Vec<Duration>,
    firsts: Vec<Duration>,
    warms: Vec<Duration>,
    /// Bytes: the most that any process held.
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

    pub(crate) async fn measure(&self, aws: &Aws, starts: u16) -> Result<Seen, Sentence> {
        let bytes = fs::read(&self.binary).map_err(|error| format!("{} cannot be read: {error}.", self.name))?;
        let mut seen = Seen {
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
            self.run(aws, &event, &mut seen).await.map_err(|why| format!("{}: {why}", self.name))?;
        }
        Ok(seen)
    }

    /// The function's event with a key and things that stand.
    fn event(&self, aws: &Aws) -> Bytes {
        let mut event: serde_json::Value = serde_json::from_str(&self.event).unwrap_or_default();
        if event.get("Records").is_some() {
            // A post that is not there: the worker asks for it and is done.
            let message = Message::new(aws.tenant, PostId::derive(&[b"bench"]));
            event["Records"][0]["body"] = serde_json::to_string(&message).unwrap_or_default().into();
        }
        let event = event.to_string().replace("obh_test_REPLACE_WITH_A_KEY", aws.key.text().expose());
        event.replace("cl_aaaaaaaaaaaaaaaaaaaaaaaaaa", &aws.client.to_string()).into()
    }

    async fn run(&self, aws: &Aws, event: &Bytes, seen: &mut Seen) -> Result<(), Sentence> {
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
            polled = api.polled() => seen.starts.push(polled? - started),
            _ = child.wait() => return Err("it ended before it asked for an event; what it says is above.".into()),
        }
        for n in 0..=WARM {
            let (sent, answered, answer) = api.invoke(event).await?;
            api.polled().await?;
            if n == 0 {
                seen.firsts.push(answered - sent);
                seen.answer = status(&answer);
            } else {
                seen.warms.push(answered - sent);
            }
        }
        seen.memory = seen.memory.max(peak(child.id().unwrap_or_default()));
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

impl Seen {
    /// What is over its limit. Times are not held to any: they are this machine's, and of this moment.
    pub(crate) fn over(&self) -> Option<&'static str> {
        match self {
            Self { zipped, .. } if *zipped > MOST_ZIPPED => Some("is over 4 MB zipped"),
            Self { memory, .. } if *memory > MOST_MEMORY => Some("holds over 12 MB"),
            _ => None,
        }
    }
}

/// The HTTP status of an answer to the gateway; what is none came of the queue.
fn status(answer: &[u8]) -> String {
    let answer: serde_json::Value = serde_json::from_slice(answer).unwrap_or_default();
    answer["statusCode"].as_u64().map_or_else(|| answer.to_string(), |status| status.to_string())
}

/// The most memory that a process ever held, in bytes: `VmHWM` of proc(5).
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// The size of its one entry in a zip, in bytes.
fn deflated(bytes: &[u8]) -> u64 {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything").len() as u64
}

fn percentile(times: &[Duration], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, Duration::as_secs_f64) * 1000.0
}

impl fmt::Display for Seen {
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
    use super::Seen;

    #[test]
    fn what_is_too_large_is_told() {
        let seen = |zipped, memory| Seen {
            starts: Vec::new(),
            firsts: Vec::new(),
            warms: Vec::new(),
            memory,
            binary: 0,
            zipped,
            answer: String::new(),
        };
        assert_eq!(seen(4_000_000, 12_000_000).over(), None);
        assert_eq!(seen(4_000_001, 0).over(), Some("is over 4 MB zipped"));
        assert_eq!(seen(0, 12_000_001).over(), Some("holds over 12 MB"));
    }
}
