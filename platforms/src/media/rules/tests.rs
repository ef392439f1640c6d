use super::*;

static RULES: MediaRules = MediaRules {
    required: true,
    max_items: 3,
    max_videos: 1,
    mixed: false,
    image: ImageRules { formats: &[Format::Jpeg], max_bytes: 100, ratio: Some([(4, 5), (191, 100)]) },
    animation: None,
    video: VideoRules {
        formats: &[Format::Mp4],
        max_bytes: 1000,
        milliseconds: 3_000..=60_000,
        ratio: Some([(1, 2), (2, 1)]),
    },
};

fn image(width: u32, height: u32) -> Facts {
    Facts { format: Some(Format::Jpeg), bytes: Some(100), pixels: Some((width, height)), milliseconds: None }
}

fn video(milliseconds: u64) -> Facts {
    Facts { format: Some(Format::Mp4), bytes: Some(1000), pixels: None, milliseconds: Some(milliseconds) }
}

fn rule(media: &[Facts]) -> Option<&'static str> {
    RULES.check("P", media).err().map(|broken| broken.rule.as_str())
}

#[test]
fn each_broken_rule_has_its_code() {
    let unknown = Facts::default();
    let large = Facts { bytes: Some(101), ..image(1, 1) };
    let png = Facts { format: Some(Format::Png), ..image(1, 1) };
    let cases: [(&[Facts], Option<&str>); 22] = [
        (&[], Some("media_required")),
        (&[image(1, 1)], None),
        (&[image(1, 1), image(1, 1), image(1, 1)], None),
        (&[image(1, 1), image(1, 1), image(1, 1), image(1, 1)], Some("too_many_media")),
        (&[unknown, unknown, unknown, unknown], Some("too_many_media")),
        (&[unknown], None),
        (&[video(3_000)], None),
        (&[video(60_000)], None),
        (&[video(2_999)], Some("media_length")),
        (&[video(60_001)], Some("media_length")),
        (&[Facts { pixels: Some((2, 4)), ..video(5_000) }], None),
        (&[Facts { pixels: Some((2, 5)), ..video(5_000) }], Some("media_ratio")),
        (&[video(5_000), video(5_000)], Some("too_many_media")),
        (&[image(1, 1), video(5_000)], Some("media_mixed")),
        (&[image(4, 5)], None),
        (&[image(799, 1000)], Some("media_ratio")),
        (&[image(191, 100)], None),
        (&[image(1911, 1000)], Some("media_ratio")),
        (&[image(1, 0)], Some("media_ratio")),
        (&[large], Some("media_too_large")),
        (&[png], Some("media_format")),
        (&[image(1, 1), png], Some("media_format")),
    ];
    for (media, broken) in cases {
        assert_eq!(rule(media), broken, "{media:?}");
    }
}

#[test]
fn a_broken_rule_names_the_file_and_what_is_accepted() {
    let png = Facts { format: Some(Format::Png), ..Facts::default() };
    let broken = RULES.check("P", &[image(1, 1), png]).unwrap_err();
    assert_eq!(broken.message, "media[1]: P takes JPEG here; this is PNG");
    let broken = RULES.check("P", &[image(1000, 2000)]).unwrap_err();
    assert!(broken.message.contains("0.80 to 1.91 times the height; this has 1000x2000"), "{}", broken.message);
}

#[test]
fn a_platform_without_media_refuses_media() {
    assert_eq!(MediaRules::NONE.check("P", &[]), Ok(()));
    assert_eq!(MediaRules::NONE.check("P", &[Facts::default()]).unwrap_err().rule.as_str(), "media_not_supported");
}

#[test]
fn a_gif_is_alone_where_it_has_rules_of_its_own() {
    let rules = MediaRules {
        required: false,
        max_items: 3,
        max_videos: 1,
        mixed: false,
        image: ImageRules { formats: &[Format::Jpeg], max_bytes: 100, ratio: None },
        animation: Some(ImageRules { formats: &[Format::Gif], max_bytes: 1000, ratio: None }),
        video: VideoRules { formats: &[Format::Mp4], max_bytes: 1000, milliseconds: 500..=140_000, ratio: None },
    };
    let rule = |media: &[Facts]| rules.check("P", media).err().map(|broken| broken.rule.as_str());
    let gif = |bytes| Facts { format: Some(Format::Gif), bytes: Some(bytes), ..Facts::default() };
    assert_eq!(rule(&[gif(1000)]), None);
    assert_eq!(rule(&[gif(1001)]), Some("media_too_large"));
    assert_eq!(rule(&[gif(1), gif(1)]), Some("media_mixed"));
    assert_eq!(rule(&[image(1, 1), gif(1)]), Some("media_mixed"));
    assert_eq!(rule(&[gif(1), video(5_000)]), Some("media_mixed"));
    assert_eq!(RULES.check("P", &[gif(1)]).unwrap_err().rule.as_str(), "media_format", "a picture like others");
    let short = rules.check("P", &[video(499)]).unwrap_err();
    assert_eq!(short.message, "media[0]: P takes videos of 0.5 to 140 seconds; this has 0.5");
}
