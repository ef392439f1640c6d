//! Published posts: `published` (how the table keeps them), `entry` (what the feeds show of a post) and `article` (how
//! pages show it).

pub(crate) mod article;
mod entry;
pub(crate) mod published;

pub(crate) use entry::FeedEntry;
