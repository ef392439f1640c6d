//! Lists of posts: newest first, in pages that are stable under inserts.

use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    id::AgencyId,
    tenant::Mode,
    testing::{Ask, TestResponse},
};

use super::cancel;
use crate::{publish::ask_post, world::World};

async fn ask(world: &World, key: &str, query: &str) -> TestResponse {
    world.ask(Ask::get(&format!("/v1/posts?{query}")).key(key)).await
}

/// The contents on a page.
fn contents(answer: &TestResponse) -> Vec<String> {
    let posts = answer.data().as_array().unwrap_or_else(|| panic!("{}", answer.text)).clone();
    posts.iter().map(|post| post["content"].as_str().unwrap().to_owned()).collect()
}

/// Creates drafts with these numbers as content, a second apart.
async fn drafts(world: &World, client: &str, account: &str, numbers: std::ops::Range<usize>) {
    for n in numbers {
        world.post(client, &[account], &n.to_string(), json!({ "type": "draft" })).await;
        world.clock.advance(Duration::seconds(1));
    }
}

/// Reads all pages, and runs `between` after each.
async fn whole(world: &World, query: &str, mut between: impl AsyncFnMut()) -> Vec<Vec<String>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = ask(world, &world.key, &format!("{query}{cursor}")).await;
        pages.push(contents(&answer));
        let page = answer.json()["page"].clone();
        assert_eq!(page["hasMore"], json!(page["nextCursor"] != Value::Null));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
        between().await;
    }
}

#[tokio::test]
async fn posts_are_listed_newest_first_by_client_and_by_agency() {
    let world = World::new().await;
    let (one, first) = world.connected("demo_shop").await;
    let (two, second) = world.connected("demo_cafe").await;
    drafts(&world, &one, &first, 0..2).await;
    drafts(&world, &two, &second, 2..3).await;
    drafts(&world, &one, &first, 3..4).await;
    assert_eq!(contents(&ask(&world, &world.key, "").await), ["3", "2", "1", "0"]);
    assert_eq!(contents(&ask(&world, &world.key, &format!("clientId={one}")).await), ["3", "1", "0"]);
    assert_eq!(contents(&ask(&world, &world.key, &format!("clientId={two}")).await), ["2"]);

    // A client-bound key lists only that client's posts.
    let bound = world.bound_key(Mode::Live, two.parse().unwrap()).await;
    assert_eq!(contents(&ask(&world, &bound, "").await), ["2"]);
    assert_eq!(ask(&world, &bound, &format!("clientId={one}")).await.status, 404);
    let stranger = world.agency(AgencyId::random(), Mode::Live).await;
    assert!(contents(&ask(&world, &stranger, "").await).is_empty());
    assert_eq!(ask(&world, &stranger, &format!("clientId={one}")).await.status, 404);
    for unknown in ["nobody", "cl_aaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        assert_eq!(ask(&world, &world.key, &format!("clientId={unknown}")).await.status, 404);
    }
}

#[tokio::test]
async fn pages_are_stable_while_posts_are_created() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    drafts(&world, &client, &account, 0..7).await;
    let mut more = 7..;
    let between = async || {
        let n = more.next().unwrap();
        drafts(&world, &client, &account, n..n + 1).await;
    };
    let pages = whole(&world, &format!("clientId={client}&limit=3"), between).await;
    assert_eq!(pages, [vec!["6", "5", "4"], vec!["3", "2", "1"], vec!["0"]]);
    let pages = whole(&world, "limit=3", async || {}).await;
    assert_eq!(
        pages,
        [vec!["8", "7", "6"], vec!["5", "4", "3"], vec!["2", "1", "0"]],
        "a full last page has no cursor"
    );
}

#[tokio::test]
async fn posts_of_one_moment_are_each_listed_once() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    for n in 0..5 {
        world.post(&client, &[&account], &n.to_string(), json!({ "type": "draft" })).await;
    }
    let mut all = whole(&world, "limit=2", async || {}).await.concat();
    all.sort();
    assert_eq!(all, ["0", "1", "2", "3", "4"]);
}

#[tokio::test]
async fn a_post_is_listed_with_its_current_state() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    let post = world.post(&client, &[&account], "Rather not", json!({ "type": "draft" })).await;
    cancel(&world, &post).await;
    let listed = ask(&world, &world.key, "").await.data();
    assert_eq!(listed, json!([world.read(&post).await]));
    assert_eq!(listed[0]["status"], "canceled");
}

/// Lambda limits the size of an answer.
#[tokio::test]
async fn a_page_of_long_posts_is_shortened_and_the_next_continues() {
    let world = World::new().await;
    let (client, account) = world.connected("demo_shop").await;
    for n in 0..70_usize {
        let content = json!({ "content": format!("{n:02}{}", "a".repeat(65_534)), "schedule": { "type": "draft" } });
        assert_eq!(ask_post(&world, &client, &account, content).await.status, 201);
        world.clock.advance(Duration::seconds(1));
    }
    let pages = whole(&world, "limit=100", async || {}).await;
    assert_eq!(pages.len(), 2);
    let numbers: Vec<usize> = pages.concat().iter().map(|content| content[..2].parse().unwrap()).collect();
    assert_eq!(numbers, (0..70).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let world = World::new().await;
    let cursor = data_encoding::BASE64URL_NOPAD.encode(br#"["accounts","2026"]"#);
    for cursor in [cursor.as_str(), "x"] {
        let answer = ask(&world, &world.key, &format!("cursor={cursor}")).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "cursor_invalid"));
    }
    assert_eq!(ask(&world, &world.key, "limit=101").await.status, 422);

    // The agency's posts and each client's are different lists.
    let (one, account) = world.connected("demo_shop").await;
    let other = world.client("Another").await;
    let bound = world.bound_key(Mode::Live, one.parse().unwrap()).await;
    drafts(&world, &one, &account, 0..2).await;
    let next = async |query: &str| {
        let page = ask(&world, &world.key, query).await.json()["page"].clone();
        page["nextCursor"].as_str().unwrap().to_owned()
    };
    let (of_one, of_agency) = (next(&format!("clientId={one}&limit=1")).await, next("limit=1").await);
    for (key, query, cursor, status) in [
        (&world.key, format!("clientId={one}"), &of_one, 200),
        (&bound, String::new(), &of_one, 200),
        (&world.key, String::new(), &of_one, 400),
        (&world.key, format!("clientId={other}"), &of_one, 400),
        (&world.key, String::new(), &of_agency, 200),
        (&bound, String::new(), &of_agency, 400),
        (&world.key, format!("clientId={one}"), &of_agency, 400),
    ] {
        let answer = ask(&world, key, &format!("{query}&cursor={cursor}")).await;
        assert_eq!(answer.status, status, "{query} {cursor}: {}", answer.text);
    }
}
