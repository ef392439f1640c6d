//! The rules of a platform for media, as data, and the check against them. Unknown facts pass: the check runs again once
//! they are known, and the platform has the last word.

use std::ops::RangeInclusive;

use super::{
    facts::Facts,
    format::{Format, Kind},
};
use crate::{BrokenRule, FaultCode};

/// The rules of one platform for the media of one post.
#[derive(Debug)]
pub struct MediaRules {
    /// Whether every post needs media.
    pub required: bool,
    /// The most pictures, or pictures and videos together where they may be mixed.
    pub max_items: usize,
    pub max_videos: usize,
    /// Whether one post may have both pictures and videos.
    pub mixed: bool,
    pub image: ImageRules,
    /// The rules for a GIF, where it is no picture like others: a post has one GIF and nothing else.
    pub animation: Option<ImageRules>,
    pub video: VideoRules,
}

#[derive(Debug)]
pub struct ImageRules {
    pub formats: &'static [Format],
    pub max_bytes: u64,
    /// The smallest and the largest aspect ratio, each as (width, height).
    pub ratio: Option<[(u32, u32); 2]>,
}

#[derive(Debug)]
pub struct VideoRules {
    pub formats: &'static [Format],
    pub max_bytes: u64,
    pub milliseconds: RangeInclusive<u64>,
    /// The smallest and the largest aspect ratio, each as (width, height).
    pub ratio: Option<[(u32, u32); 2]>,
}

impl MediaRules {
    /// No media allowed.
    pub const NONE: Self = Self {
        required: false,
        max_items: 0,
        max_videos: 0,
        mixed: false,
        image: ImageRules { formats: &[], max_bytes: 0, ratio: None },
        animation: None,
        video: VideoRules { formats: &[], max_bytes: 0, milliseconds: 0..=0, ratio: None },
    };

    /// # Errors
    /// The first rule that these media break. The message names a file by its index.
    pub fn check(&self, platform: &str, media: &[Facts]) -> Result<(), BrokenRule> {
        let broken = |rule, message: String| Err(BrokenRule { rule, message });
        let count = |kind| media.iter().filter(|facts| facts.kind() == Some(kind)).count();
        let (images, videos) = (count(Kind::Image), count(Kind::Video));
        if self.required && media.is_empty() {
            return broken(FaultCode::MediaRequired, format!("{platform} takes no text alone: add `media`"));
        }
        if self.max_items == 0 && !media.is_empty() {
            return broken(
                FaultCode::MediaNotSupported,
                format!("media for {platform} are not supported yet: post text alone"),
            );
        }
        if media.len() > self.max_items {
            let most = self.max_items;
            return broken(
                FaultCode::TooManyMedia,
                format!("{platform} takes at most {most} media; there are {}", media.len()),
            );
        }
        if videos > self.max_videos {
            let most = self.max_videos;
            return broken(
                FaultCode::TooManyMedia,
                format!("{platform} takes at most {most} video; there are {videos}"),
            );
        }
        if !self.mixed && images > 0 && videos > 0 {
            return broken(
                FaultCode::MediaMixed,
                format!("{platform} takes pictures or a video, not both in one post"),
            );
        }
        if media.len() > 1 && media.iter().any(|facts| self.animation(facts).is_some()) {
            return broken(
                FaultCode::MediaMixed,
                format!("{platform} takes a GIF alone: a post has one, and no other media"),
            );
        }
        media.iter().enumerate().try_for_each(|(n, facts)| {
            let one = match (self.animation(facts), facts.kind()) {
                (Some(rules), _) => rules.check(facts),
                (None, Some(Kind::Image)) => self.image.check(facts),
                (None, Some(Kind::Video)) => self.video.check(facts),
                (None, None) => Ok(()),
            };
            one.map_err(|(rule, message)| BrokenRule {
                rule,
                message: format!("media[{n}]: {platform} takes {message}"),
            })
        })
    }
}

impl MediaRules {
    /// The rules for this file, if it is a GIF and there are any.
    fn animation(&self, facts: &Facts) -> Option<&ImageRules> {
        self.animation.as_ref().filter(|_| facts.format == Some(Format::Gif))
    }
}

impl ImageRules {
    fn check(&self, facts: &Facts) -> Result<(), (FaultCode, String)> {
        format(self.formats, facts)?;
        size(self.max_bytes, facts)?;
        ratio("pictures", self.ratio, facts)
    }
}

impl VideoRules {
    fn check(&self, facts: &Facts) -> Result<(), (FaultCode, String)> {
        format(self.formats, facts)?;
        size(self.max_bytes, facts)?;
        match facts.milliseconds {
            Some(length) if !self.milliseconds.contains(&length) => {
                let seconds = |milliseconds: u64| milliseconds as f64 / 1000.0;
                let (from, to) = (seconds(*self.milliseconds.start()), seconds(*self.milliseconds.end()));
                let has = seconds(length);
                Err((FaultCode::MediaLength, format!("videos of {from} to {to} seconds; this has {has:.1}")))
            }
            _ => ratio("videos", self.ratio, facts),
        }
    }
}

fn format(formats: &[Format], facts: &Facts) -> Result<(), (FaultCode, String)> {
    match facts.format {
        Some(format) if !formats.contains(&format) => {
            let names = formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
            Err((FaultCode::MediaFormat, format!("{names} here; this is {}", format.name())))
        }
        _ => Ok(()),
    }
}

fn size(most: u64, facts: &Facts) -> Result<(), (FaultCode, String)> {
    match facts.bytes {
        Some(bytes) if bytes > most => {
            Err((FaultCode::MediaTooLarge, format!("at most {most} bytes; this has {bytes}")))
        }
        _ => Ok(()),
    }
}

fn ratio(what: &str, ratio: Option<[(u32, u32); 2]>, facts: &Facts) -> Result<(), (FaultCode, String)> {
    let (Some([narrowest, widest]), Some((width, height))) = (ratio, facts.pixels) else { return Ok(()) };
    let product = |a: u32, b: u32| u64::from(a) * u64::from(b);
    let too_narrow = product(width, narrowest.1) < product(height, narrowest.0);
    let too_wide = product(width, widest.1) > product(height, widest.0);
    if too_narrow || too_wide || height == 0 {
        let fraction = |(a, b): (u32, u32)| format!("{:.2}", f64::from(a) / f64::from(b));
        let (from, to) = (fraction(narrowest), fraction(widest));
        let message = format!("{what} whose width is {from} to {to} times the height; this has {width}x{height}");
        return Err((FaultCode::MediaRatio, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
