//! Images and videos: `download` (from a URL), `format` (from the first bytes), `film` (from a film's header), and `sample`
//! (the files that the sandbox serves).

mod download;
pub(crate) mod film;
pub(crate) mod format;
pub(crate) mod sample;

pub(crate) use download::download;
