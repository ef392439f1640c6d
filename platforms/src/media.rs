//! Media of a post: the file named by an agency, its facts, and the rules of platforms.

mod address;
mod facts;
mod film;
mod format;
mod item;
mod orientation;
mod rules;

pub use address::{WEB_ADDRESS, ascii_address, is_web_address};
pub use facts::Facts;
pub use film::{BrokenFilm, Film};
pub use format::{Format, Kind};
pub use item::{MAX_ALT_TEXT, MAX_MEDIA, MAX_URL, Media};
pub use rules::{ImageRules, MediaRules, VideoRules};
