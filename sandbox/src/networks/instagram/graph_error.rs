//! Errors of the Graph API.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;

use super::graph_errors::DOCUMENTED;
use crate::reply::{self, Reply};

pub(crate) struct GraphError {
    code: i64,
    subcode: Option<i64>,
    status: u16,
    /// For the developer.
    message: String,
    /// Title and message for the person, if Meta documents them.
    user_title: Option<&'static str>,
    user_message: Option<String>,
}

impl GraphError {
    /// The error with this code and subcode, with Meta's texts if they are documented.
    pub(crate) fn of(code: i64, subcode: Option<i64>) -> Self {
        let documented = DOCUMENTED.iter().find(|error| error.code == code && error.subcode == subcode);
        match documented {
            Some(error) => Self {
                code,
                subcode,
                status: error.status,
                message: error.message.to_owned(),
                user_title: error.for_user.map(|texts| texts.0),
                user_message: error.for_user.map(|texts| texts.1.to_owned()),
            },
            None => {
                let message = format!("(#{code}) An unknown error has occurred.");
                Self { code, subcode, status: 400, message, user_title: None, user_message: None }
            }
        }
    }

    /// The object does not exist, or the caller may not see it.
    pub(crate) fn no_such(id: &str) -> Self {
        Self::of(100, Some(33)).with_message(&format!(
            "Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation"
        ))
    }

    /// Replaces the message for the person or, if there is none, the message for the developer.
    pub(crate) fn with_message(mut self, message: &str) -> Self {
        match &mut self.user_message {
            Some(user_message) => message.clone_into(user_message),
            None => message.clone_into(&mut self.message),
        }
        self
    }

    pub(crate) fn reply(self) -> Reply {
        let mut error = json!({ "message": self.message, "type": "OAuthException", "code": self.code });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        error["is_transient"] = matches!(self.code, 1 | 2).into();
        if let (Some(title), Some(message)) = (self.user_title, self.user_message) {
            error["error_user_title"] = title.into();
            error["error_user_msg"] = message.into();
        }
        error["fbtrace_id"] = "AsAnDbOxTrAcEoFnOtHiNg".into();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        reply::json(status, &json!({ "error": error }))
    }
}

pub(crate) fn unknown_path(request: &Request<Bytes>) -> Reply {
    let method = request.method().as_str().to_ascii_lowercase();
    GraphError::of(100, None)
        .with_message(&format!("Unsupported request - method type: {method}, or unknown path"))
        .reply()
}
