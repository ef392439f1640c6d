//! The form of a request to a token endpoint. Each platform words the errors in its own way.

use bytes::Bytes;
use http::Request;

use crate::{content_type, fields::Fields};

#[derive(Debug)]
pub(crate) enum FormError {
    /// The content type is not that of a form.
    NotAForm,
    Repeated(String),
    Missing(&'static str),
    Unknown(String),
}

pub(crate) struct TokenForm(Fields);

impl TokenForm {
    pub(crate) fn read(request: &Request<Bytes>) -> Result<Self, FormError> {
        if !content_type::is(request, content_type::FORM) {
            return Err(FormError::NotAForm);
        }
        Fields::read(request.body()).map(Self).map_err(|repeated| FormError::Repeated(repeated.0))
    }

    /// The value of a parameter that is present and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<&str, FormError> {
        self.get(name).ok_or(FormError::Missing(name))
    }

    /// Refuses parameters that are not in `known`.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), FormError> {
        match self.0.other_than(known) {
            Some((name, _)) => Err(FormError::Unknown(name.to_owned())),
            None => Ok(()),
        }
    }
}
