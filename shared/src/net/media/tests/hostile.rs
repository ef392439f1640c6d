//! Addresses that an attacker can name to make us call hosts that they cannot reach.

use futures_util::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::Name;

use super::{HttpClient, Reply, TestServer, Unusable, Wire, ask_one, http};
use crate::net::guard::ForbiddenAddress;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// Hosts that are this machine, its neighbours or a cloud's metadata service, in every form that some resolver accepts.
const HOSTS: &str = "127.0.0.1 127.0.0.2 127.255.255.254 127.1 127.0.1 0177.0.0.1 0177.0.0.01 017700000001 0x7f.0.0.1 \
    0x7f.1 0x7f000001 0X7F000001 2130706433 127.0.0.1. 0 0.0.0.0 0x0 00000000 localhost localhost. LOCALHOST \
    a.localhost localhost.localdomain ip6-localhost metadata metadata. metadata.google.internal printer.local [::1] [0:0:0:0:0:0:0:1] [::] [::ffff:127.0.0.1] \
    [::ffff:7f00:1] [0:0:0:0:0:ffff:7f00:0001] [::127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::10.0.0.1] \
    [64:ff9b::169.254.169.254] [64:ff9b:1::1] [2002:7f00:1::] [2002:a9fe:a9fe::1] [2001::1] [fe80::1] [febf::1] [fec0::1] \
    [fc00::1] [fd00::1] [fd00:ec2::254] [ff02::1] [100::1] [2001:db8::1] [3fff::1] [4000::1] [::ffff:10.0.0.1] \
    [::ffff:169.254.169.254] [::ffff:192.168.0.1] [::ffff:0:127.0.0.1] 10.0.0.1 10.255.255.255 012.0.0.1 0xa.0.0.1 167772161 \
    172.16.0.1 172.31.255.255 0254.16.0.1 2886729729 192.168.0.1 192.168.255.255 0300.0250.0.1 0xc0a80001 3232235521 \
    169.254.169.254 169.254.170.2 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518 169.16689662 100.64.0.1 \
    100.100.100.200 100.127.255.255 168.63.129.16 192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 \
    239.255.255.250 240.0.0.1 255.255.255.255 %31%32%37.0.0.1 127%2e0%2e0%2e1 ①②⑦.⓪.⓪.① 127。0。0。1 127．0．0．1 \
    ⓛocalhost loc\u{AD}alhost";

/// Addresses that are invalid for other reasons than the host.
const OTHERS: &str = "https://user@example.com/a https://user:pass@example.com/a https://@example.com@127.0.0.1/a \
    https://example.com@169.254.169.254/a https://127.0.0.1#@example.com/a https://127.0.0.1?@example.com/a \
    https://127.0.0.1\\@example.com/a https://example.com:22/a https://example.com:25/a https://example.com:80/a \
    https://example.com:6379/a https://example.com:8443/a https://example.com:65535/a http://example.com/a \
    ftp://example.com/a file:///etc/passwd file://example.com/etc/passwd gopher://example.com:70/_a data:image/png;base64,AAAA \
    javascript:alert(1) blob:https://example.com/1 ws://example.com/a about:blank //example.com/a example.com/a /a \
    https:// https:/// http:127.0.0.1/a https:127.0.0.1 https:/127.0.0.1/a https:\\\\127.0.0.1\\a https://example.com:0/a \
    https://exa mple.com/ https://example.com:99999/ https://[::1 https://[::1]]/ https://[fe80::1%25eth0]/ https://a..b/ \
    https://-a.example.com/ https://example/ https://.example.com/ https://\u{202E}moc.elpmaxe/ https://1.2.3.4.5/ \
    https://256.256.256.256/ https://a.b.1/ https://0x.0x.0/ https://$.example.com/ \u{0}https://127.0.0.1/";

fn addresses(port: u16) -> Vec<String> {
    let mut all: Vec<String> = OTHERS.split(' ').map(ToOwned::to_owned).collect();
    for host in HOSTS.split_whitespace() {
        all.push(format!("https://{host}/a.jpg"));
        all.push(format!("https://{host}:{port}/a.jpg"));
        all.push(format!("http://{host}:{port}/a.jpg"));
    }
    all
}

