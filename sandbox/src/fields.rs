//! The parameters of a query or a form, read strictly: a name that is given twice is refused,
//! because two readers of such a request would disagree about what was asked.

use std::collections::BTreeMap;

#[derive(Debug)]
pub(crate) struct Fields(BTreeMap<String, String>);

/// The name of a parameter that was given more than once.
#[derive(Debug)]
pub(crate) struct Repeated(pub(crate) String);

impl Fields {
    pub(crate) fn read(encoded: &[u8]) -> Result<Self, Repeated> {
        let mut fields = Self(BTreeMap::new());
        fields.append(encoded)?;
        Ok(fields)
    }

    pub(crate) fn append(&mut self, encoded: &[u8]) -> Result<(), Repeated> {
        url::form_urlencoded::parse(encoded)
            .try_for_each(|(name, value)| self.add(name.into_owned(), value.into_owned()))
    }

    pub(crate) fn add(&mut self, name: String, value: String) -> Result<(), Repeated> {
        if self.0.contains_key(&name) {
            return Err(Repeated(name));
        }
        self.0.insert(name, value);
        Ok(())
    }

    /// The value, if it was given and is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that is not one of these.
    pub(crate) fn other_than(&self, known: &[&str]) -> Option<(&str, &str)> {
        self.0
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
