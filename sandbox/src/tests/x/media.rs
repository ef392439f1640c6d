//! Uploads and posts with media.

use serde_json::json;

use super::{
    SCOPES, World, form,
    upload::{GIF, INITIALIZE, JPEG, METADATA, MP4, Part, complaint, form as multipart, state},
};
use crate::secret;

#[tokio::test]
async fn an_image_is_ready_when_it_is_finalized() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let body = json!({ "media_type": "image/jpeg", "total_bytes": JPEG.len(), "media_category": "tweet_image" });
    let begun = world.call(&access, INITIALIZE, &body).await.unwrap();
    let id = begun.json()["data"]["id"].as_str().unwrap().to_owned();
    let expected = json!({ "id": id, "media_key": format!("3_{id}"), "expires_after_secs": 1_295_999 });
    assert_eq!(begun.json()["data"], expected);
    let appended = world.append(&access, &id, 0, JPEG).await.unwrap();
    assert_eq!(appended.json()["data"]["expires_at"], world.now().timestamp() + 1_295_999);
    let expected =
        json!({ "id": id, "media_key": format!("3_{id}"), "size": JPEG.len(), "expires_after_secs": 86_400 });
    for _ in 0..2 {
        assert_eq!(world.finalize(&access, &id).await.json()["data"], expected);
    }
    assert_eq!(world.post_with(&access, "Look", &[&id]).await.unwrap().status, 201);
}

#[tokio::test]
async fn segments_must_be_complete_and_may_be_sent_again() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let (first, last) = JPEG.split_at(6);
    let id = world.initialize(&access, "image/jpeg", JPEG.len()).await;
    let incomplete = "Segments do not add up to provided total file size.";
    assert_eq!(complaint(&world.finalize(&access, &id).await), incomplete, "nothing was sent");
    world.append(&access, &id, 0, first).await.unwrap();
    assert_eq!(complaint(&world.finalize(&access, &id).await), incomplete, "the last segment is missing");
    world.append(&access, &id, 2, last).await.unwrap();
    assert_eq!(complaint(&world.finalize(&access, &id).await), incomplete, "there is no segment 1");
    world.append(&access, &id, 1, last).await.unwrap();
    assert_eq!(complaint(&world.finalize(&access, &id).await), incomplete, "one is too much");

    let id = world.initialize(&access, "image/jpeg", JPEG.len()).await;
    for (index, segment) in [(1, last), (0, last), (0, first), (0, first)] {
        assert_eq!(world.append(&access, &id, index, segment).await.unwrap().status, 200);
    }
    assert_eq!(world.finalize(&access, &id).await.status, 200);
    assert_eq!(complaint(&world.append(&access, &id, 0, first).await.unwrap()), "The upload is finalized.");
    world.post_with(&access, "", &[&id]).await.unwrap();
    let media = world.posts("x", "demo_shop").await[0]["media"].clone();
    let segment = |bytes: &[u8]| json!({ "bytes": bytes.len(), "sha256": secret::fingerprint(bytes) });
    let expected = json!([{
        "kind": "image",
        "bytes": JPEG.len(),
        "altText": null,
        "segments": [segment(first), segment(last)],
    }]);
    assert_eq!(media, expected);
}

