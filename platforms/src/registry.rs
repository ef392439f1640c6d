//! The adapter, the spec and the options of each platform, by its id.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use crate::{Adapter, PlatformId, Spec, bluesky, instagram, options, tiktok, x};

/// The adapter of a platform.
#[must_use]
pub const fn adapter(platform: PlatformId) -> &'static dyn Adapter {
    match platform {
        PlatformId::Bluesky => &bluesky::Bluesky,
        PlatformId::Instagram => &instagram::Instagram,
        PlatformId::TikTok => &tiktok::TikTok,
        PlatformId::X => &x::X,
    }
}

/// The facts of a platform.
#[must_use]
pub fn spec(platform: PlatformId) -> &'static Spec {
    adapter(platform).spec()
}

/// The JSON Schema of `platformOptions`: an object with the options of each platform.
pub fn options_schema(_: &mut SchemaGenerator) -> Schema {
    let platforms: Map<String, Value> = PlatformId::ALL
        .into_iter()
        .map(|platform| {
            let adapter = adapter(platform);
            (platform.as_str().to_owned(), options::schema(adapter.spec().options, adapter.exempting_option()))
        })
        .collect();
    json_schema!({ "type": "object", "properties": platforms, "additionalProperties": false })
}
