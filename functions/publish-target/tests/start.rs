//! A binary with a wrong configuration exits with one sentence that names the fault and contains no secret. All functions
//! start by the same code; this one needs the most variables and secrets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    process::{Command, Output},
    thread,
};

const KEYRING: &str = r#"{"1":"long enough to be a secret of this test"}"#;

const ENVIRONMENT: [(&str, &str); 13] = [
    ("AWS_REGION", "local"),
    ("AWS_ACCESS_KEY_ID", "local"),
    ("AWS_SECRET_ACCESS_KEY", "local"),
    ("MAIN_TABLE", "main"),
    ("VAULT_TABLE", "vault"),
    ("VAULT_SECRET", "the-vault-secret"),
    ("PLATFORMS_SECRET", "the-platforms-secret"),
    ("CLIENT_KEYS_SECRET", "the-client-keys"),
    ("QUEUE_URL", "https://queue.example"),
    (
        "TARGET_QUEUE_URLS",
        "bluesky:https://q.example,instagram:https://q.example,tiktok:https://q.example,x:https://q.example",
    ),
    ("LEASE_SECONDS", "60"),
    ("PUBLIC_URL", "https://api.example.com"),
    ("SANDBOX_URL", ""),
];

/// Runs the function with one variable changed and with these secrets, until it exits.
fn start((name, value): (&str, &str), vault: &'static str, platforms: &'static str) -> Output {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    // The thread ends with the test's process.
    thread::spawn(move || listener.incoming().for_each(|stream| secrets_manager(stream.unwrap(), vault, platforms)));
    let mut command = Command::new(env!("CARGO_BIN_EXE_publish-target"));
    command.env_clear().envs(ENVIRONMENT).env("AWS_ENDPOINT_URL", endpoint).env(name, value);
    command.output().unwrap()
}

/// Answers one `GetSecretValue`. An empty text means that the secret does not exist.
fn secrets_manager(mut stream: std::net::TcpStream, vault: &str, platforms: &str) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut asked = vec![0; length];
    reader.read_exact(&mut asked).unwrap();
    let names = |name: &str| asked.windows(name.len()).any(|it| it == name.as_bytes());
    let text = if names("vault") {
        vault
    } else if names("client-keys") {
        KEYRING
    } else {
        platforms
    };
    let (status, body) = match text {
        "" => ("400 Bad Request", serde_json::json!({ "__type": "ResourceNotFoundException" })),
        text => ("200 OK", serde_json::json!({ "SecretString": text })),
    };
    let body = body.to_string();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.1\r\nconnection: close");
    // The process may have exited already, because of another secret.
    let _ = write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}");
}

/// The one line on standard error.
fn sentence(ended: &Output) -> String {
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.stdout.is_empty());
    let said = String::from_utf8(ended.stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said.trim_end().strip_prefix("Error: ").unwrap().to_owned()
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    for (name, _) in ENVIRONMENT.iter().take(10) {
        let ended = start((name, ""), KEYRING, "{}");
        let expected = format!(
            "the environment variable {name} is not set; template.yaml sets it for every function that needs it"
        );
        assert_eq!(sentence(&ended), expected);
    }
}

#[test]
fn a_variable_that_is_wrong_is_named() {
    for (name, must) in [
        ("LEASE_SECONDS", "it must be a whole number above 0"),
        ("PUBLIC_URL", "it must be a URL"),
        ("SANDBOX_URL", "it must be a URL"),
    ] {
        let ended = start((name, "nonsense"), KEYRING, "{}");
        assert_eq!(sentence(&ended), format!("the environment variable {name} is not valid: {must}"));
    }
}

/// The function verifies no access tokens, so a wrong issuer does not stop it.
#[test]
fn a_wrong_token_issuer_does_not_stop_publishing() {
    for issuer in ["nonsense", "https://issuer.example.com"] {
        let said = sentence(&start(("OAUTH_ISSUER", issuer), "broken", "{}"));
        assert!(said.starts_with("the secret the-vault-secret is not"), "it reads its secrets: {said}");
    }
}

#[test]
fn a_broken_secret_is_named_without_its_value() {
    const BROKEN: [&str; 4] =
        ["hunter2", r#"{"1":"hunter2"}"#, r#"{"hunter2":{"clientId":"a","clientSecret":"hunter2"}}"#, r#"["hunter2"]"#];
    for broken in BROKEN {
        for (vault, platforms, named) in [
            (broken, "{}", "the secret the-vault-secret is not"),
            (KEYRING, broken, "the secret the-platforms-secret is not"),
        ] {
            let said = sentence(&start(("LEASE_SECONDS", "60"), vault, platforms));
            assert!(said.starts_with(named), "{said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}

#[test]
fn a_secret_that_cannot_be_read_is_named() {
    let said = sentence(&start(("LEASE_SECONDS", "60"), KEYRING, ""));
    assert!(said.starts_with("the secret the-platforms-secret cannot be fetched; check"), "{said}");
}
