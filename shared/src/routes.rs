//! The routes, read from `template.yaml`: the only route table there is. For the servers that stand in for the gateway,
//! and for the function that answers what no route takes.

use std::collections::HashMap;

use serde_yaml_ng::Value;

/// The template of this very build.
pub const TEMPLATE: &str = include_str!("../../template.yaml");

/// One route of the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// `GET`, `POST`, …
    pub method: String,
    /// `/v1/clients/{clientId}`
    pub path: String,
    /// The folder under `functions/`, which is the binary's name.
    pub function: String,
}

/// All routes, and the function that takes the rest.
#[derive(Debug, Clone)]
pub struct Routes {
    pub routes: Vec<Route>,
    pub default: String,
}

impl Routes {
    /// # Panics
    /// If this build's template is not one: a test would have failed.
    #[must_use]
    pub fn of_this_build() -> Self {
        Self::parse(TEMPLATE).expect("template.yaml is a SAM template with a $default route")
    }

    fn parse(template: &str) -> Option<Self> {
        let template: Value = serde_yaml_ng::from_str(template).ok()?;
        let (mut routes, mut default) = (Vec::new(), None);
        for resource in template.get("Resources")?.as_mapping()?.values() {
            let Some(function) =
                resource.get("Metadata").and_then(|it| it.get("BuildProperties")?.get("Binary")?.as_str())
            else {
                continue;
            };
            let events = resource.get("Properties").and_then(|it| it.get("Events")?.as_mapping());
            for event in events.into_iter().flat_map(|events| events.values()) {
                if event.get("Type").and_then(Value::as_str) != Some("HttpApi") {
                    continue;
                }
                let properties = event.get("Properties")?;
                match properties.get("Path")?.as_str()? {
                    "$default" => default = Some(function.to_owned()),
                    path => routes.push(Route {
                        method: properties.get("Method")?.as_str()?.to_uppercase(),
                        path: path.to_owned(),
                        function: function.to_owned(),
                    }),
                }
            }
        }
        Some(Self { routes, default: default? })
    }

    /// The function for a request, and its path parameters, percent-decoded as the gateway hands them over.
    #[must_use]
    pub fn find(&self, method: &str, path: &str) -> (&str, HashMap<String, Vec<String>>) {
        self.routes
            .iter()
            .filter(|route| route.method == method)
            .find_map(|route| Some((route.function.as_str(), matches(&route.path, path)?)))
            .unwrap_or_else(|| (&self.default, HashMap::new()))
    }

    /// The methods that a path takes.
    #[must_use]
    pub fn methods(&self, path: &str) -> Vec<&str> {
        let mut methods: Vec<&str> = self
            .routes
            .iter()
            .filter(|route| matches(&route.path, path).is_some())
            .map(|route| route.method.as_str())
            .collect();
        methods.sort_unstable();
        methods.dedup();
        methods
    }
}

/// The parameters, if the path is one of the pattern's. A parameter is one whole segment.
fn matches(pattern: &str, path: &str) -> Option<HashMap<String, Vec<String>>> {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    let mut parameters = HashMap::new();
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return Some(parameters),
            (Some(wanted), Some(segment)) => {
                let name = wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
                match name {
                    Some(name) if !segment.is_empty() => {
                        parameters.insert(name.to_owned(), vec![decode(segment)]);
                    }
                    None if wanted == segment => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}

fn decode(segment: &str) -> String {
    // A form's decoder, but for the plus sign, which in a path is itself.
    let text = segment.replace('+', "%2B");
    url::form_urlencoded::parse(format!("s={text}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_function_and_parameters() {
        let routes = Routes::of_this_build();
        assert_eq!(routes.find("POST", "/v1/clients").0, "create-client");
        let (function, parameters) = routes.find("POST", "/v1/clients/cl_1/connect-invites");
        assert_eq!((function, parameters["clientId"][0].as_str()), ("mint-invite", "cl_1"));
        assert_eq!(routes.find("GET", "/v1/clients/a%20b+c").1["clientId"][0], "a b+c");
        for (method, path) in
            [("GET", "/"), ("PUT", "/v1/clients"), ("GET", "/v1/clients/"), ("GET", "/v1/clients/a/b")]
        {
            assert_eq!(routes.find(method, path).0, "no-route", "{method} {path}");
        }
        assert_eq!(routes.methods("/v1/clients"), ["GET", "POST"]);
        assert!(routes.methods("/nowhere").is_empty());
    }
}
