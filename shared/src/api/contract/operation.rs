//! One method of one path: its access, parameters, body and all responses.

use http::{Method, StatusCode};
use schemars::JsonSchema;

use super::{Parameter, SchemaOf, schema_of};
use crate::{
    api::{
        Code,
        response::{Many, One},
    },
    scope::Scope,
};

pub struct Operation {
    pub method: Method,
    /// The path as in `template.yaml`.
    pub path: &'static str,
    /// The name in generated clients: the function's name, or, for a function with several routes, what this route does.
    pub id: &'static str,
    /// The group of operations in the document.
    pub tag: &'static str,
    pub summary: &'static str,
    pub description: &'static str,
    pub access: Access,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    pub answers: Vec<Answer>,
    /// The codes of its problem responses.
    pub errors: Vec<Code>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// No credential is required.
    Everyone,
    /// Any valid credential; with a scope, a credential that has it.
    Credential(Option<Scope>),
}

pub struct Body {
    pub content_type: &'static str,
    pub required: bool,
    pub schema: SchemaOf,
}

/// A response other than a problem.
pub struct Answer {
    pub status: StatusCode,
    pub description: String,
    pub content: Content,
    pub headers: Vec<Header>,
}

#[derive(Clone, Copy)]
pub enum Content {
    Json(SchemaOf),
    /// A page for a browser.
    Page,
    /// One of these content types.
    File(&'static [&'static str]),
    Nothing,
}

/// A response header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub name: &'static str,
    pub description: &'static str,
    /// Whether every such response has it.
    pub always: bool,
}

/// Marks a replayed response.
const REPLAYED: Header = Header {
    name: "Idempotent-Replayed",
    description: "`true` if this replays the response to an earlier request with the same idempotency key.",
    always: false,
};

const LOCATION: Header =
    Header { name: "Location", description: "The address to continue at, with a GET.", always: true };

impl Operation {
    fn new(method: Method, path: &'static str, id: &'static str, tag: &'static str, summary: &'static str) -> Self {
        Self {
            method,
            path,
            id,
            tag,
            summary,
            description: "",
            access: Access::Everyone,
            parameters: vec![Parameter::correlation_id()],
            body: None,
            answers: Vec::new(),
            // A panic also gets a response.
            errors: vec![Code::Internal],
        }
    }

    #[must_use]
    pub fn get(path: &'static str, id: &'static str, tag: &'static str, summary: &'static str) -> Self {
        Self::new(Method::GET, path, id, tag, summary)
    }

    /// See [`Self::idempotent`].
    #[must_use]
    pub fn post(path: &'static str, id: &'static str, tag: &'static str, summary: &'static str) -> Self {
        Self::new(Method::POST, path, id, tag, summary)
    }

    #[must_use]
    pub fn patch(path: &'static str, id: &'static str, tag: &'static str, summary: &'static str) -> Self {
        Self::new(Method::PATCH, path, id, tag, summary)
    }

    #[must_use]
    pub fn delete(path: &'static str, id: &'static str, tag: &'static str, summary: &'static str) -> Self {
        Self::new(Method::DELETE, path, id, tag, summary)
    }

    /// Details beyond the summary, in Markdown.
    #[must_use]
    pub fn describe(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Requires a credential that has the scope.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.access = Access::Credential(Some(scope));
        self.error(Code::InsufficientScope).gated()
    }

    /// Accepts any valid credential.
    #[must_use]
    pub fn every_credential(mut self) -> Self {
        self.access = Access::Credential(None);
        self.gated()
    }

    fn gated(self) -> Self {
        let codes = [Code::AmbiguousCredentials, Code::Unauthenticated, Code::RateLimited, Code::Unavailable];
        codes.into_iter().fold(self, Self::error)
    }

    #[must_use]
    pub fn path<T: JsonSchema>(self, name: &'static str, description: &str) -> Self {
        self.parameter(Parameter::path::<T>(name, description))
    }

    /// An optional query parameter.
    #[must_use]
    pub fn query<T: JsonSchema>(self, name: &'static str, description: &str) -> Self {
        self.parameter(Parameter::query::<T>(name, description))
    }

    fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// A JSON body, parsed field by field.
    #[must_use]
    pub fn body<T: JsonSchema>(self) -> Self {
        self.with_body(Body { content_type: "application/json", required: true, schema: schema_of::<T> })
    }

    /// An optional JSON body.
    #[must_use]
    pub fn optional_body<T: JsonSchema>(self) -> Self {
        self.with_body(Body { content_type: "application/json", required: false, schema: schema_of::<T> })
    }

    /// A body sent by a page's form.
    #[must_use]
    pub fn form<T: JsonSchema>(mut self) -> Self {
        let content_type = "application/x-www-form-urlencoded";
        self.body = Some(Body { content_type, required: false, schema: schema_of::<T> });
        self
    }

    fn with_body(mut self, body: Body) -> Self {
        self.body = Some(body);
        let codes = [Code::MalformedJson, Code::PayloadTooLarge, Code::UnsupportedMediaType, Code::ValidationFailed];
        codes.into_iter().fold(self, Self::error)
    }

    /// Requires an idempotency key. A repeated request with the same key gets a replay.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        for answer in &mut self.answers {
            answer.headers.push(REPLAYED);
        }
        let codes = [Code::IdempotencyKeyRequired, Code::IdempotencyKeyInvalid, Code::IdempotencyKeyReused];
        codes.into_iter().fold(self.parameter(Parameter::idempotency_key()), Self::error)
    }

    /// Responds with pages of a list.
    #[must_use]
    pub fn pages<T: JsonSchema>(self, description: &str) -> Self {
        let paged = self.parameter(Parameter::limit()).parameter(Parameter::cursor());
        paged.many::<T>(description).error(Code::CursorInvalid).error(Code::ValidationFailed)
    }

    /// Responds 200 with a complete list.
    #[must_use]
    pub fn many<T: JsonSchema>(self, description: &str) -> Self {
        self.answer(StatusCode::OK, description, Content::Json(schema_of::<Many<T>>))
    }

    #[must_use]
    pub fn one<T: JsonSchema>(self, status: StatusCode, description: &str) -> Self {
        self.answer(status, description, Content::Json(schema_of::<One<T>>))
    }

    #[must_use]
    pub fn answer(mut self, status: StatusCode, description: &str, content: Content) -> Self {
        let headers = if status == StatusCode::SEE_OTHER { vec![LOCATION] } else { Vec::new() };
        self.answers.push(Answer { status, description: description.into(), content, headers });
        self
    }

    /// A problem response.
    #[must_use]
    pub fn error(mut self, code: Code) -> Self {
        if !self.errors.contains(&code) {
            self.errors.push(code);
        }
        self
    }
}
