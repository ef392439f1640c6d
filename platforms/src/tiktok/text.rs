//! The limits of a text, counted in UTF-16 code units.
//! <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>

use crate::{
    BrokenRule, FaultCode,
    media::{Facts, Kind},
};

const MAX_VIDEO_TITLE: usize = 2200;
const MAX_PHOTO_DESCRIPTION: usize = 4000;

/// The text is the title of a video or the description of photos. While it is unknown which, the larger limit applies.
pub(super) fn check(text: &str, media: &[Facts]) -> Result<(), BrokenRule> {
    let photos = !media.iter().any(|facts| facts.kind() == Some(Kind::Video));
    let most = if photos { MAX_PHOTO_DESCRIPTION } else { MAX_VIDEO_TITLE };
    let length = text.encode_utf16().count();
    if length <= most {
        return Ok(());
    }
    let of = if photos { "photos" } else { "a video" };
    let message = format!("TikTok allows {most} characters for {of} (an emoji counts 2); this text has {length}");
    Err(BrokenRule { rule: FaultCode::TextTooLong, message })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Format;

    #[test]
    fn the_limit_in_utf_16_units_depends_on_the_media() {
        let of = |format| [Facts { format: Some(format), ..Facts::default() }];
        assert_eq!(check("", &[]), Ok(()));
        assert_eq!(check(&"é".repeat(4000), &[Facts::default()]), Ok(()), "of an unknown format");
        assert_eq!(check(&"é".repeat(4001), &[Facts::default()]).unwrap_err().rule.as_str(), "text_too_long");
        assert_eq!(check(&"🚗".repeat(1100), &of(Format::Mp4)), Ok(()));
        assert_eq!(check(&"🚗".repeat(1101), &of(Format::Mp4)).unwrap_err().rule.as_str(), "text_too_long");
        assert_eq!(check(&"é".repeat(4000), &of(Format::Jpeg)), Ok(()));
        assert_eq!(check(&"é".repeat(4001), &of(Format::Jpeg)).unwrap_err().rule.as_str(), "text_too_long");
    }
}
