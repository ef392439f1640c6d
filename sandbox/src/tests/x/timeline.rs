//! Reading an account's posts.

use serde_json::{Value, json};

use super::{Received, World};

const TIMELINE: &str = "/api.x.com/2/users/1500000000000000001/tweets";

async fn read(world: &World, access: &str, query: &str) -> Received {
    world.get_as(access, &format!("{TIMELINE}{query}")).await
}

fn texts(body: &Value) -> Vec<&str> {
    let posts = body["data"].as_array().unwrap();
    posts.iter().map(|post| post["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_empty_timeline_has_no_data() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let reply = read(&world, &access, "").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json(), json!({ "meta": { "result_count": 0 } }));
    assert_eq!(reply.header("x-rate-limit-limit"), "900");
}

#[tokio::test]
async fn posts_are_in_descending_order_with_the_requested_fields() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    world.tweet(&access, "first <3").await.unwrap();
    world.pass(1);
    let text = "A&B: see https://www.example.com/a/long/path?for=display and shop.example.com/x, ok?";
    world.tweet(&access, text).await.unwrap();
    let other = world.connect("demo_cafe").await;
    world.tweet(&other, "not mine").await.unwrap();

    let body = read(&world, &access, "?tweet.fields=created_at,entities,author_id").await.json();
    let [newest, oldest] = body["data"].as_array().unwrap().as_slice() else {
        panic!("{body}");
    };
    assert_eq!(body["meta"]["result_count"], 2);
    assert_eq!(body["meta"]["newest_id"], newest["id"]);
    assert_eq!(body["meta"]["oldest_id"], oldest["id"]);
    assert_eq!(oldest["text"], "first &lt;3");
    assert_eq!(oldest["created_at"], "2026-11-21T12:00:00.000Z");
    assert_eq!(oldest["author_id"], "1500000000000000001");
    assert_eq!(oldest.get("entities"), None);
    assert_eq!(newest["edit_history_post_ids"], json!([newest["id"]]));

    let shown: Vec<char> = newest["text"].as_str().unwrap().chars().collect();
    let urls = newest["entities"]["urls"].as_array().unwrap();
    let expected = [
        ("https://www.example.com/a/long/path?for=display", "example.com/a/long/path?fo\u{2026}"),
        ("http://shop.example.com/x", "shop.example.com/x"),
    ];
    let mut restored: String = shown.iter().collect();
    for (url, (expanded, display)) in urls.iter().zip(expected) {
        assert_eq!(url["expanded_url"], expanded);
        assert_eq!(url["display_url"], display);
        let index = |name: &str| usize::try_from(url[name].as_u64().unwrap()).unwrap();
        let part: String = shown[index("start")..index("end")].iter().collect();
        assert_eq!(url["url"], part.as_str());
        assert!(part.starts_with("https://t.co/") && part.len() == 23, "{part}");
        restored = restored.replace(&part, expanded);
    }
    assert_eq!(
        restored,
        "A&amp;B: see https://www.example.com/a/long/path?for=display and http://shop.example.com/x, ok?"
    );
}

#[tokio::test]
async fn only_requested_fields_are_returned() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    world.tweet(&access, "see https://example.com").await.unwrap();
    let body = read(&world, &access, "").await.json();
    let mut names: Vec<_> = body["data"][0].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["edit_history_post_ids", "id", "text"]);
}

