//! The parameters of a container beside media and caption.

use serde_json::json;

use super::{World, failure, sample};

#[tokio::test]
async fn each_parameter_is_taken_by_its_kinds_of_containers_only() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let (photo, clip) = (sample("photo.jpg"), sample("clip.mp4"));
    let item = shop.uploaded(&[("image_url", &photo), ("is_carousel_item", "true")]).await;
    let children = format!("{item},{item}");
    let kinds: [&[(&str, &str)]; 6] = [
        &[("image_url", &photo)],
        &[("video_url", &clip), ("media_type", "REELS")],
        &[("media_type", "CAROUSEL"), ("children", &children)],
        &[("image_url", &photo), ("media_type", "STORIES")],
        &[("image_url", &photo), ("is_carousel_item", "true")],
        &[("video_url", &clip), ("media_type", "VIDEO"), ("is_carousel_item", "true")],
    ];
    for (name, value, taken) in [
        ("cover_url", photo.as_str(), [false, true, false, false, false, false]),
        ("thumb_offset", "1000", [false, true, false, false, false, false]),
        ("share_to_feed", "false", [false, true, false, false, false, false]),
        ("audio_name", "A song", [false, true, false, false, false, false]),
        ("collaborators", r#"["one","two","three"]"#, [true, true, true, false, false, false]),
        ("location_id", "7640348500", [true, true, true, false, false, false]),
        ("is_ai_generated", "true", [true, true, true, true, false, false]),
        ("user_tags", r#"[{"username":"one"}]"#, [false, true, false, false, false, true]),
        ("user_tags", r#"[{"username":"one","x":0,"y":1}]"#, [true, false, false, false, true, false]),
    ] {
        for (kind, taken) in kinds.iter().zip(taken) {
            let fields = [kind, [(name, value)].as_slice()].concat();
            let reply = shop.upload(&fields).await;
            assert_eq!(reply.status == 200, taken, "{fields:?}: {}", reply.body);
        }
    }
}

#[tokio::test]
async fn malformed_parameters_are_refused() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let (photo, clip) = (sample("photo.jpg"), sample("clip.mp4"));
    let many = json!(vec![json!({ "username": "one", "x": 0.5, "y": 0.5 }); 21]).to_string();
    for (name, value, subcode) in [
        ("collaborators", r#"["a","b","c","d"]"#, None),
        ("collaborators", "one", None),
        ("user_tags", r#"[{"username":"one","x":1.5,"y":0}]"#, None),
        ("user_tags", r#"[{"username":"one"}]"#, None),
        ("user_tags", many.as_str(), Some(2_207_040)),
        ("location_id", "Berlin", None),
        ("is_ai_generated", "yes", None),
    ] {
        let fields = [("image_url", photo.as_str()), (name, value)];
        assert_eq!(failure(&shop.upload(&fields).await), (100, subcode), "{name}={value}");
    }
    let reel = [("video_url", clip.as_str()), ("media_type", "REELS")];
    let png = sample("photo.png");
    for (name, value, expected) in [
        ("thumb_offset", "-1", (100, None)),
        ("share_to_feed", "1", (100, None)),
        ("cover_url", png.as_str(), (36001, Some(2_207_005))),
        ("cover_url", "https://media.example/none.jpg", (9004, Some(2_207_052))),
    ] {
        let fields = [reel.as_slice(), &[(name, value)]].concat();
        assert_eq!(failure(&shop.upload(&fields).await), expected, "{name}={value}");
    }
}