#[tokio::test]
async fn sizes_and_types_are_limited_when_an_upload_begins() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    const MB: u64 = 1024 * 1024;
    for (media_type, most) in [
        ("image/jpeg", 5 * MB),
        ("image/png", 5 * MB),
        ("image/webp", 5 * MB),
        ("image/gif", 15 * MB),
        ("video/mp4", 512 * MB),
        ("video/quicktime", 512 * MB),
    ] {
        for (bytes, status) in [(most, 200), (most + 1, 400), (0, 400)] {
            let body = json!({ "media_type": media_type, "total_bytes": bytes });
            assert_eq!(world.call(&access, INITIALIZE, &body).await.unwrap().status, status, "{body}");
        }
    }
    for body in [
        json!({ "media_type": "video/webm", "total_bytes": 9 }),
        json!({ "media_type": "image/gif", "total_bytes": 9, "media_category": "tweet_image" }),
        json!({ "media_type": "image/jpeg", "total_bytes": 9, "media_category": "tweet_gif" }),
        json!({ "media_type": "image/jpeg", "total_bytes": 9, "media_category": "tweet" }),
        json!({ "media_type": "image/jpeg", "total_bytes": 9, "command": "INIT" }),
        json!({ "media_type": "image/jpeg" }),
        json!({ "total_bytes": 9 }),
        json!([]),
    ] {
        assert_eq!(world.call(&access, INITIALIZE, &body).await.unwrap().status, 400, "{body}");
    }
    let form = form(INITIALIZE, "app", "secret-of-app", &[]);
    assert_eq!(world.ask(form).await.unwrap().status, 401);
}

#[tokio::test]
async fn a_segment_is_a_form_of_two_parts() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let id = world.initialize(&access, "video/mp4", MP4.len()).await;
    let path = format!("/api.x.com/2/media/upload/{id}/append");
    let (index, media): (Part, Part) = (("segment_index", b"0"), ("media", MP4));
    let cases: [&[Part]; 11] = [
        &[],
        &[index],
        &[media],
        &[index, media, index],
        &[index, media, ("media_data", b"a")],
        &[("segment_index", b"1000"), media],
        &[("segment_index", b"-1"), media],
        &[("segment_index", b"01"), media],
        &[("segment_index", b"+1"), media],
        &[("segment_index", b""), media],
        &[index, ("media", b"")],
    ];
    for parts in cases {
        let reply = world.ask(multipart(&access, &path, parts)).await.unwrap();
        assert_eq!(reply.status, 400, "{parts:?}");
    }
    for kind in ["application/json", "multipart/form-data", "multipart/form-data; boundary=other"] {
        let mut request = multipart(&access, &path, &[index, media]);
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        assert_eq!(world.ask(request).await.unwrap().status, 400, "{kind}");
    }
    assert_eq!(world.ask(multipart(&access, &path, &[media, ("segment_index", b"999")])).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_segment_has_at_most_five_megabytes() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let largest = vec![0; 5 * 1024 * 1024];
    let id = world.initialize(&access, "video/mp4", largest.len()).await;
    assert_eq!(world.append(&access, &id, 0, &largest).await.unwrap().status, 200);
    let more = |by: usize| [largest.as_slice(), &vec![0; by]].concat();
    assert_eq!(world.append(&access, &id, 0, &more(1)).await.unwrap().status, 400);
    assert_eq!(world.append(&access, &id, 0, &more(8192)).await.unwrap().status, 413);
}

#[tokio::test]
async fn gifs_and_videos_are_processed_for_some_seconds() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    for (media_type, file, prefix) in [("image/gif", GIF, "16_"), ("video/mp4", MP4, "7_")] {
        let id = world.initialize(&access, media_type, file.len()).await;
        world.append(&access, &id, 0, file).await.unwrap();
        assert_eq!(world.status(&access, &id).await.status, 400, "not finalized");
        let finalized = world.finalize(&access, &id).await.json()["data"].clone();
        assert_eq!(finalized["processing_info"], json!({ "state": "pending", "check_after_secs": 1 }));
        assert!(finalized["media_key"].as_str().unwrap().starts_with(prefix));
        let early = world.post_with(&access, "early", &[&id]).await.unwrap();
        assert_eq!(complaint(&early), "Your media IDs are invalid.");
        world.pass(1);
        let status = world.status(&access, &id).await;
        let info = json!({ "state": "in_progress", "check_after_secs": 4, "progress_percent": 20 });
        assert_eq!(status.json()["data"]["processing_info"], info);
        world.pass(4);
        let status = world.status(&access, &id).await;
        let info = json!({ "state": "succeeded", "progress_percent": 100 });
        assert_eq!(status.json()["data"]["processing_info"], info);
        assert_eq!(world.post_with(&access, "ready", &[&id]).await.unwrap().status, 201);
    }
}

