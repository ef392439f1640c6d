//! Instagram's rules for uploads.

use super::{World, failure, sample};

/// The first bytes of a JPEG of this size.
fn jpeg(width: u16, height: u16) -> &'static [u8] {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8];
    bytes.extend([height.to_be_bytes(), width.to_be_bytes()].concat());
    bytes.extend([3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xFF, 0xD9]);
    Vec::leak(bytes)
}

#[tokio::test]
async fn images_are_jpegs_with_a_ratio_from_four_to_five_to_191_to_100() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    for name in ["photo.jpg", "square.jpg", "landscape.jpg"] {
        shop.uploaded(&[("image_url", &sample(name))]).await;
    }
    for (name, expected) in [
        ("tall.jpg", (36003, Some(2_207_009))),
        ("photo.png", (36001, Some(2_207_005))),
        ("photo.webp", (36001, Some(2_207_005))),
        ("clip.mp4", (9004, Some(2_207_052))),
        ("missing.jpg", (9004, Some(2_207_052))),
    ] {
        assert_eq!(failure(&shop.upload(&[("image_url", &sample(name))]).await), expected, "{name}");
    }
    let url = "https://media.example/a.jpg";
    world.publish(url, "image/jpeg", b"\xFF\xD8\xFF");
    assert_eq!(failure(&shop.upload(&[("image_url", url)]).await), (36001, Some(2_207_005)), "its size cannot be read");
    for (width, height, fits) in [(80, 100, true), (79, 100, false), (191, 100, true), (192, 100, false)] {
        world.publish(url, "image/jpeg", jpeg(width, height));
        assert_eq!(shop.upload(&[("image_url", url)]).await.status == 200, fits, "{width}x{height}");
    }
}

#[tokio::test]
async fn an_image_has_at_most_eight_mebibytes() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let url = "https://media.example/big.jpg";
    for (size, fits) in [(8 * 1024 * 1024, true), (8 * 1024 * 1024 + 1, false)] {
        world.publish_sized(url, "image/jpeg", jpeg(100, 100), size);
        let reply = shop.upload(&[("image_url", url)]).await;
        assert_eq!(reply.status == 200, fits, "{size}");
        if !fits {
            assert_eq!(failure(&reply), (36000, Some(2_207_004)));
            assert!(reply.body.contains("It should be less than 8 MiB."));
        }
    }
}

#[tokio::test]
async fn captions_have_limits_of_characters_hashtags_and_mentions() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    for (caption, fits) in [
        ("é".repeat(2200), true),
        ("é".repeat(2201), false),
        ("#a ".repeat(30), true),
        ("#a ".repeat(31), false),
        ("@a ".repeat(20), true),
        ("@a ".repeat(21), false),
        ("# a@b ".repeat(40), true),
    ] {
        let reply = shop.upload(&[("image_url", &sample("photo.jpg")), ("caption", &caption)]).await;
        assert_eq!(reply.status == 200, fits, "{caption}");
        if !fits {
            assert_eq!(failure(&reply), (36004, Some(2_207_010)));
        }
    }
}

#[tokio::test]
async fn each_kind_of_container_accepts_only_its_parameters() {
    let world = World::new().await;
    let shop = world.shop("demo_shop").await;
    let (image, video) = (sample("photo.jpg"), sample("clip.mp4"));
    let (image, video) = (("image_url", image.as_str()), ("video_url", video.as_str()));
    let item = ("is_carousel_item", "true");
    let good: [&[(&str, &str)]; 4] = [
        &[image, ("alt_text", "Hills"), ("caption", "a")],
        &[video, ("media_type", "REELS")],
        &[image, item, ("alt_text", "Hills")],
        &[video, ("media_type", "VIDEO"), item],
    ];
    for fields in good {
        shop.uploaded(fields).await;
    }
    type Wrong<'a> = (&'a [(&'a str, &'a str)], Option<i64>);
    let wrong: [Wrong<'_>; 12] = [
        (&[], None),
        (&[("caption", "text alone")], None),
        (&[video], None),
        (&[image, video], None),
        (&[video, ("media_type", "VIDEO")], Some(2_207_067)),
        (&[image, ("media_type", "REELS")], None),
        (&[video, ("media_type", "REELS"), item], None),
        (&[image, ("media_type", "IMAGE")], Some(2_207_023)),
        (&[video, ("media_type", "REELS"), ("alt_text", "Hills")], None),
        (&[image, item, ("caption", "a")], None),
        (&[image, ("is_carousel_item", "maybe")], None),
        (&[image, ("filter", "sepia")], None),
    ];
    for (fields, subcode) in wrong {
        assert_eq!(failure(&shop.upload(fields).await), (100, subcode), "{fields:?}");
    }
}
