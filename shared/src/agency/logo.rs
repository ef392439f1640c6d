//! An agency's logo: a small raster image. Its type is checked against its bytes, not only declared.

use data_encoding::BASE64;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The image's type. Vector images are excluded because they can contain scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Png,
    Jpeg,
    Webp,
}

impl Format {
    pub const ALL: [Self; 3] = [Self::Png, Self::Jpeg, Self::Webp];

    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// Whether the bytes begin and end as a file of this format does: neither truncated nor followed by other data.
    fn is_whole(self, bytes: &[u8]) -> bool {
        match self {
            Self::Png => {
                bytes.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") && bytes.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82")
            }
            Self::Jpeg => bytes.starts_with(b"\xff\xd8\xff") && bytes.ends_with(b"\xff\xd9"),
            Self::Webp => {
                let length = bytes.get(4..8).and_then(|length| Some(u32::from_le_bytes(length.try_into().ok()?)));
                bytes.starts_with(b"RIFF")
                    && bytes.get(8..15) == Some(b"WEBPVP8")
                    && length.and_then(|length| usize::try_from(length).ok()?.checked_add(8)) == Some(bytes.len())
            }
        }
    }
}

/// A logo's metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    pub format: Format,
    pub bytes: usize,
    /// In pixels.
    pub width: usize,
    pub height: usize,
}

/// A logo with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoFile {
    pub logo: Logo,
    pub bytes: Vec<u8>,
}

/// Standard base64 with padding, whose unused bits are zero.
const PADDED_BASE64: &str = "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?";

impl JsonSchema for LogoFile {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "LogoFile".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let types = Format::ALL.map(Format::content_type).join("|");
        let (most, side) = (Self::MAX / 1024, Self::MAX_SIDE);
        let rule = format!("An image as a `data:` URL, of at most {most} KiB and {side} × {side} pixels.");
        json_schema!({
            "type": "string", "description": rule,
            "pattern": format!("^data:({types});base64,{PADDED_BASE64}$"),
            "examples": [Self::EXAMPLE],
        })
    }
}

impl LogoFile {
    /// In bytes.
    pub const MAX: usize = 100 * 1024;
    /// One white pixel.
    pub const EXAMPLE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg==";
    /// Width and height, in pixels.
    pub const MAX_SIDE: usize = 2_000;

    /// Reads a `data:` URL.
    ///
    /// # Errors
    /// The broken rule, in words for the caller.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (format, encoded) = Format::ALL
            .into_iter()
            .find_map(|format| {
                let rest = text.strip_prefix("data:")?.strip_prefix(format.content_type())?;
                Some((format, rest.strip_prefix(";base64,")?))
            })
            .ok_or("must be data:image/png;base64,… with a PNG, or the same with jpeg or webp")?;
        let bytes =
            BASE64.decode(encoded.as_bytes()).map_err(|_| "must be base64 behind the comma, with its padding")?;
        if bytes.len() > Self::MAX {
            return Err("must have at most 100 KiB");
        }
        if !format.is_whole(&bytes) {
            return Err("must be one whole image of the type that it names");
        }
        let size = imagesize::blob_size(&bytes).map_err(|_| "must be an image whose size can be read")?;
        let side = 1..=Self::MAX_SIDE;
        if !side.contains(&size.width) || !side.contains(&size.height) {
            return Err("must be at most 2000 pixels wide and high");
        }
        let logo = Logo { format, bytes: bytes.len(), width: size.width, height: size.height };
        Ok(Self { logo, bytes })
    }
}

#[cfg(test)]
mod tests;
