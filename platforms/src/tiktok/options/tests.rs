use serde_json::json;

use super::*;
use crate::{
    Abilities, Adapter,
    media::{Facts, Format},
    tiktok::TikTok,
};

fn facts(format: Format) -> Facts {
    Facts { format: Some(format), milliseconds: Some(60_000), ..Facts::default() }
}

fn checked(text: &str, media: &[Facts], options: &Value) -> Option<&'static str> {
    let options: Options = options.as_object().unwrap().clone().into_iter().collect();
    let abilities = Abilities::default();
    let content = Content { text, media, options: &options, abilities: &abilities };
    TikTok.check(&content).err().map(|broken| broken.rule.as_str())
}

#[test]
fn options_that_exclude_each_other_are_refused() {
    let (video, photo) = ([facts(Format::Mp4)], [facts(Format::Jpeg)]);
    let both = [photo[0], photo[0]];
    for (media, options, expected) in [
        (&video[..], json!({ "brandContent": true, "privacyLevel": "SELF_ONLY" }), Some("option_conflict")),
        (&video, json!({ "brandContent": true, "privacyLevel": "FOLLOWER_OF_CREATOR" }), None),
        (&video, json!({ "brandContent": false, "privacyLevel": "SELF_ONLY" }), None),
        (&video, json!({ "coverTimestamp": 59_999 }), None),
        (&video, json!({ "coverTimestamp": 60_000 }), Some("option_conflict")),
        (&both, json!({ "photoCover": 1 }), None),
        (&both, json!({ "photoCover": 2 }), Some("option_conflict")),
        (&photo, json!({ "title": "\u{1F697}".repeat(45) }), None),
        (&photo, json!({ "title": "\u{1F697}".repeat(46) }), Some("text_too_long")),
    ] {
        assert_eq!(checked("Hello", media, &options), expected, "{options}");
    }
}

#[test]
fn a_draft_has_neither_the_text_of_a_video_nor_disclosures() {
    let (video, photo) = ([facts(Format::Mp4)], [facts(Format::Jpeg)]);
    let draft = json!({ "draft": true });
    assert_eq!(checked("Hello", &video, &draft), Some("text_not_shown"));
    assert_eq!(checked("", &video, &draft), None);
    assert_eq!(checked("Hello", &photo, &draft), None, "photos have a description");
    for name in ["brandContent", "brandOrganic", "aiGenerated"] {
        assert_eq!(checked("", &video, &json!({ "draft": true, name: true })), Some("option_conflict"), "{name}");
        assert_eq!(checked("", &video, &json!({ "draft": true, name: false })), None, "{name}");
    }
    let long = [Facts { milliseconds: Some(600_001), ..video[0] }];
    assert_eq!(checked("", &long, &draft), Some("media_length"));
    assert_eq!(checked("", &long, &json!({})), None);
}

#[test]
fn a_video_has_360_to_4096_pixels_a_side() {
    for (pixels, expected) in [
        ((360, 4096), None),
        ((359, 640), Some("media_dimensions")),
        ((640, 359), Some("media_dimensions")),
        ((4097, 640), Some("media_dimensions")),
    ] {
        let video = [Facts { pixels: Some(pixels), ..facts(Format::Mp4) }];
        assert_eq!(checked("", &video, &json!({})), expected, "{pixels:?}");
        let photo = [Facts { pixels: Some(pixels), ..facts(Format::Jpeg) }];
        assert_eq!(checked("", &photo, &json!({})), None, "{pixels:?}");
    }
}

#[test]
fn only_a_draft_needs_its_scope() {
    let scopes = Some(vec!["user.info.basic".into(), "video.publish".into()]);
    let abilities = Abilities { scopes, max_text: None };
    let media = [facts(Format::Jpeg)];
    for (draft, expected) in [(true, Some(FaultCode::ScopeMissing)), (false, None)] {
        let options: Options = [("draft".to_owned(), json!(draft))].into();
        let content = Content { text: "", media: &media, options: &options, abilities: &abilities };
        assert_eq!(TikTok.check(&content).err().map(|broken| broken.rule), expected, "{draft}");
    }
}