/// Refused by the guard, not by a failed attempt.
fn is_refused<T: std::fmt::Debug>(tried: Result<T, Unusable>) -> bool {
    match tried {
        Err(Unusable::NoUrl | Unusable::Redirects | Unusable::Forbidden(_)) => true,
        other => {
            eprintln!("{other:?}");
            false
        }
    }
}

#[tokio::test]
async fn no_hostile_address_is_called_and_no_error_repeats_it() {
    let here = TestServer::start(|_| Reply::new(200)).await;
    let http = HttpClient::new(Wire::new(false), Duration::from_secs(5));
    let addresses = addresses(here.port());
    assert!(addresses.len() >= 250, "{} addresses", addresses.len());
    for address in &addresses {
        assert!(is_refused(ask_one(&http, address).await), "{address}");
        let looked = http.look_at_media(address).await;
        assert!(looked.as_ref().err().is_some_and(|error| !error.to_string().contains("127.0.0.1")), "{address}");
        assert!(is_refused(looked), "{address}");
    }
    assert_eq!(here.connections(), 0);
}

/// The same for redirects from an allowed server: directly, and after another redirect.
#[tokio::test]
async fn no_redirect_leads_to_a_hostile_address() {
    let here = TestServer::start(|_| Reply::new(200)).await;
    let all: Vec<String> = addresses(here.port()).into_iter().filter(|to| !to.contains(['\0', ' '])).collect();
    let count = all.len();
    let answers = all.clone();
    let server = TestServer::start(move |request| {
        let (first, n) = request.path.rsplit_once('/').unwrap();
        let n: usize = n.parse().unwrap();
        match first {
            "/twice" => Reply::new(302).header("location", &format!("/once/{n}")),
            _ => Reply::new(302).header("location", &answers[n]),
        }
    })
    .await;
    let http = http(&server);
    for (n, address) in all.iter().enumerate() {
        // Relative ones resolve to the redirecting server itself.
        let own = url::Url::parse(&server.url("/")).unwrap().join(address);
        if own.is_ok_and(|url| url.port() == Some(server.port()) && url.host_str() == Some("127.0.0.1")) {
            continue;
        }
        for way in ["once", "twice"] {
            let looked = http.look_at_media(&server.url(&format!("/{way}/{n}"))).await;
            assert!(is_refused(looked), "{way} to {address}");
        }
    }
    assert!(count >= 250);
    assert_eq!(here.connections(), 0);
}

fn answer(addresses: &[&str]) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
    let addresses = addresses.iter().map(|ip| SocketAddr::new(ip.parse::<IpAddr>().unwrap(), 0)).collect();
    Box::pin(std::future::ready(Ok(addresses)))
}

/// Returns a public address on the first lookup and a private one afterwards (DNS rebinding).
fn changes(_: Name) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    match ASKED.fetch_add(1, Ordering::SeqCst) {
        0 => answer(&["192.0.2.1", "203.0.113.1"]),
        _ => answer(&["127.0.0.1"]),
    }
}

#[tokio::test]
async fn every_address_of_a_name_is_checked_on_every_call() {
    for look_up in [
        |_: Name| answer(&["127.0.0.1"]),
        |_: Name| answer(&["10.0.0.1"]),
        |_: Name| answer(&["::1"]),
        |_: Name| answer(&["::ffff:169.254.169.254"]),
        |_: Name| answer(&["64:ff9b::a9fe:a9fe"]),
        // One public address does not make the others acceptable.
        |_: Name| answer(&["1.1.1.1", "127.0.0.1"]),
        |_: Name| answer(&["2606:4700:4700::1111", "fd00::1"]),
        changes,
    ] {
        let http = HttpClient::new(Wire::resolving_by(look_up), Duration::from_secs(5));
        for _ in 0..2 {
            let looked = http.look_at_media("https://media.example.com/a.jpg").await;
            assert_eq!(looked, Err(Unusable::Forbidden(ForbiddenAddress::NotPublic)));
        }
    }
}