#[tokio::test]
async fn a_file_of_another_format_than_announced_is_refused() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let id = world.initialize(&access, "image/png", JPEG.len()).await;
    world.append(&access, &id, 0, JPEG).await.unwrap();
    assert_eq!(complaint(&world.finalize(&access, &id).await), "media type unrecognized.");
    let id = world.upload(&access, "video/mp4", JPEG).await;
    world.pass(5);
    assert_eq!(state(&world.status(&access, &id).await), "failed");
    assert_eq!(complaint(&world.post_with(&access, "a", &[&id]).await.unwrap()), "Your media IDs are invalid.");
}

#[tokio::test]
async fn an_upload_belongs_to_its_account_for_a_day() {
    let world = World::new().await;
    let (access, other) = (world.connect("demo_shop").await, world.connect("demo_cafe").await);
    let id = world.upload(&access, "image/jpeg", JPEG).await;
    assert_eq!(complaint(&world.finalize(&other, &id).await), "Invalid media id.");
    assert_eq!(complaint(&world.append(&other, &id, 0, JPEG).await.unwrap()), "Invalid media id.");
    assert_eq!(complaint(&world.status(&other, &id).await), "Invalid media id.");
    assert_eq!(complaint(&world.describe(&other, &id, "a").await), "Invalid media id.");
    assert_eq!(complaint(&world.post_with(&other, "a", &[&id]).await.unwrap()), "Your media IDs are invalid.");
    world.pass(86_399);
    let access = world.connect("demo_shop").await;
    assert_eq!(world.post_with(&access, "a", &[&id]).await.unwrap().status, 201);
    world.pass(1);
    assert_eq!(complaint(&world.post_with(&access, "b", &[&id]).await.unwrap()), "Your media IDs are invalid.");
}

#[tokio::test]
async fn a_post_has_four_images_or_one_gif_or_one_video() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let mut images = Vec::new();
    for _ in 0..5 {
        images.push(world.upload(&access, "image/jpeg", JPEG).await);
    }
    let images: Vec<&str> = images.iter().map(String::as_str).collect();
    let (gif, video) = (
        world.upload(&access, "image/gif", GIF).await,
        world.upload(&access, "video/quicktime", b"\0\0\0\x14ftypqt  and").await,
    );
    world.pass(5);
    for mixed in [[images[0], &gif], [images[0], &video], [&gif, &video]] {
        let reply = world.post_with(&access, "mixed", &mixed).await.unwrap();
        assert_eq!(reply.status, 403);
        assert_eq!(reply.json()["detail"], "You are not permitted to perform this action.");
    }
    let malformed = [json!([]), json!(images), json!([7]), json!(["x"]), json!("1")];
    for ids in malformed {
        let reply = world.post(&access, &json!({ "media": { "media_ids": ids } })).await.unwrap();
        assert_eq!(reply.status, 400, "{ids}");
    }
    for body in [json!({ "media": {} }), json!({ "media": { "media_ids": [images[0]], "title": "a" } })] {
        assert_eq!(world.post(&access, &body).await.unwrap().status, 400, "{body}");
    }
    assert_eq!(world.post_with(&access, "twice", &[images[0], images[0]]).await.unwrap().status, 400);
    assert_eq!(world.post_with(&access, "unknown", &["1"]).await.unwrap().status, 400);
    assert!(world.feed("demo_shop").await.is_empty());
    for ids in [&images[..4], &[&gif], &[&video], &images[..1]] {
        let reply = world.post(&access, &json!({ "media": { "media_ids": ids } })).await.unwrap();
        assert_eq!(reply.status, 201, "{}", reply.body);
    }
    assert_eq!(world.feed("demo_shop").await, ["", "", "", ""], "posts without a text");
}

