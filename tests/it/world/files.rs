//! Media files and pages that the world serves to the functions and to the sandbox's platforms.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{Method, StatusCode, header};
use platforms::media::Format;
use shared::net::{Request, Response};

#[derive(Clone, Default)]
pub(crate) struct Files(Arc<Mutex<BTreeMap<String, Bytes>>>);

/// A file at such an address has a server that tells no length and supports no ranges.
pub(crate) const WITHOUT_LENGTH: &str = "https://chunked.test/";

impl Files {
    pub(crate) fn put(&self, url: &str, file: impl Into<Bytes>) {
        self.0.lock().unwrap().insert(url.into(), file.into());
    }

    pub(crate) fn remove(&self, url: &str) {
        self.0.lock().unwrap().remove(url);
    }

    fn find(&self, url: &str) -> Option<Bytes> {
        self.0.lock().unwrap().get(url).cloned()
    }

    /// Answers as a server that supports range requests; `None` if there is no such file.
    pub(super) fn answer(&self, request: &Request) -> Option<Response> {
        let file = self.find(&request.uri().to_string())?;
        let total = file.len();
        if request.uri().to_string().starts_with(WITHOUT_LENGTH) {
            let body = if request.method() == Method::HEAD { Bytes::new() } else { file.clone() };
            return Some(
                http::Response::builder().header(header::CONTENT_TYPE, content_type(&file)).body(body).unwrap(),
            );
        }
        let answer = http::Response::builder().header(header::CONTENT_TYPE, content_type(&file));
        let range = request.headers().get(header::RANGE).and_then(|range| {
            let (from, to) = range.to_str().unwrap().strip_prefix("bytes=")?.split_once('-')?;
            Some((from.parse::<usize>().unwrap(), (to.parse::<usize>().unwrap() + 1).min(total)))
        });
        let answer = match (request.method(), range) {
            (&Method::HEAD, _) => answer.header(header::CONTENT_LENGTH, total).body(Bytes::new()),
            (_, Some((from, to))) => answer
                .status(StatusCode::PARTIAL_CONTENT)
                .header(header::CONTENT_RANGE, format!("bytes {from}-{}/{total}", to - 1))
                .body(file.slice(from..to)),
            (_, None) => answer.header(header::CONTENT_LENGTH, total).body(file),
        };
        Some(answer.unwrap())
    }

    /// The sandbox's way to fetch these files.
    pub(super) fn fetch(&self) -> sandbox::Fetch {
        let files = self.clone();
        Arc::new(move |url| {
            let fetched = files.find(&url).map(|file| sandbox::Fetched {
                content_type: content_type(&file).into(),
                bytes: file.len() as u64,
                head: file.slice(..file.len().min(sandbox::HEAD)),
            });
            Box::pin(std::future::ready(fetched))
        })
    }
}

fn content_type(file: &[u8]) -> &'static str {
    let other = if file.starts_with(b"<") { "text/html" } else { "application/octet-stream" };
    Format::sniff(file).map_or(other, Format::content_type)
}

/// The start of a film of ten seconds, 540x960, in a file of `bytes` bytes. Any bytes may follow.
pub(crate) fn film_head(bytes: usize) -> Vec<u8> {
    let boxed = |name: &[u8; 4], parts: &[&[u8]]| {
        let content = parts.concat();
        [&u32::try_from(8 + content.len()).unwrap().to_be_bytes(), name.as_slice(), &content].concat()
    };
    let mvhd = boxed(b"mvhd", &[&[0; 12], &[0, 0, 0, 1, 0, 0, 0, 10], &[0; 80]]);
    let tkhd =
        boxed(b"tkhd", &[&[0; 40], &[0, 1, 0, 0], &[0; 12], &[0, 1, 0, 0], &[0; 16], &[2, 28, 0, 0, 3, 192, 0, 0]]);
    let mdia = boxed(b"mdia", &[&boxed(b"hdlr", &[&[0; 8], b"vide", &[0; 13]])]);
    let moov = boxed(b"moov", &[&mvhd, &boxed(b"trak", &[&tkhd, &mdia])]);
    let mut head = [boxed(b"ftyp", &[b"isom\0\0\x02\0isomiso2avc1mp41"]), moov].concat();
    head.extend(u32::try_from(bytes - head.len()).unwrap().to_be_bytes());
    head.extend(b"mdat");
    head
}
