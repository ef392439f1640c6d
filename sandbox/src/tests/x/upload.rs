//! A client that uploads media.

use bytes::Bytes;
use http::{Request, header};
use serde_json::{Value, json};

use super::{Received, World};

pub(super) const INITIALIZE: &str = "/api.x.com/2/media/upload/initialize";
pub(super) const METADATA: &str = "/api.x.com/2/media/metadata";

pub(super) const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 an image";
pub(super) const GIF: &[u8] = b"GIF89a and frames";
pub(super) const MP4: &[u8] = b"\0\0\0\x20ftypisom and a film";

/// The name and the value of a form's part.
pub(super) type Part<'a> = (&'a str, &'a [u8]);

/// A request with a form.
pub(super) fn form(access: &str, path: &str, parts: &[Part]) -> Request<Bytes> {
    let mut body = Vec::new();
    for (name, value) in parts {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").into_bytes());
        body.extend(*value);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {access}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(body.into())
        .unwrap()
}

impl World {
    /// The id of a new upload.
    pub(super) async fn initialize(&self, access: &str, media_type: &str, total_bytes: usize) -> String {
        let body = json!({ "media_type": media_type, "total_bytes": total_bytes });
        let reply = self.call(access, INITIALIZE, &body).await.unwrap();
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["data"]["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn append(&self, access: &str, id: &str, index: usize, segment: &[u8]) -> Option<Received> {
        let path = format!("/api.x.com/2/media/upload/{id}/append");
        let index = index.to_string();
        self.ask(form(access, &path, &[("segment_index", index.as_bytes()), ("media", segment)])).await
    }

    pub(super) async fn finalize(&self, access: &str, id: &str) -> Received {
        let request = Request::post(format!("/api.x.com/2/media/upload/{id}/finalize"))
            .header(header::AUTHORIZATION, format!("Bearer {access}"))
            .body(Bytes::new());
        self.ask(request.unwrap()).await.unwrap()
    }

    pub(super) async fn status(&self, access: &str, id: &str) -> Received {
        self.get_as(access, &format!("/api.x.com/2/media/upload?command=STATUS&media_id={id}")).await
    }

    /// The id of a finalized upload of one segment.
    pub(super) async fn upload(&self, access: &str, media_type: &str, file: &[u8]) -> String {
        let id = self.initialize(access, media_type, file.len()).await;
        assert_eq!(self.append(access, &id, 0, file).await.unwrap().status, 200);
        let reply = self.finalize(access, &id).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        id
    }

    pub(super) async fn describe(&self, access: &str, id: &str, text: &str) -> Received {
        let body = json!({ "id": id, "metadata": { "alt_text": { "text": text } } });
        self.call(access, METADATA, &body).await.unwrap()
    }

    pub(super) async fn post_with(&self, access: &str, text: &str, ids: &[&str]) -> Option<Received> {
        self.post(access, &json!({ "text": text, "media": { "media_ids": ids } })).await
    }
}

/// The state of processing in an answer.
pub(super) fn state(reply: &Received) -> Value {
    reply.json()["data"]["processing_info"]["state"].clone()
}

/// X's message about an invalid request.
pub(super) fn complaint(reply: &Received) -> String {
    assert_eq!(reply.status, 400, "{}", reply.body);
    reply.json()["errors"][0]["message"].as_str().unwrap().to_owned()
}
