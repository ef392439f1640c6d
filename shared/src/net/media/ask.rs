//! What servers tell of the media of one post before they are read. A post can name any address, so each distinct address is
//! asked once, redirects included, and no host gets more than [`AT_ONE_TIME`] of the requests at one time.

use std::{
    collections::HashMap,
    hash::Hash,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::future::join_all;
use http::Method;
use tokio::sync::{OnceCell, Semaphore};
use url::Url;

use super::{Facts, HttpClient, MAX_REDIRECTS, Step, Unusable, told};

/// Requests to one host at one time.
const AT_ONE_TIME: usize = 10;

/// The facts by the text of each address.
pub type MediaAnswers = HashMap<String, Result<Facts, Unusable>>;

impl HttpClient {
    /// The type and length of each file as its server reports them, if it does. It is asked by HEAD, and again by a GET for one
    /// byte if the answer may be wrong. All answers arrive within the client's timeout.
    pub async fn ask_media<'a>(&self, addresses: impl IntoIterator<Item = &'a str>) -> MediaAnswers {
        let asking = Asking { http: self, steps: Mutex::default(), hosts: Mutex::default() };
        let asking = &asking;
        let asked = addresses.into_iter().map(|address| async move {
            let facts = self.within(asking.follow(address)).await;
            (address.to_owned(), facts)
        });
        join_all(asked).await.into_iter().collect()
    }
}

/// The answer of one address.
#[derive(Clone)]
enum Answer {
    Facts(Facts),
    Redirect(Url),
}

type Shared<K, V> = Mutex<HashMap<K, Arc<V>>>;

/// The requests made for one post.
struct Asking<'a> {
    http: &'a HttpClient,
    steps: Shared<Url, OnceCell<Result<Answer, Unusable>>>,
    hosts: Shared<String, Semaphore>,
}

impl Asking<'_> {
    async fn follow(&self, address: &str) -> Result<Facts, Unusable> {
        let mut url: Url = address.parse().map_err(|_| Unusable::NoUrl)?;
        for _ in 0..=MAX_REDIRECTS {
            // A fragment is not sent.
            url.set_fragment(None);
            let step = shared(&self.steps, &url, OnceCell::new);
            let answer = step.get_or_init(|| self.ask(&url)).await.clone();
            match answer? {
                Answer::Facts(facts) => return Ok(facts),
                Answer::Redirect(to) => url = to,
            }
        }
        Err(Unusable::Redirects)
    }

    async fn ask(&self, url: &Url) -> Result<Answer, Unusable> {
        let host = url.host_str().unwrap_or_default().to_owned();
        let host = shared(&self.hosts, &host, || Semaphore::new(AT_ONE_TIME));
        // Never closed.
        let _turn = host.acquire().await;
        let asked = self.answer(Method::HEAD, url, None).await;
        if !told::may_be_wrong(&asked) {
            return asked;
        }
        // The body is not read.
        self.answer(Method::GET, url, Some(0..1)).await
    }

    async fn answer(&self, method: Method, url: &Url, range: Option<Range<u64>>) -> Result<Answer, Unusable> {
        let answer = match self.http.step(method, url, range.as_ref()).await {
            Ok(Step::Redirect(to)) => return Ok(Answer::Redirect(to)),
            Ok(Step::Answer(answer)) => Ok(answer),
            Err(unusable) => Err(unusable),
        };
        told::facts(answer).map(Answer::Facts)
    }
}

/// The value of `key`, which all who ask for it share.
fn shared<K: Eq + Hash + Clone, V>(all: &Shared<K, V>, key: &K, new: impl FnOnce() -> V) -> Arc<V> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(all.entry(key.clone()).or_insert_with(|| Arc::new(new())))
}
