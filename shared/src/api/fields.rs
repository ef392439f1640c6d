//! Reads a JSON object field by field and collects all errors, so that one response names every invalid field. A field
//! that was not read is unknown and refused by name.

mod values;

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Error, FieldError};

pub use values::{one_of, text, time, whole};

/// A JSON object that is being read.
pub struct Fields {
    path: String,
    /// All fields. One that was read keeps its place and loses its value, because removing it would move all that follow.
    all: Map<String, Value>,
    read: HashSet<String>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// # Errors
    /// 422 if the body is not an object.
    pub fn of(body: Value) -> Result<Self, Error> {
        match body {
            Value::Object(all) => Ok(Self::new(String::new(), all)),
            _ => Err(Error::invalid(vec![FieldError { path: String::new(), message: "must be an object".into() }])),
        }
    }

    fn new(path: String, all: Map<String, Value>) -> Self {
        Self { path, all, read: HashSet::new(), errors: Vec::new() }
    }

    /// The value of a field that is not read yet.
    fn take(&mut self, name: &str) -> Option<Value> {
        let value = self.all.get_mut(name)?;
        self.read.insert(name.to_owned()).then(|| value.take())
    }

    /// Reads a required field. `None` means that an error is recorded, so [`Self::done`] will fail.
    pub fn required<T>(&mut self, name: &str, parse: impl FnOnce(Value) -> Result<T, String>) -> Option<T> {
        match self.take(name) {
            Some(value) => self.parse(name, value, parse),
            None => {
                self.fault(name, "is required");
                None
            }
        }
    }

    /// Reads an optional field.
    pub fn optional<T>(&mut self, name: &str, parse: impl FnOnce(Value) -> Result<T, String>) -> Option<T> {
        let value = self.take(name)?;
        self.parse(name, value, parse)
    }

    /// Reads a required nested object with `read`. Its errors are added to those of this object.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let value = self.required(name, Ok)?;
        self.within(name, value, read)
    }

    /// Reads an optional nested object.
    pub fn optional_object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let value = self.take(name)?;
        self.within(name, value, read)
    }

    /// Reads an optional list of objects, each with `read`.
    pub fn optional_list<T>(
        &mut self,
        name: &str,
        most: usize,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let list = self.optional(name, |value| match value {
            Value::Array(list) if list.len() <= most => Ok(list),
            _ => Err(format!("must be a list of at most {most} objects")),
        })?;
        let mut all = Vec::with_capacity(list.len());
        for (n, value) in list.into_iter().enumerate() {
            all.push(self.within(&format!("{name}[{n}]"), value, &mut read));
        }
        all.into_iter().collect()
    }

    /// The names of the fields that are not read yet.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.all.keys().filter(|name| !self.read.contains(*name)).cloned().collect()
    }

    /// Records an error of a field, or of an element in it (`accountIds[2]`).
    pub fn fault(&mut self, name: &str, message: impl Into<String>) {
        let path = self.at(name);
        self.errors.push(FieldError { path, message: message.into() });
    }

    /// # Errors
    /// 422 with the errors, including unknown fields.
    pub fn done(mut self) -> Result<(), Error> {
        self.refuse_unknown();
        if self.errors.is_empty() { Ok(()) } else { Err(Error::invalid(self.errors)) }
    }

    fn parse<T>(&mut self, name: &str, value: Value, parse: impl FnOnce(Value) -> Result<T, String>) -> Option<T> {
        parse(value).map_err(|message| self.fault(name, message)).ok()
    }

    /// Reads the object at a place: a field, or an element of a list.
    fn within<T>(&mut self, place: &str, value: Value, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let Value::Object(all) = value else {
            self.fault(place, "must be an object");
            return None;
        };
        let mut inner = Self::new(self.at(place), all);
        let read = read(&mut inner);
        inner.refuse_unknown();
        self.errors.append(&mut inner.errors);
        read
    }

    fn refuse_unknown(&mut self) {
        for name in self.names() {
            self.fault(&name, "is not a known field");
        }
    }

    fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_response_names_every_error() {
        let mut fields =
            Fields::of(json!({ "name": 1, "inner": { "hours": 1.5, "odd": 0, "even": 0 }, "c": 1, "b": 2, "a": 3 }))
                .unwrap();
        let _ = fields.required("name", text);
        let _ = fields.required("missing", text);
        let _ = fields.object("inner", |inner| inner.required("hours", whole(1..=3)));
        let error = fields.done().unwrap_err();
        let faults: Vec<_> = error.fields.iter().map(|f| (f.path.as_str(), f.message.as_str())).collect();
        assert_eq!(
            faults,
            [
                ("name", "must be a string"),
                ("missing", "is required"),
                ("inner.hours", "must be a whole number from 1 to 3"),
                ("inner.odd", "is not a known field"),
                ("inner.even", "is not a known field"),
                ("c", "is not a known field"),
                ("b", "is not a known field"),
                ("a", "is not a known field"),
            ]
        );
    }

    #[test]
    fn a_response_lists_at_most_a_hundred_errors_and_says_how_many_there_are() {
        let detail = |count: usize| {
            let body = (0..count).map(|n| (n.to_string(), Value::Null)).collect::<Map<_, _>>();
            let error = Fields::of(Value::Object(body)).unwrap().done().unwrap_err();
            (error.fields.len(), error.detail)
        };
        assert_eq!(detail(1), (1, "1 field is at fault.".into()));
        assert_eq!(detail(100), (100, "100 fields are at fault.".into()));
        assert_eq!(detail(30_000), (100, "30000 fields are at fault. The first 100 are listed.".into()));
    }

    /// A field named `list[0]` has the same path as the first element of `list`, and is still reported as unknown.
    #[test]
    fn a_field_named_like_a_list_element_is_unknown() {
        let mut fields = Fields::of(json!({ "list": [{}], "list[0]": 1 })).unwrap();
        assert_eq!(fields.optional_list("list", 1, |_| Some(())), Some(vec![()]));
        let error = fields.done().unwrap_err();
        assert_eq!((error.fields.len(), error.fields[0].path.as_str()), (1, "list[0]"));
    }

    #[test]
    fn a_body_that_is_not_an_object_has_an_empty_path() {
        assert_eq!(Fields::of(json!([])).err().unwrap().fields[0].path, "");
    }
}
