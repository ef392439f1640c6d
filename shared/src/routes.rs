//! The route table, read from `template.yaml`, for the servers that stand in for the gateway and for the function behind
//! `$default`.

use std::collections::{BTreeMap, HashMap};

use matchit::Router;
use percent_encoding::percent_decode_str;
use serde_yaml_ng::Value;

/// `template.yaml` as of this build.
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

/// All routes in the template's order, and the function behind `$default`.
#[derive(Debug, Clone)]
pub struct Routes {
    pub routes: Vec<Route>,
    pub default: String,
    /// The function of each path, by method.
    routers: BTreeMap<String, Router<String>>,
}

impl Routes {
    /// # Panics
    /// If this build's template has no `$default` route, or two routes that conflict.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the template is part of the build")]
    pub fn of_this_build() -> Self {
        Self::parse(TEMPLATE).expect("template.yaml is a SAM template with a $default route, and no routes conflict")
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
        let mut routers: BTreeMap<String, Router<String>> = BTreeMap::new();
        for Route { method, path, function } in &routes {
            routers.entry(method.clone()).or_default().insert(path, function.clone()).ok()?;
        }
        Some(Self { routes, default: default?, routers })
    }

    /// The function for a request, and its path parameters, percent-decoded as the gateway passes them.
    #[must_use]
    pub fn find(&self, method: &str, path: &str) -> (&str, HashMap<String, Vec<String>>) {
        let Some(found) = self.routers.get(method).and_then(|router| router.at(path).ok()) else {
            return (&self.default, HashMap::new());
        };
        let decode = |value| vec![percent_decode_str(value).decode_utf8_lossy().into_owned()];
        let parameters = found.params.iter().map(|(name, value)| (name.to_owned(), decode(value)));
        (found.value, parameters.collect())
    }

    /// The methods that a path takes, in alphabetical order.
    #[must_use]
    pub fn methods(&self, path: &str) -> Vec<&str> {
        let takes = self.routers.iter().filter(|(_, router)| router.at(path).is_ok());
        takes.map(|(method, _)| method.as_str()).collect()
    }
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

    #[test]
    fn a_static_segment_wins_for_its_method_only() {
        let routes = Routes::of_this_build();
        assert_eq!(routes.find("POST", "/v1/posts/validate").0, "validate-post");
        assert_eq!(routes.find("GET", "/v1/posts/validate").0, "get-post");
        assert_eq!(routes.methods("/v1/posts/validate"), ["DELETE", "GET", "PATCH", "POST"]);
        let parsed =
            parse(&[("GET", "/a/{id}", "one"), ("GET", "/a/b", "fixed"), ("GET", "/a/{id}/c", "below")]).unwrap();
        assert_eq!(parsed.find("GET", "/a/b").0, "fixed");
        assert_eq!(parsed.find("GET", "/a/b/c"), ("below", HashMap::from([("id".into(), vec!["b".into()])])));
    }

    #[test]
    fn a_parameter_is_one_whole_segment_that_is_not_empty() {
        let routes = Routes::of_this_build();
        for path in ["/v1/posts/", "/v1/posts//retry", "/v1/posts/a/b/retry", "/v1/posts/a/retry/", "//v1/posts"] {
            assert!(routes.methods(path).is_empty(), "{path}");
        }
        let decoded =
            [("a%2Fb", "a/b"), ("a&b=c", "a&b=c"), ("%7Bid%7D", "{id}"), ("100%", "100%"), ("%FF", "\u{fffd}")];
        for (segment, decoded) in decoded {
            let path = format!("/v1/posts/{segment}");
            assert_eq!(routes.find("GET", &path).1["postId"], [decoded], "{segment}");
        }
    }

    #[test]
    fn a_method_is_matched_exactly() {
        let routes = Routes::of_this_build();
        for method in ["HEAD", "get", "ANY", ""] {
            assert_eq!(routes.find(method, "/v1/clients"), ("no-route", HashMap::new()), "{method}");
        }
    }

    #[test]
    fn routes_that_conflict_are_refused() {
        assert!(parse(&[("GET", "/a/{id}", "one"), ("GET", "/a/{name}", "other")]).is_none());
        assert!(parse(&[("GET", "/a/{id}", "one"), ("POST", "/a/{name}", "other")]).is_some());
    }

    /// A template with these routes: method, path and function.
    fn parse(routes: &[(&str, &str, &str)]) -> Option<Routes> {
        let function = |(method, path, function): &(&str, &str, &str)| {
            serde_json::json!({
                "Metadata": { "BuildProperties": { "Binary": function } },
                "Properties": { "Events": { "Route": {
                    "Type": "HttpApi", "Properties": { "Method": method, "Path": path }
                } } },
            })
        };
        let resources = routes.iter().chain([&("ANY", "$default", "no-route")]).map(function);
        let resources: serde_json::Map<_, _> = resources.enumerate().map(|(n, it)| (n.to_string(), it)).collect();
        Routes::parse(&serde_json::json!({ "Resources": resources }).to_string())
    }
}
