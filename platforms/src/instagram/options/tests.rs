use serde_json::json;

use super::*;
use crate::{Abilities, Adapter, instagram::Instagram, media::Facts};

fn checked(text: &str, media: &[Facts], options: &Value) -> Option<&'static str> {
    let options: Options = options.as_object().unwrap().clone().into_iter().collect();
    let abilities = Abilities::default();
    let content = Content { text, media, options: &options, abilities: &abilities };
    Instagram.check(&content).err().map(|broken| broken.rule.as_str())
}

fn picture(pixels: (u32, u32)) -> Facts {
    Facts { format: Some(Format::Jpeg), pixels: Some(pixels), ..Facts::default() }
}

fn video(milliseconds: u64) -> Facts {
    Facts { format: Some(Format::Mp4), milliseconds: Some(milliseconds), ..Facts::default() }
}

#[test]
fn a_story_is_one_file_of_any_ratio_without_text() {
    let story = json!({ "story": true });
    let tall = picture((1080, 1920));
    assert_eq!(checked("", &[tall], &json!({})), Some("media_ratio"));
    assert_eq!(checked("", &[tall], &story), None);
    assert_eq!(checked("", &[tall], &json!({ "story": false })), Some("media_ratio"));
    assert_eq!(checked("Hello", &[tall], &story), Some("text_not_shown"));
    assert_eq!(checked("", &[tall, tall], &story), Some("too_many_media"));
    assert_eq!(checked("", &[], &story), Some("media_required"));
    for (length, large, expected) in [
        (3_000, false, None),
        (60_000, false, None),
        (2_999, false, Some("media_length")),
        (60_001, false, Some("media_length")),
        (3_000, true, Some("media_too_large")),
    ] {
        let bytes = Some(100 * 1024 * 1024 + u64::from(large));
        assert_eq!(checked("", &[Facts { bytes, ..video(length) }], &story), expected, "{length} {large}");
    }
    let narrow = |pixels| [Facts { pixels: Some(pixels), ..video(5000) }];
    assert_eq!(checked("", &narrow((100, 1001)), &story), Some("media_ratio"));
    assert_eq!(checked("", &narrow((100, 1001)), &json!({})), None);
}

#[test]
fn a_story_has_no_options_of_other_posts() {
    for name in NOT_OF_STORIES {
        let value = if name == "thumbOffset" { json!(0) } else { json!("a") };
        let options = json!({ "story": true, name: value });
        assert_eq!(checked("", &[video(5000)], &options), Some("option_conflict"), "{name}");
    }
    assert_eq!(checked("", &[video(5000)], &json!({ "story": true, "aiGenerated": true })), None);
}

#[test]
fn the_frame_of_a_cover_is_within_the_video() {
    for (offset, expected) in [(4999, None), (5000, Some("option_conflict"))] {
        assert_eq!(checked("", &[video(5000)], &json!({ "thumbOffset": offset })), expected, "{offset}");
    }
}

#[test]
fn only_a_first_comment_needs_its_scope() {
    let scopes = ["instagram_business_basic", "instagram_business_content_publish"].map(str::to_owned);
    let abilities = Abilities { scopes: Some(scopes.into()), max_text: None };
    let media = [video(5000)];
    for (name, expected) in [(FIRST_COMMENT, Some(FaultCode::ScopeMissing)), ("audioName", None)] {
        let options: Options = [(name.to_owned(), json!("a"))].into();
        let content = Content { text: "", media: &media, options: &options, abilities: &abilities };
        assert_eq!(Instagram.check(&content).err().map(|broken| broken.rule), expected, "{name}");
    }
}
