//! Parsers that only a whole request reaches: cookies and forms.

use shared::testing::Ask;
use tokio::runtime::{Builder, Runtime};

use super::{
    grows_faster, random_of,
    texts::{mutated, repeated, shape, soup, units},
};
use crate::world::{Browser, URL, World};

/// A world with a callback whose attempt has a cookie, and a link whose network asks for a handle.
struct Requests {
    runtime: Runtime,
    world: World,
    callback: String,
    link: String,
}

impl Requests {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (world, callback, link) = runtime.block_on(async {
            let world = Box::pin(World::new()).await;
            let client = world.client("Client").await;
            let link = world.link(&client, &["x", "bluesky"]).await;
            let callback = Browser::default().authorize_x(&world, &link, "demo_shop").await;
            (world, callback, link)
        });
        Self { runtime, world, callback, link }
    }

    /// Sends a cookie that is not the attempt's, which uses nothing up.
    fn cookie(&self, text: &str) {
        let cookie: String = text.chars().filter(|char| matches!(char, ' '..='~')).collect();
        let answer = self.runtime.block_on(self.world.ask(Ask::get(&self.callback).header("cookie", &cookie)));
        assert_eq!(answer.status, 403, "{}", answer.text);
    }

    fn form(&self, text: &str) {
        // Percent-encoded bytes need not be text, so the handle's own rules apply after that.
        let ask = Ask::new(http::Method::POST, &format!("{}/bluesky", self.link))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", URL)
            .body(text);
        let answer = self.runtime.block_on(self.world.ask(ask));
        assert!(!answer.status.is_server_error() || answer.status == 502, "{} {}", answer.status, answer.text);
    }
}

struct Kind {
    own: &'static [&'static str],
    valid: &'static str,
    send: fn(&Requests, &str),
}

const KINDS: [Kind; 2] = [
    Kind {
        own: &["__Host-", "attempt", "=", ";", "; ", "\"", ",", "a", " ", "%3d"],
        valid: "__Host-attempt=abc; theme=dark",
        send: Requests::cookie,
    },
    Kind {
        own: &["handle", "=", "&", "%", "%4", "%41", "%c3%28", "+", "a", "."],
        valid: "handle=demo-shop.test&a=b",
        send: Requests::form,
    },
];

#[test]
fn cookies_and_forms_are_read_in_linear_time_without_a_panic() {
    let requests = Requests::new();
    for Kind { own, valid, send } in KINDS {
        let send = |text: &str| send(&requests, text);
        let mut rng = random_of(valid);
        for unit in units(&mut rng, own) {
            assert!(!grows_faster(send, |size| repeated(unit, size)), "more than linear time for a repeated {unit:?}");
        }
        for _ in 0..5 {
            assert!(!grows_faster(send, shape(&mut rng, own)));
        }
        for _ in 0..20 {
            send(&soup(&mut rng, own, 100));
            send(&mutated(&mut rng, own, valid));
        }
    }
}
