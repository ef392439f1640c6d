//! The sample files that the sandbox serves: some that every platform accepts, and some that a platform refuses.

pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) bytes: &'static [u8],
    /// A description for the front page.
    pub(crate) about: &'static str,
}

macro_rules! sample {
    ($name:literal, $content_type:literal, $about:literal) => {
        Sample {
            name: $name,
            content_type: $content_type,
            bytes: include_bytes!(concat!("../../media/", $name)),
            about: $about,
        }
    };
}

pub(crate) const SAMPLES: &[Sample] = &[
    sample!("photo.jpg", "image/jpeg", "JPEG, 4:5"),
    sample!("square.jpg", "image/jpeg", "JPEG, 1:1"),
    sample!("landscape.jpg", "image/jpeg", "JPEG, 1.91:1"),
    sample!("tall.jpg", "image/jpeg", "JPEG, 2:5, too tall for a feed"),
    sample!("photo.png", "image/png", "PNG, 4:5"),
    sample!("photo.webp", "image/webp", "WebP, 4:5"),
    sample!("loop.gif", "image/gif", "GIF, 1:1, animated"),
    sample!("clip.mp4", "video/mp4", "MP4, 9:16, five seconds"),
    sample!("clip-moov-last.mp4", "video/mp4", "the same, with its index at the end"),
];

pub(crate) fn find(name: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|sample| sample.name == name)
}
