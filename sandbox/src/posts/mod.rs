//! Published posts: `published` (how the table keeps them), `entry` (what the feeds show of a post), `article` (how pages
//! show it) and `placeholder` (a drawing in place of a file).

pub(crate) mod article;
mod entry;
pub(crate) mod placeholder;
pub(crate) mod published;

pub(crate) use entry::FeedEntry;
