//! What an app posts to a token endpoint, read strictly. Each platform has its own words for what is wrong with it.

use bytes::Bytes;
use http::Request;

use crate::{content_type, fields::Fields};

#[derive(Debug)]
pub(crate) enum Wrong {
    /// It is no form, or does not say that it is.
    NoForm,
    /// The name of a parameter that is given twice.
    Repeated(String),
    Missing(&'static str),
    Unknown(String),
}

pub(crate) struct Form(Fields);

impl Form {
    pub(crate) fn read(request: &Request<Bytes>) -> Result<Self, Wrong> {
        if !content_type::is(request, content_type::FORM) {
            return Err(Wrong::NoForm);
        }
        Fields::read(request.body()).map(Self).map_err(|repeated| Wrong::Repeated(repeated.0))
    }

    /// The value, if it was given and is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<&str, Wrong> {
        self.get(name).ok_or(Wrong::Missing(name))
    }

    /// Whether every parameter is one of these.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Wrong> {
        match self.0.other_than(known) {
            Some((name, _)) => Err(Wrong::Unknown(name.to_owned())),
            None => Ok(()),
        }
    }
}
