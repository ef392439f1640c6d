//! `local` as a newcomer and a program start it: what it prints, whom it answers, and how it ends.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command.args(["--port", "0", "--data"]).arg(data).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running `local`, ended with the test.
struct Running {
    child: Child,
    line: Value,
}

impl Running {
    fn start(data: &Path) -> Self {
        let mut child = command(data).arg("--json").spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, line: serde_json::from_str(&line).unwrap() }
    }

    fn address(&self) -> String {
        self.line["url"].as_str().unwrap().replace("http://", "")
    }

    fn get(&self, path: &str, host: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
    }

    /// What comes back until the connection ends.
    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn stop(mut self, signal: &str) -> Option<i32> {
        Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let sentence = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(sentence.trim_end().lines().count(), 1, "one sentence: {sentence}");
    assert!(output.stdout.is_empty());
    sentence
}

#[test]
fn keys_are_printed_once_and_both_signals_end_it_cleanly() {
    let folder = Folder::new("keys");
    let first = Running::start(&folder.data());
    assert!(first.line["liveKey"].as_str().unwrap().starts_with("obh_live_"));
    assert!(first.line["testKey"].as_str().unwrap().starts_with("obh_test_"));
    assert!(first.line["sandboxUrl"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let mode = fs::metadata(folder.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    only_the_owner_may_read_the_tables(&folder.data());
    assert_eq!(first.stop("-TERM"), Some(0));

    let tables = folder.data().join("tables.db");
    fs::set_permissions(&tables, fs::Permissions::from_mode(0o644)).unwrap();
    let again = Running::start(&folder.data());
    only_the_owner_may_read_the_tables(&folder.data());
    assert!(again.line.get("liveKey").is_none() && again.line.get("testKey").is_none(), "{}", again.line);
    assert_eq!(again.stop("-INT"), Some(0));
}

fn only_the_owner_may_read_the_tables(data: &Path) {
    for name in ["tables.db", "tables.db-wal", "tables.db-shm"] {
        let mode = fs::metadata(data.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_second_start_says_how_to_make_another_key() {
    let folder = Folder::new("lost");
    assert_eq!(Running::start(&folder.data()).stop("-TERM"), Some(0));
    let mut child = command(&folder.data()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let made = lines.into_iter().find(|line| line.contains("key create"));
    child.kill().unwrap();
    child.wait().unwrap();
    let kept = fs::read_to_string(folder.data().join("onbehalf.json")).unwrap();
    let agency = serde_json::from_str::<Value>(&kept).unwrap()["agency"].as_str().unwrap().to_owned();
    let data = folder.data();
    let command =
        format!("cargo run -p admin -- --local {} key create {agency} --mode live --label mine", data.display());
    assert_eq!(made.unwrap().trim(), command);
}

#[test]
fn it_answers_to_its_own_names_alone() {
    let folder = Folder::new("names");
    let local = Running::start(&folder.data());
    let address = local.address();
    let port = address.rsplit(':').next().unwrap();
    let home = local.get("/", &address);
    assert!(home.starts_with("HTTP/1.1 200") && home.contains("Onbehalf") && home.contains("create-post"), "{home}");
    assert!(local.get("/", &format!("evil.example:{port}")).starts_with("HTTP/1.1 421"));
    assert!(local.get("/", "").starts_with("HTTP/1.1 421"));
    let elsewhere = local.get("/invite/x", &format!("localhost:{port}"));
    assert!(elsewhere.starts_with("HTTP/1.1 307"), "{elsewhere}");
    assert!(elsewhere.contains(&format!("location: http://{address}/invite/x")), "{elsewhere}");
    assert!(local.get("/v1/nowhere", &format!("localhost:{port}")).starts_with("HTTP/1.1 404"));
}

/// Without a credential the body is not waited for, which would take until its time limit.
#[test]
fn a_body_is_read_only_with_a_credential() {
    let folder = Folder::new("bodies");
    let local = Running::start(&folder.data());
    let key = local.line["liveKey"].as_str().unwrap();
    let post = |path: &str, headers: &str, body: &str| {
        let host = local.address();
        let head = "Idempotency-Key: a\r\nContent-Type: application/json";
        local.send(&format!("POST {path} HTTP/1.1\r\nHost: {host}\r\n{head}\r\n{headers}\r\n{body}"))
    };
    for (path, credential, status) in [
        ("/v1/posts", "", 401),
        ("/v1/clients", "X-API-KEY: obh_live_0000\r\n", 401),
        ("/v1/clients", "Authorization: Bearer a.b.c\r\n", 401),
        ("/v1/clients", "X-API-KEY: a\r\nX-API-KEY: b\r\n", 400),
        ("/v1/nowhere", "", 404),
    ] {
        let answer = post(path, &format!("{credential}Content-Length: 1000000\r\n"), "");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path} {credential} {answer}");
        assert!(answer.contains("connection: close") && answer.contains("application/problem+json"), "{answer}");
    }
    let body = r#"{"name":"A"}"#;
    let headers = format!("X-API-KEY: {key}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    assert!(post("/v1/clients", &headers, body).starts_with("HTTP/1.1 201"));
}

/// Over plain http, a browser must not be told to use https. Behind a proxy with https, it is told.
#[test]
fn browsers_are_kept_to_https_behind_a_proxy_alone() {
    let folder = Folder::new("https");
    let hsts = |local: &Running| {
        let home = local.get("/", &local.address());
        assert!(home.starts_with("HTTP/1.1 200"), "{home}");
        home.contains("strict-transport-security: max-age=31536000")
    };
    let plain = Running::start(&folder.data());
    assert!(!hsts(&plain));
    assert_eq!(plain.stop("-TERM"), Some(0));

    // With a public address, `local` does not print the port that it has chosen.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command.args(["--json", "--port", &port, "--sandbox-port", "0", "--public-url", "https://onbehalf.example"]);
    let mut child = command.arg("--data").arg(folder.data()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let mut behind = Running { child, line: serde_json::from_str(&line).unwrap() };
    assert_eq!(behind.line["url"], "https://onbehalf.example");
    behind.line["url"] = format!("http://127.0.0.1:{port}").into();
    assert!(hsts(&behind));
}

#[test]
fn the_port_for_functions_answers_to_its_own_names_and_to_the_key_in_its_file() {
    let folder = Folder::new("beside");
    let mut child = command(&folder.data()).args(["--json", "--engine-port", "0"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let local = Running { child, line: serde_json::from_str(&line).unwrap() };
    let file = Path::new(local.line["watchEnv"].as_str().unwrap());
    assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    let environment = fs::read_to_string(file).unwrap();
    let variable = |name: &str| environment.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    let address = variable("AWS_ENDPOINT_URL=http://");
    let ask = |host: &str, key: &str| {
        let body = r#"{"SecretId":"link"}"#;
        let mut stream = TcpStream::connect(&address).unwrap();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Amz-Target: secretsmanager.GetSecretValue\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={key}/20260701/local/secretsmanager/aws4_request\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let key = variable("AWS_ACCESS_KEY_ID=");
    assert!(ask(&address, &key).starts_with("HTTP/1.1 200"));
    assert!(ask(&address.replace("127.0.0.1", "localhost"), &key).starts_with("HTTP/1.1 200"));
    assert!(ask("evil.example", &key).starts_with("HTTP/1.1 421"));
    assert!(ask(&address, "local").starts_with("HTTP/1.1 400"));
    assert_eq!(local.stop("-TERM"), Some(0));
}

/// The engine is in the process: nothing but the API and the sandbox is to be reached.
#[cfg(target_os = "linux")]
#[test]
fn it_listens_on_two_ports_alone() {
    let folder = Folder::new("sockets");
    let local = Running::start(&folder.data());
    let process = Path::new("/proc").join(local.child.id().to_string());
    let sockets: Vec<_> = fs::read_dir(process.join("fd"))
        .unwrap()
        .flatten()
        .filter_map(|entry| {
            fs::read_link(entry.path()).ok()?.to_str()?.strip_prefix("socket:[")?.strip_suffix(']').map(String::from)
        })
        .collect();
    let listening = |table: &str| {
        let table = fs::read_to_string(process.join("net").join(table)).unwrap_or_default();
        let rows: Vec<Vec<_>> = table.lines().map(|row| row.split_whitespace().map(String::from).collect()).collect();
        rows.into_iter().filter(|row| row[3] == "0A" && sockets.contains(&row[9])).count()
    };
    assert_eq!((listening("tcp"), listening("tcp6")), (2, 0));
}

#[test]
fn a_taken_port_is_one_sentence() {
    let folder = Folder::new("port");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = command(&folder.data()).args(["--sandbox-port", &port]).output().unwrap();
    assert!(refused(&output).contains(&format!("Port {port} is taken")));
    assert!(!folder.data().exists(), "nothing is made by a start that cannot serve");
}

#[test]
fn one_port_for_both_servers_is_one_sentence() {
    let folder = Folder::new("ports");
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    let output =
        command.args(["--port", "9999", "--sandbox-port", "9999", "--data"]).arg(folder.data()).output().unwrap();
    assert!(refused(&output).contains("name the same port"));
}

#[test]
fn a_folder_that_cannot_be_used_is_one_sentence() {
    let folder = Folder::new("foreign");
    let file = folder.0.join("file");
    fs::write(&file, "not a folder").unwrap();
    assert!(refused(&command(&file).output().unwrap()).contains("is a file"));
    assert!(refused(&command(&file.join("below")).output().unwrap()).contains("--data"));
    // It has a file that is not ours.
    assert!(refused(&command(&folder.0).output().unwrap()).contains("not a data folder of Onbehalf"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "not a folder");

    fs::create_dir(folder.data()).unwrap();
    fs::write(folder.data().join("onbehalf.json"), "{\"hello\":1}").unwrap();
    assert!(refused(&command(&folder.data()).output().unwrap()).contains("not a data folder of Onbehalf"));
}

#[test]
fn tables_that_are_not_ours_are_one_sentence() {
    let folder = Folder::new("tables");
    assert_eq!(Running::start(&folder.data()).stop("-TERM"), Some(0));
    for entry in fs::read_dir(folder.data()).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("tables.db") {
            fs::write(entry.path(), "this is no database, whatever its name says").unwrap();
        }
    }
    assert!(refused(&command(&folder.data()).output().unwrap()).contains("tables.db"));
}

#[test]
fn a_folder_in_use_is_one_sentence() {
    let folder = Folder::new("lock");
    let _running = Running::start(&folder.data());
    assert!(refused(&command(&folder.data()).output().unwrap()).contains("in use by another process"));
}

#[test]
fn limits_are_set_at_any_start() {
    let folder = Folder::new("limits");
    let first = Running::start(&folder.data());
    let key = first.line["liveKey"].as_str().unwrap().to_owned();
    let limit = |local: &Running| {
        let answer = local.get("/v1/clients/x", &format!("{}\r\nX-API-KEY: {key}", local.address()));
        let line = answer.lines().find(|line| line.starts_with("ratelimit-limit:")).unwrap().to_owned();
        line.rsplit(' ').next().unwrap().to_owned()
    };
    assert_eq!(limit(&first), "6000");
    assert_eq!(first.stop("-TERM"), Some(0));
    let mut child = command(&folder.data()).args(["--json", "--limits", "7,5"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(limit(&Running { child, line: serde_json::from_str(&line).unwrap() }), "7");
    let bad = command(&folder.data()).args(["--limits", "many"]).output().unwrap();
    assert!(String::from_utf8(bad.stderr).unwrap().contains("6000,3000"));
}
