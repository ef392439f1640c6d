//! A commit has its own connection, which is made before the commit is on record.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use futures_util::future::BoxFuture;
use shared::net::{FreshConnection, Reach, Request, Response, SendError, Transport};

use super::{now, opened, settle, worker};
use crate::world::{Network, World};

/// Records the connections that are made, or refuses them.
#[derive(Clone)]
struct Connecting {
    network: Network,
    made: Arc<Mutex<Vec<String>>>,
    refuses: Arc<AtomicBool>,
}

impl Transport for Connecting {
    fn send(&self, request: Request, reach: Reach) -> BoxFuture<'_, Result<Response, SendError>> {
        self.network.send(request, reach)
    }

    fn connect<'a>(
        &'a self,
        uri: &'a http::Uri,
        _: Reach,
    ) -> BoxFuture<'a, Result<Option<FreshConnection>, SendError>> {
        self.made.lock().unwrap().push(uri.path().to_owned());
        let refused = self.refuses.load(Ordering::Relaxed);
        Box::pin(async move { if refused { Err(SendError::NotSent("no route".into())) } else { Ok(None) } })
    }
}

#[tokio::test]
async fn a_commit_that_finds_no_connection_is_not_on_record() {
    let mut world = World::new().await;
    // Its token is refreshed first, which needs no connection of its own.
    let (client, account) = world.connected("short_lived").await;
    world.clock.advance(chrono::Duration::minutes(2));
    let post = world.post(&client, &[&account], "Hello", now()).await;
    let (made, refuses) = (Arc::default(), Arc::new(AtomicBool::new(true)));
    let connecting = Connecting { network: world.network.clone(), made, refuses };
    world.functions.publish_target = worker(&world, connecting.clone());
    world.lose_messages();
    world.publish(publish_target::handle(&world.functions.publish_target, opened(&world, &post).await)).await.unwrap();
    let target = world.target(&post).await;
    assert_eq!((&target["status"], &target["error"]["code"]), (&"scheduled".into(), &"platform_unreachable".into()));
    assert_eq!(target["attempts"], serde_json::json!([]), "nothing was sent, so there is no doubt: {target}");

    connecting.refuses.store(false, Ordering::Relaxed);
    settle(&world).await;
    assert_eq!(world.target(&post).await["status"], "published");
    assert_eq!(world.feed("short_lived").await, ["Hello"]);
    let made = connecting.made.lock().unwrap().clone();
    assert_eq!(made, ["/api.x.com/2/tweets", "/api.x.com/2/tweets"], "one for each commit, and for nothing else");
}
