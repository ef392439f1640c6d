//! A minimal browser for the connect pages: cookies, forms, and consent at the sandbox.

use std::collections::BTreeMap;

use bytes::Bytes;
use shared::testing::{Ask, TestResponse};
use url::Url;

use super::{SANDBOX, URL, World};

/// A browser has it from the page whose button it presses.
pub(crate) const PAGE_COOKIE: &str = "__Host-obh-page=1";

/// Its cookies are those of attempts.
#[derive(Default, Clone)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Opens a page of ours.
    pub(crate) async fn get(&mut self, world: &World, path: &str) -> TestResponse {
        let answer = world.ask(self.dress(Ask::get(path))).await;
        self.keep(&answer);
        answer
    }

    /// Submits a form of our page.
    pub(crate) async fn press(&mut self, world: &World, path: &str, form: &str) -> TestResponse {
        let ask = Ask::new(http::Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(form);
        let answer = world.ask(self.dress(ask.header("cookie", PAGE_COOKIE))).await;
        self.keep(&answer);
        answer
    }

    /// Connects this account of a sandbox platform by a link; returns the resulting page.
    pub(crate) async fn connect(&mut self, world: &World, link: &str, platform: &str, account: &str) -> TestResponse {
        let callback = self.authorize(world, link, platform, account).await;
        self.follow(world, &callback).await
    }

    pub(crate) async fn connect_x(&mut self, world: &World, link: &str, account: &str) -> TestResponse {
        self.connect(world, link, "x", account).await
    }

    pub(crate) async fn authorize_x(&mut self, world: &World, link: &str, account: &str) -> String {
        self.authorize(world, link, "x", account).await
    }

    /// Starts at a link and consents at the sandbox's platform; returns the callback's path.
    pub(crate) async fn authorize(&mut self, world: &World, link: &str, platform: &str, account: &str) -> String {
        let page = self.press(world, &format!("{link}/{platform}"), "").await;
        assert_eq!(page.status, 200, "{}", page.text);
        consent(world, &way_out(&page), account).await
    }

    /// Opens a path and follows its redirect.
    pub(crate) async fn follow(&mut self, world: &World, path: &str) -> TestResponse {
        let mut answer = self.get(world, path).await;
        while let Some(location) = answer.header("location") {
            answer = self.get(world, &path_of(location)).await;
        }
        answer
    }

    fn dress(&self, ask: Ask) -> Ask {
        if self.cookies.is_empty() {
            return ask;
        }
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        ask.also("cookie", &pairs.join("; "))
    }

    fn keep(&mut self, answer: &TestResponse) {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.starts_with(PAGE_COOKIE) {
                continue;
            }
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
    }
}

/// The URL that an interstitial page continues to.
pub(crate) fn way_out(page: &TestResponse) -> Url {
    let link = page.text.split("id=\"continue\" href=\"").nth(1).unwrap_or_else(|| panic!("no way out: {}", page.text));
    link.split('"').next().unwrap().replace("&amp;", "&").parse().unwrap()
}

/// Consents on the sandbox's page as this account; returns the callback's path.
pub(crate) async fn consent(world: &World, url: &Url, account: &str) -> String {
    consent_without(world, url, account, &[]).await
}

/// Consents without these scopes.
pub(crate) async fn consent_without(world: &World, url: &Url, account: &str, withheld: &[&str]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(url.query_pairs());
    form.append_pair("account", account);
    form.extend_pairs(withheld.iter().map(|scope| (format!("withhold:{scope}"), "1")));
    let mut to = url.clone();
    to.set_query(None);
    let request = http::Request::post(to.as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("origin", SANDBOX)
        .body(Bytes::from(form.finish()))
        .unwrap();
    let answer = world.network.sandbox(request).await.unwrap();
    let location = answer.headers().get("location").unwrap_or_else(|| {
        panic!("the sandbox does not send the browser back: {}", String::from_utf8_lossy(answer.body()))
    });
    path_of(location.to_str().unwrap())
}

/// The path of a URL that a browser requests: without its origin and fragment.
fn path_of(location: &str) -> String {
    location.replace(URL, "").split('#').next().unwrap_or_default().to_owned()
}
