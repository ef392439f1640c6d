//! What the boxes of a film's file reveal, without reading the frames: ISO/IEC 14496-12, §4.2 (boxes), §8.2.2 (`mvhd`),
//! §8.3.2 (`tkhd`), §8.4.3 (`hdlr`), §8.8.2 (`mehd`) and §8.16.3 (`sidx`).

mod boxes;

use boxes::{Header, header, movie_header, segments, shown_size, units};

/// The kinds of tracks (`hdlr`) that show nothing.
const UNSEEN: [&[u8; 4]; 10] =
    [b"soun", b"text", b"sbtl", b"subt", b"clcp", b"tmcd", b"meta", b"hint", b"odsm", b"sdsm"];

/// Reads a film's file box by box.
#[derive(Debug)]
pub struct Film {
    /// The file's length.
    bytes: u64,
    /// Where the next box begins.
    at: u64,
    /// Where `moov` ends, once it began.
    moov_end: Option<u64>,
    over: bool,
    cut: bool,
    /// Something in `moov` could not be read.
    unclear: bool,
    scale: u64,
    /// The durations of `mvhd`, of `mehd`, and in milliseconds of `sidx`.
    units: Option<u64>,
    fragmented: bool,
    fragmented_units: Option<u64>,
    indexed: Option<u64>,
    /// The size of the track that is being read.
    track: Option<(u32, u32)>,
    pixels: Option<(u32, u32)>,
    has_picture: bool,
    has_sound: bool,
}

/// A file that no player can show as a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenFilm {
    #[error("it is a video whose file is cut off")]
    Cut,
    #[error("it is a video without a movie header (moov), so that nothing can play it")]
    NoMovie,
    #[error("it has sound alone, without a picture")]
    NoPicture,
}