#[tokio::test]
async fn posts_can_be_selected_by_time_and_id() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let mut ids = Vec::new();
    for text in ["a", "b", "c", "d"] {
        let reply = world.tweet(&access, text).await.unwrap().json();
        ids.push(reply["data"]["id"].as_str().unwrap().to_owned());
        world.pass(10);
    }
    // The clock starts at 12:00:00.250.
    let cases = [
        ("start_time=2026-11-21T12:00:10Z".to_owned(), vec!["d", "c", "b"]),
        ("start_time=2026-11-21T12:00:11Z".to_owned(), vec!["d", "c"]),
        ("end_time=2026-11-21T12:00:11Z".to_owned(), vec!["b", "a"]),
        ("end_time=2026-11-21T12:00:10.250Z".to_owned(), vec!["a"]),
        ("start_time=2026-11-21T12:00:09Z&end_time=2026-11-21T12:00:21Z".to_owned(), vec!["c", "b"]),
        (format!("since_id={}", ids[1]), vec!["d", "c"]),
        (format!("until_id={}", ids[1]), vec!["a"]),
        ("exclude=retweets,replies&max_results=5".to_owned(), vec!["d", "c", "b", "a"]),
    ];
    for (query, expected) in cases {
        let body = read(&world, &access, &format!("?{query}")).await.json();
        assert_eq!(texts(&body), expected, "{query}");
    }
    for query in ["start_time=2026-11-21T13:00:00Z", "until_id=0"] {
        let body = read(&world, &access, &format!("?{query}")).await.json();
        assert_eq!(body.get("data"), None, "{query}");
    }
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_repetitions() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    for number in 0..12 {
        world.tweet(&access, &number.to_string()).await.unwrap();
    }
    let default = read(&world, &access, "").await.json();
    assert_eq!(default["meta"]["result_count"], 10);
    let mut seen = Vec::new();
    let mut query = "?max_results=5".to_owned();
    loop {
        let body = read(&world, &access, &query).await.json();
        seen.extend(texts(&body).iter().map(|text| text.parse::<u8>().unwrap()));
        let Some(token) = body["meta"]["next_token"].as_str() else {
            break;
        };
        query = format!("?max_results=5&pagination_token={token}");
    }
    assert_eq!(seen, (0..12).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn invalid_queries_are_refused() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    for query in [
        "max_results=4",
        "max_results=101",
        "max_results=ten",
        "tweet.fields=created_at,mood",
        "tweet.fields=created_at%20entities",
        "start_time=yesterday",
        "start_time=2026-11-21T12:00:00%2B01:00",
        "start_time=2026-11-21T12:00:00Z&end_time=2026-11-21T12:00:00Z",
        "end_time=1700000000",
        "since_id=-1",
        "until_id=x",
        "exclude=ads",
        "pagination_token=guess",
        // Well-formed, but older than any post.
        "pagination_token=0000000000000",
        "limit=5",
        "max_results=5&max_results=6",
    ] {
        let reply = read(&world, &access, &format!("?{query}")).await;
        assert_eq!(reply.status, 400, "{query}");
        let problem = reply.json();
        assert_eq!(problem["type"], "https://api.twitter.com/2/problems/invalid-request");
        let name = query.split(['=', '&']).next().unwrap();
        assert!(problem["errors"][0]["parameters"].get(name).is_some(), "{problem}");
    }
    for not_an_id in ["demo_shop", "15000000000000000001", ""] {
        let reply = world.get_as(&access, &format!("/api.x.com/2/users/{not_an_id}/tweets")).await;
        assert_eq!(reply.status, 400, "{not_an_id}");
    }
}

#[tokio::test]
async fn an_unknown_user_is_reported_in_a_partial_answer() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let reply = world.get_as(&access, "/api.x.com/2/users/42/tweets").await;
    assert_eq!(reply.status, 200);
    let error = &reply.json()["errors"][0];
    assert_eq!(error["type"], "https://api.twitter.com/2/problems/resource-not-found");
    assert_eq!(error["value"], "42");
}

#[tokio::test]
async fn reading_needs_a_valid_token_and_both_scopes() {
    let world = World::new().await;
    assert_eq!(read(&world, "guess", "").await.status, 401);
    for scopes in ["tweet.read", "users.read tweet.write"] {
        let tokens = world.connect_with("demo_shop", scopes).await;
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(read(&world, access, "").await.status, 403, "{scopes}");
    }
}

#[tokio::test]
async fn a_long_post_of_a_subscriber_is_shown_in_part_and_whole_on_request() {
    let world = World::new().await;
    let text = format!("See https://example.com {}& that is all", "a long story ".repeat(60));
    let refused = world.tweet(&world.connect("demo_shop").await, &text).await.unwrap();
    assert_eq!(refused.status, 403, "280 without a subscription");
    let access = world.connect("premium").await;
    assert_eq!(world.tweet(&access, &text).await.unwrap().status, 201);
    let query = "?tweet.fields=entities,note_tweet";
    let timeline = TIMELINE.replace("1500000000000000001", "1500000000000000022");
    let post = world.get_as(&access, &format!("{timeline}{query}")).await.json()["data"][0].clone();
    let shown = post["text"].as_str().unwrap();
    assert!(shown.contains('\u{2026}') && shown.chars().count() <= 280, "{shown}");
    assert_eq!(post["entities"]["urls"].as_array().unwrap().len(), 1, "the link that is shown");
    let note = post["note_tweet"]["text"].as_str().unwrap();
    let link = &post["note_tweet"]["entities"]["urls"][0];
    let written = note.replace(link["url"].as_str().unwrap(), link["expanded_url"].as_str().unwrap());
    assert_eq!(written.replace("&amp;", "&"), text);
}
