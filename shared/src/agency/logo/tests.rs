//! Images that match their declared type, and files that do not.

use super::*;

fn url(kind: &str, bytes: &[u8]) -> String {
    format!("data:image/{kind};base64,{}", BASE64.encode(bytes))
}

/// Header and trailer of a PNG of that size: all that the parser looks at.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x06\0\0\0crc-\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

/// The same for a JPEG: a segment to skip, then the frame.
fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08".to_vec();
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x01\x01\x11\0\xff\xd9");
    bytes
}

/// The same for a WebP with an extended header.
fn webp(width: u32, height: u32) -> Vec<u8> {
    let mut body = b"WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
    body.extend(&(width - 1).to_le_bytes()[..3]);
    body.extend(&(height - 1).to_le_bytes()[..3]);
    let mut bytes = b"RIFF".to_vec();
    bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    bytes.extend(body);
    bytes
}

fn refused(text: &str) -> &'static str {
    LogoFile::parse(text).expect_err(text)
}

#[test]
fn a_raster_image_is_accepted_and_its_size_is_read() {
    for (kind, bytes) in [("png", png(2000, 1)), ("jpeg", jpeg(2000, 1)), ("webp", webp(2000, 1))] {
        let file = LogoFile::parse(&url(kind, &bytes)).unwrap();
        assert_eq!(file.logo.format.content_type(), format!("image/{kind}"));
        assert_eq!((file.logo.width, file.logo.height, file.logo.bytes), (2000, 1, bytes.len()));
        assert_eq!(file.bytes, bytes);
    }
}

#[test]
fn an_image_is_at_most_2000_pixels_wide_and_high_and_not_empty() {
    for (kind, bytes) in [
        ("png", png(2001, 1)),
        ("png", png(1, 2001)),
        ("png", png(0, 1)),
        ("png", png(1, u32::MAX)),
        ("jpeg", jpeg(2001, 1)),
        ("jpeg", jpeg(1, 0)),
        ("webp", webp(1, 2001)),
    ] {
        assert_eq!(refused(&url(kind, &bytes)), "must be at most 2000 pixels wide and high");
    }
}

#[test]
fn an_image_has_at_most_100_kib() {
    let sized = |length: usize| {
        let mut bytes = jpeg(1, 1);
        let end = bytes.len() - 2;
        bytes.splice(end..end, std::iter::repeat_n(0, length - bytes.len()));
        url("jpeg", &bytes)
    };
    assert!(LogoFile::parse(&sized(100 * 1024)).is_ok());
    assert_eq!(refused(&sized(100 * 1024 + 1)), "must have at most 100 KiB");
}

#[test]
fn a_file_that_is_not_a_raster_image_is_refused_whatever_type_it_declares() {
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".as_slice();
    let html = b"<!doctype html><script>alert(1)</script>".as_slice();
    for kind in ["png", "jpeg", "webp"] {
        for bytes in [svg, html, b"GIF89a\x01\0\x01\0\0\0\0;", b"%PDF-1.7", b"BM", b""] {
            assert_eq!(refused(&url(kind, bytes)), "must be one whole image of the type that it names");
        }
    }
    for kind in ["svg+xml", "gif", "x-icon", "jpg", "PNG", "", "png;charset=utf-8", "png;base64,aaaa"] {
        assert!(refused(&url(kind, &png(1, 1))).starts_with("must be "), "{kind}");
    }
    for text in ["", "data:", "https://example.com/logo.png", "data:text/html;base64,AAAA", "data:image/png,AAAA"] {
        assert!(refused(text).starts_with("must be data:image/png;base64,"), "{text}");
    }
    for encoded in ["?", "AAA", "AA\nAA", "AAAA "] {
        assert!(refused(&format!("data:image/png;base64,{encoded}")).starts_with("must be base64"), "{encoded}");
    }
}

#[test]
fn an_image_of_another_type_than_declared_is_refused() {
    let images = [("png", png(1, 1)), ("jpeg", jpeg(1, 1)), ("webp", webp(1, 1))];
    for (named, _) in &images {
        for (is, bytes) in &images {
            assert_eq!(LogoFile::parse(&url(named, bytes)).is_ok(), named == is, "{is} as {named}");
        }
    }
}

#[test]
fn a_truncated_image_or_one_with_trailing_data_is_refused() {
    for (kind, bytes) in [("png", png(1, 1)), ("jpeg", jpeg(1, 1)), ("webp", webp(1, 1))] {
        for length in 0..bytes.len() {
            refused(&url(kind, &bytes[..length]));
        }
        let behind = [&bytes[..], b"<script>alert(1)</script>"].concat();
        refused(&url(kind, &behind));
        let before = [b"GIF89a".as_slice(), &bytes].concat();
        refused(&url(kind, &before));
    }
}

#[test]
fn a_header_without_a_readable_size_is_refused() {
    for bytes in [
        b"\xff\xd8\xff\xd9".as_slice(),
        b"\xff\xd8\xff\xe0\0\0\xff\xd9",
        b"\xff\xd8\xff\xe0\xff\xff\xff\xd9",
        b"\xff\xd8\xff\xc0\xff\xd9",
        b"\xff\xd8\xff\xe0\0\x02\xff\xd9\xff\xd9",
    ] {
        refused(&url("jpeg", bytes));
    }
    for bytes in [b"RIFF\x08\0\0\0WEBPVP8X".as_slice(), b"RIFF\x0a\0\0\0WEBPVP8?\0\0", b"RIFF\x08\0\0\0WEBPVP8 "] {
        refused(&url("webp", bytes));
    }
    refused(&url("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0IEND\xae\x42\x60\x82"));
}
