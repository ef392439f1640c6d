//! The hosts of a network, each the first segment of a path in the sandbox. A network whose servers must be at the root of
//! an origin has the first segments of its servers' paths instead.

/// Limit for requests without media, in bytes. It is larger than any such request of the real platforms.
pub(crate) const TEXT_BODY: usize = 64 * 1024;

/// No host accepts a larger body, in bytes. TikTok's upload host has this limit: the last chunk of a video has up to
/// 128 MB.
pub const LARGEST_BODY: usize = 129 * 1024 * 1024;

pub(crate) struct Host {
    /// The segment. If it ends in `:`, it stands for all segments that begin with it.
    pub(crate) name: &'static str,
    /// In bytes.
    pub(crate) largest_body: usize,
}

impl Host {
    /// A host whose requests carry no media.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, largest_body: TEXT_BODY }
    }

    pub(crate) const fn with_uploads(name: &'static str, largest_body: usize) -> Self {
        Self { name, largest_body }
    }

    pub(crate) fn is(&self, segment: &str) -> bool {
        self.name == segment || self.name.ends_with(':') && segment.starts_with(self.name)
    }
}
