//! How the Graph API says no: code and subcode, and Meta's words for those that are known.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::known::KNOWN;
use crate::reply::{self, Reply};

pub(crate) struct Failure {
    code: i64,
    subcode: Option<i64>,
    status: u16,
    /// For the developer.
    message: String,
    /// For the person, if Meta has words for them.
    title: Option<&'static str>,
    told: Option<String>,
}

impl Failure {
    /// This error, in Meta's words if they are known.
    pub(crate) fn of(code: i64, subcode: Option<i64>) -> Self {
        let known = KNOWN.iter().find(|known| known.code == code && known.subcode == subcode);
        match known {
            Some(known) => Self {
                code,
                subcode,
                status: known.status,
                message: known.message.to_owned(),
                title: known.told.map(|told| told.0),
                told: known.told.map(|told| told.1.to_owned()),
            },
            None => {
                let message = format!("(#{code}) An unknown error has occurred.");
                Self { code, subcode, status: 400, message, title: None, told: None }
            }
        }
    }

    /// There is no such object, or it is not the caller's to see.
    pub(crate) fn no_such(id: &str) -> Self {
        Self::of(100, Some(33)).saying(&format!(
            "Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation"
        ))
    }

    /// With other words: for the person if Meta has some for them, or else for the developer.
    pub(crate) fn saying(mut self, words: &str) -> Self {
        match &mut self.told {
            Some(told) => words.clone_into(told),
            None => words.clone_into(&mut self.message),
        }
        self
    }

    pub(crate) fn reply(self) -> Reply {
        let mut error = json!({ "message": self.message, "type": "OAuthException", "code": self.code });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        error["is_transient"] = matches!(self.code, 1 | 2).into();
        if let (Some(title), Some(told)) = (self.title, self.told) {
            error["error_user_title"] = title.into();
            error["error_user_msg"] = told.into();
        }
        error["fbtrace_id"] = "AsAnDbOxTrAcEoFnOtHiNg".into();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        reply::json(status, &json!({ "error": error }))
    }
}

pub(crate) fn unknown_path(request: &Request<Bytes>) -> Reply {
    let method = request.method().as_str().to_ascii_lowercase();
    Failure::of(100, None).saying(&format!("Unsupported request - method type: {method}, or unknown path")).reply()
}
