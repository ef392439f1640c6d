//! The files of posts. A description names its post, the version of its content and its account, as the text does.

use crate::marker::Marker;

/// What a post has besides its text, on a platform that gives a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Files {
    #[default]
    None,
    /// An image without a description.
    Image,
    /// Two images, of which the first has a description.
    Images,
    Animation,
    Video,
}

/// A file of the sandbox.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: &'static str,
    described: bool,
}

pub(crate) const IMAGE: &[File] = &[plain("photo.webp")];
pub(crate) const SQUARE: &[File] = &[plain("square.jpg")];
pub(crate) const IMAGES: &[File] = &[described("square.jpg"), plain("photo.webp")];
pub(crate) const ANIMATION: &[File] = &[described("loop.gif")];
pub(crate) const VIDEO: &[File] = &[plain("clip.mp4")];
pub(crate) const DESCRIBED_VIDEO: &[File] = &[described("clip.mp4")];

const fn described(name: &'static str) -> File {
    File { name, described: true }
}

const fn plain(name: &'static str) -> File {
    File { name, described: false }
}

impl Files {
    pub(crate) const ANY: [Self; 4] = [Self::Image, Self::Images, Self::Animation, Self::Video];

    /// Those of a version of the content: each edit changes them.
    pub(crate) fn of_version(self, version: usize) -> Self {
        match Self::ANY.iter().position(|it| *it == self) {
            Some(first) => Self::ANY[(first + version) % Self::ANY.len()],
            None => self,
        }
    }
}

impl File {
    /// The alternative text in the content with this marker.
    pub(crate) fn description(&self, marker: Marker) -> Option<String> {
        self.described.then(|| format!("{} of {marker}", self.name))
    }
}
