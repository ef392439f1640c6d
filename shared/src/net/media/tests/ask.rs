//! How often servers are asked for the media of one post.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use futures_util::future::BoxFuture;

use super::*;
use crate::net::{Reach, Request, Response, Transport};

/// Answers after the requests that wait with it have begun.
#[derive(Clone, Default)]
struct Servers(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    /// How often each address was requested.
    requests: BTreeMap<String, usize>,
    running: BTreeMap<String, usize>,
    /// The most requests to each host at one time.
    most: BTreeMap<String, usize>,
}

impl Transport for Servers {
    fn send(&self, request: Request, _: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        let (uri, host) = (request.uri().to_string(), request.uri().host().unwrap().to_owned());
        let to = match request.uri().path() {
            "/circle" => Some("/circle".to_owned()),
            _ => uri.split_once("?to=").map(|(_, to)| to.to_owned()),
        };
        Box::pin(async move {
            {
                let mut seen = self.0.lock().unwrap();
                *seen.requests.entry(uri).or_default() += 1;
                let running = seen.running.entry(host.clone()).or_default();
                *running += 1;
                let running = *running;
                let most = seen.most.entry(host.clone()).or_default();
                *most = running.max(*most);
            }
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            *self.0.lock().unwrap().running.get_mut(&host).unwrap() -= 1;
            let answer = http::Response::builder().header("content-type", "image/jpeg");
            let answer = match to {
                Some(to) => answer.status(302).header("location", to),
                None => answer.header("content-length", "9"),
            };
            Ok(answer.body(Bytes::new()).unwrap())
        })
    }
}

async fn ask(addresses: &[String]) -> (MediaAnswers, Seen) {
    let servers = Servers::default();
    let http = HttpClient::new(servers.clone(), Duration::from_secs(5));
    let asked = http.ask_media(addresses.iter().map(String::as_str)).await;
    let seen = std::mem::take(&mut *servers.0.lock().unwrap());
    (asked, seen)
}

fn photo() -> Result<Facts, Unusable> {
    Ok(Facts { format: Some(Format::Jpeg), bytes: Some(9), ..Facts::default() })
}

#[tokio::test]
async fn each_distinct_address_is_asked_once() {
    let same = ["https://a.test/1", "https://a.test/1", "https://A.test/1", "https://a.test/1#x", "https://a.test/1#y"];
    let (asked, seen) = ask(&same.map(ToOwned::to_owned)).await;
    assert_eq!(seen.requests, [("https://a.test/1".to_owned(), 1)].into());
    assert_eq!(asked.len(), 4);
    assert!(asked.values().all(|facts| *facts == photo()), "{asked:?}");
}

#[tokio::test]
async fn a_redirects_address_is_asked_once() {
    let mut all: Vec<String> = (0..50).map(|n| format!("https://a.test/{n}?to=https://b.test/photo")).collect();
    all.push("https://b.test/photo".into());
    let (asked, seen) = ask(&all).await;
    assert_eq!(seen.requests.len(), 51);
    assert!(seen.requests.values().all(|times| *times == 1), "{:?}", seen.requests);
    assert!(asked.len() == 51 && asked.values().all(|facts| *facts == photo()), "{asked:?}");
}

#[tokio::test]
async fn a_circle_of_redirects_is_asked_once() {
    let (asked, seen) = ask(&["https://a.test/circle".into()]).await;
    assert_eq!(asked["https://a.test/circle"], Err(Unusable::Redirects));
    assert_eq!(seen.requests.values().copied().collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn a_host_gets_ten_requests_at_one_time() {
    let all: Vec<String> = (0..135).map(|n| format!("https://{}.test/{n}", if n < 100 { "a" } else { "b" })).collect();
    let (asked, seen) = ask(&all).await;
    assert_eq!((asked.len(), seen.requests.len()), (135, 135));
    assert_eq!(seen.most, [("a.test".to_owned(), 10), ("b.test".to_owned(), 10)].into());
}