#[tokio::test]
async fn the_text_of_a_post_with_media_ends_with_a_link() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let (one, two) = (world.upload(&access, "image/jpeg", JPEG).await, world.upload(&access, "image/jpeg", JPEG).await);
    let reply = world.post_with(&access, "Two <3", &[&one, &two]).await.unwrap().json();
    let (id, text) = (reply["data"]["id"].as_str().unwrap(), reply["data"]["text"].as_str().unwrap());
    let link = text.strip_prefix("Two &lt;3 ").unwrap();
    assert!(link.starts_with("https://t.co/") && link.len() == 23, "{text}");
    let path = "/api.x.com/2/users/1500000000000000001/tweets?tweet.fields=entities,attachments";
    let post = world.get_as(&access, path).await.json()["data"][0].clone();
    assert_eq!(post["text"], text);
    assert_eq!(post["attachments"], json!({ "media_keys": [format!("3_{one}"), format!("3_{two}")] }));
    let entity = |n: u8, media: &str| {
        json!({
            "start": 10,
            "end": 33,
            "url": link,
            "expanded_url": format!("https://x.com/demo_shop/status/{id}/photo/{n}"),
            "display_url": link.replace("https://t.co/", "pic.x.com/"),
            "media_key": format!("3_{media}"),
        })
    };
    assert_eq!(post["entities"]["urls"], json!([entity(1, &one), entity(2, &two)]));
    let alone = world.post(&access, &json!({ "media": { "media_ids": [one] } })).await.unwrap().json();
    assert!(alone["data"]["text"].as_str().unwrap().starts_with("https://t.co/"), "no space before it");
}

#[tokio::test]
async fn images_and_gifs_are_described() {
    let world = World::new().await;
    let access = world.connect("demo_shop").await;
    let image = world.upload(&access, "image/jpeg", JPEG).await;
    let longest = "\u{e9}".repeat(1000);
    let reply = world.describe(&access, &image, &longest).await;
    assert_eq!(reply.status, 200);
    let metadata = json!({ "alt_text": { "text": longest } });
    assert_eq!(reply.json()["data"], json!({ "id": image, "associated_metadata": metadata }));
    assert_eq!(world.describe(&access, &image, &format!("{longest}a")).await.status, 400);
    let video = world.upload(&access, "video/mp4", MP4).await;
    assert_eq!(world.describe(&access, &video, "a").await.status, 400);
    for body in [json!({ "id": image }), json!({ "id": image, "metadata": { "alt_text": "a" } }), json!({})] {
        assert_eq!(world.call(&access, METADATA, &body).await.unwrap().status, 400, "{body}");
    }
    world.post_with(&access, "a <post>", &[&image]).await.unwrap();
    let post = world.posts("x", "demo_shop").await.remove(0);
    assert_eq!(post["media"][0]["altText"], longest);
    let page = world.get("/feed/x/demo_shop").await.body;
    assert!(page.contains("An image of 13 B") && page.contains(&longest), "{page}");
}

#[tokio::test]
async fn media_need_their_scope() {
    let world = World::new().await;
    let without = world.connect_with("demo_shop", "tweet.read tweet.write users.read").await;
    let withheld = world.connect_with("no_media_scope", SCOPES).await;
    assert_eq!(withheld["scope"], SCOPES.replace("media.write ", ""));
    for tokens in [without, withheld] {
        let access = tokens["access_token"].as_str().unwrap();
        let body = json!({ "media_type": "image/jpeg", "total_bytes": 9 });
        for reply in [
            world.call(access, INITIALIZE, &body).await.unwrap(),
            world.append(access, "1", 0, JPEG).await.unwrap(),
            world.finalize(access, "1").await,
            world.status(access, "1").await,
            world.describe(access, "1", "a").await,
        ] {
            assert_eq!(reply.status, 403);
            assert_eq!(reply.json()["detail"], "Forbidden");
        }
        assert_eq!(world.tweet(access, "a text").await.unwrap().status, 201);
    }
}
