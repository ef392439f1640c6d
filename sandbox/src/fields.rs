//! Parameters of a query or a form. A repeated name is an error, because readers would disagree about its value.

use std::collections::BTreeMap;

#[derive(Debug)]
pub(crate) struct Fields(BTreeMap<String, String>);

/// A parameter is repeated: its name.
#[derive(Debug)]
pub(crate) struct RepeatedField(pub(crate) String);

impl Fields {
    pub(crate) fn read(encoded: &[u8]) -> Result<Self, RepeatedField> {
        let mut fields = Self(BTreeMap::new());
        fields.append(encoded)?;
        Ok(fields)
    }

    pub(crate) fn append(&mut self, encoded: &[u8]) -> Result<(), RepeatedField> {
        url::form_urlencoded::parse(encoded)
            .try_for_each(|(name, value)| self.add(name.into_owned(), value.into_owned()))
    }

    pub(crate) fn add(&mut self, name: String, value: String) -> Result<(), RepeatedField> {
        if self.0.contains_key(&name) {
            return Err(RepeatedField(name));
        }
        self.0.insert(name, value);
        Ok(())
    }

    /// The value of a parameter that is present and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The first parameter, with its value, that is not in `known`.
    pub(crate) fn other_than(&self, known: &[&str]) -> Option<(&str, &str)> {
        self.0
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
