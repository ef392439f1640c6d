//! Reads the functions from `template.yaml`.

use serde_yaml_ng::Value;

pub(crate) struct Function {
    /// The name of the folder under `functions/` and of the binary.
    pub(crate) name: String,
    /// The name of the resource in the template.
    pub(crate) resource: String,
    pub(crate) trigger: Trigger,
}

/// What calls a function.
pub(crate) enum Trigger {
    Routes(Vec<Route>),
    /// Requests that match no route.
    Default,
    Queue,
    Schedule,
    /// Requests of a separate gateway, whose responses are not changed.
    OwnGateway,
}

pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
}

impl Function {
    /// The crate's name in Rust.
    pub(crate) fn krate(&self) -> String {
        self.name.replace('-', "_")
    }

    pub(crate) fn routes(&self) -> &[Route] {
        match &self.trigger {
            Trigger::Routes(routes) => routes,
            _ => &[],
        }
    }
}

/// All functions, in the order of the template.
pub(crate) fn read(template: &str) -> Option<Vec<Function>> {
    let template: Value = serde_yaml_ng::from_str(template).ok()?;
    let resources = template.get("Resources")?.as_mapping()?;
    let is = |resource: &Value, kind: &str| resource.get("Type").and_then(Value::as_str) == Some(kind);
    let queued: Vec<&str> = resources
        .values()
        .filter(|resource| is(resource, "AWS::Lambda::EventSourceMapping"))
        .filter_map(|mapping| reference(mapping.get("Properties")?.get("FunctionName")?))
        .collect();
    let functions = resources.iter().filter(|(_, resource)| is(resource, "AWS::Serverless::Function"));
    functions.map(|(resource, function)| one(resource.as_str()?, function, &queued)).collect()
}

fn one(resource: &str, function: &Value, queued: &[&str]) -> Option<Function> {
    let name = function.get("Metadata")?.get("BuildProperties")?.get("Binary")?.as_str()?;
    let events = function.get("Properties")?.get("Events").and_then(Value::as_mapping);
    let (mut routes, mut trigger) = (Vec::new(), None);
    for event in events.into_iter().flat_map(|events| events.values()) {
        let properties = event.get("Properties")?;
        match event.get("Type")?.as_str()? {
            "HttpApi" if properties.get("Path")?.as_str()? == "$default" => trigger = Some(Trigger::Default),
            "HttpApi" => routes.push(Route {
                method: properties.get("Method")?.as_str()?.to_owned(),
                path: properties.get("Path")?.as_str()?.to_owned(),
            }),
            "ScheduleV2" => trigger = Some(Trigger::Schedule),
            _ => return None,
        }
    }
    let trigger = match trigger {
        Some(trigger) => trigger,
        None if !routes.is_empty() => Trigger::Routes(routes),
        None if queued.contains(&resource) => Trigger::Queue,
        None => Trigger::OwnGateway,
    };
    Some(Function { name: name.to_owned(), resource: resource.to_owned(), trigger })
}

/// The name in a `!Ref`.
fn reference(value: &Value) -> Option<&str> {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str(),
        _ => None,
    }
}