impl Film {
    /// `bytes`: the length of the whole file.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self {
            bytes,
            at: 0,
            moov_end: None,
            over: false,
            cut: false,
            unclear: false,
            scale: 0,
            units: None,
            fragmented: false,
            fragmented_units: None,
            indexed: None,
            track: None,
            pixels: None,
            has_picture: false,
            has_sound: false,
        }
    }

    /// The offset from which the next piece is needed; `None` if no more of the file is.
    #[must_use]
    pub fn next(&self) -> Option<u64> {
        (!self.over && !self.cut).then_some(self.at)
    }

    /// Reads a piece of the file that begins at [`Self::next`]. Returns whether that was of use: without any, a longer piece is
    /// needed.
    pub fn read(&mut self, piece: &[u8]) -> bool {
        let start = self.at;
        while self.next().is_some() {
            let rest = usize::try_from(self.at - start).ok().and_then(|at| piece.get(at..)).unwrap_or_default();
            let end_of_file = self.at.saturating_add(rest.len() as u64) >= self.bytes;
            if !self.step(rest, end_of_file) {
                break;
            }
        }
        self.at > start || self.next().is_none()
    }

    /// The duration in milliseconds; `None` if the file does not tell it.
    #[must_use]
    pub fn milliseconds(&self) -> Option<u64> {
        let known = |units: Option<u64>| {
            units.filter(|units| *units > 0)?.checked_mul(1000)?.checked_div(self.scale).filter(|length| *length > 0)
        };
        // The header of a fragmented film counts what comes before the fragments.
        if self.fragmented { known(self.fragmented_units).or(self.indexed) } else { known(self.units) }
    }

    /// Width and height of the picture as it is shown.
    #[must_use]
    pub const fn pixels(&self) -> Option<(u32, u32)> {
        self.pixels
    }

    /// # Errors
    /// If what was read shows that nobody can see this film. A file that was not read to its end is not judged.
    pub const fn check(&self) -> Result<(), BrokenFilm> {
        match self.moov_end {
            _ if self.cut => Err(BrokenFilm::Cut),
            None if self.over => Err(BrokenFilm::NoMovie),
            Some(end) if self.at >= end && self.has_sound && !self.has_picture && !self.unclear => {
                Err(BrokenFilm::NoPicture)
            }
            _ => Ok(()),
        }
    }

    /// Reads one box. Returns false if `rest` holds too little of it.
    fn step(&mut self, rest: &[u8], end_of_file: bool) -> bool {
        let inside = self.moov_end.filter(|end| self.at < *end);
        // Some writers fill the end of a file or of a box with a few bytes.
        if inside.unwrap_or(self.bytes).saturating_sub(self.at) < 8 {
            self.leave(inside);
            return true;
        }
        let Some(found) = header(rest) else {
            if rest.len() < 16 && !end_of_file {
                return false;
            }
            self.unclear |= inside.is_some();
            self.leave(inside);
            return true;
        };
        let Header { name, length, size } = found;
        let end = if size == 0 { inside.unwrap_or(self.bytes) } else { self.at.saturating_add(size) };
        if let Some(outer) = inside {
            return self.movie_part(&name, rest.get(length..).unwrap_or_default(), length, end.min(outer));
        }
        let needed = matches!(&name, b"ftyp" | b"moov" | b"mdat" | b"moof");
        if end > self.bytes && needed {
            self.cut = true;
            return true;
        }
        match &name {
            b"moov" if self.moov_end.is_none() => {
                self.moov_end = Some(end);
                self.at += length as u64;
                return true;
            }
            b"sidx" if self.indexed.is_none() => return self.index(rest.get(length..).unwrap_or_default(), end),
            // The rest of a fragmented film is a list of fragments as long as the film.
            b"moof" if self.moov_end.is_some() => {
                self.indexed = None;
                self.over = true;
            }
            _ => {}
        }
        self.skip_to(end);
        true
    }

    /// Reads a box within `moov`: enters it, or passes it.
    fn movie_part(&mut self, name: &[u8; 4], content: &[u8], length: usize, end: u64) -> bool {
        let whole = end - self.at - (length as u64).min(end - self.at);
        let available = |wanted: u64| content.len() as u64 >= wanted.min(whole);
        match name {
            b"trak" | b"mdia" | b"mvex" => {
                if name == b"trak" {
                    self.track = None;
                }
                self.fragmented |= name == b"mvex";
                self.at += length as u64;
                return true;
            }
            b"mvhd" | b"tkhd" | b"mehd" | b"hdlr" if !available(96) => return false,
            b"mvhd" => match movie_header(content) {
                Some((scale, units)) => (self.scale, self.units) = (scale, units),
                None => self.unclear = true,
            },
            b"mehd" => self.fragmented_units = units(content, 4),
            b"tkhd" => self.track = shown_size(content),
            b"hdlr" => self.handler(content),
            // A compressed header.
            b"cmov" => self.unclear = true,
            _ => {}
        }
        self.skip_to(end);
        true
    }

    fn handler(&mut self, content: &[u8]) {
        let Some(kind) = content.get(8..).and_then(|kind| kind.first_chunk()) else {
            self.unclear = true;
            return;
        };
        if UNSEEN.contains(&kind) {
            self.has_sound |= kind == b"soun";
        } else {
            self.has_picture = true;
            self.pixels = self.pixels.or(self.track);
        }
    }

    /// Reads an index of segments, and passes them. One that leaves segments over does not tell the duration.
    fn index(&mut self, content: &[u8], end: u64) -> bool {
        let whole = usize::try_from(end - self.at).unwrap_or(usize::MAX);
        // One that is larger than a piece is passed.
        if content.len() + 16 < whole && content.len() < 2048 {
            return false;
        }
        let Some(index) = segments(content) else {
            self.skip_to(end);
            return true;
        };
        self.indexed = Some(index.milliseconds).filter(|length| *length > 0);
        let covered = end.saturating_add(index.bytes);
        self.cut = covered > self.bytes;
        self.skip_to(covered);
        true
    }

    fn skip_to(&mut self, end: u64) {
        self.at = end.max(self.at + 1);
        self.over |= self.at >= self.bytes;
    }

    /// Goes on behind `moov`, or ends.
    fn leave(&mut self, inside: Option<u64>) {
        match inside {
            Some(end) => self.skip_to(end),
            None => self.over = true,
        }
    }
}

#[cfg(test)]
mod tests;
