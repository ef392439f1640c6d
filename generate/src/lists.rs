//! The generated texts.

use std::fmt::Write;

use crate::functions::{Function, Trigger};

/// Maximum width of a line of the dashboard.
const WIDTH: usize = 130;

/// The routes for `cargo lambda watch`, in `Cargo.toml`, because it does not read the template.
pub(crate) fn router(functions: &[Function]) -> String {
    let mut paths: Vec<(&str, Vec<String>)> = Vec::new();
    let mut default = String::new();
    for function in functions {
        for route in function.routes() {
            let target = format!("{{ method = \"{}\", function = \"{}\" }}", route.method, function.name);
            match paths.iter_mut().find(|(path, _)| *path == route.path) {
                Some((_, targets)) => targets.push(target),
                None => paths.push((&route.path, vec![target])),
            }
        }
        if matches!(function.trigger, Trigger::Default) {
            default = format!("# Requests that match no route.\n\"/{{*path}}\" = \"{}\"\n", function.name);
        }
    }
    let lines = paths.iter().map(|(path, targets)| format!("\"{path}\" = [{}]\n", targets.join(", ")));
    lines.chain([default]).collect()
}

/// The functions as dependencies, in `local/Cargo.toml`.
pub(crate) fn dependencies(functions: &[Function]) -> String {
    let lines = sorted(functions).into_iter();
    lines.map(|it| format!("{0} = {{ path = \"../functions/{0}\" }}\n", it.name)).collect()
}

/// The table of functions in `local/src/functions.rs`.
pub(crate) fn table(functions: &[Function]) -> String {
    type Kind = fn(&Function) -> bool;
    let kinds: [(&str, Kind); 6] = [
        ("route", |it| it.routes().len() == 1),
        ("routes", |it| it.routes().len() > 1),
        ("default", |it| matches!(it.trigger, Trigger::Default)),
        ("queue", |it| matches!(it.trigger, Trigger::Queue)),
        ("schedule", |it| matches!(it.trigger, Trigger::Schedule)),
        ("own_gateway", |it| matches!(it.trigger, Trigger::OwnGateway)),
    ];
    let mut table = String::new();
    for (name, is) in kinds {
        let rows = sorted(functions).into_iter().filter(|it| is(it));
        let rows: String = rows.map(|it| format!("        {}: \"{}\",\n", it.krate(), it.name)).collect();
        let _ = write!(table, "    {name} {{\n{rows}    }}\n");
    }
    table
}

/// The template with the errors and throttles of every function on its dashboard, except for the sandbox, which is optional.
pub(crate) fn dashboard(template: &str, functions: &[Function]) -> Option<String> {
    let mut text = template.to_owned();
    let shown = sorted(functions).into_iter().filter(|it| !matches!(it.trigger, Trigger::OwnGateway));
    let names: Vec<&str> = shown.map(|it| it.resource.as_str()).collect();
    for metric in ["Errors", "Throttles"] {
        let title = text.find(&format!("\"title\": \"{metric} by function\""))?;
        let begin = title + text[title..].find("\"metrics\": [\n")? + "\"metrics\": [\n".len();
        let end = begin + text[begin..].find(" ] } },")?;
        text.replace_range(begin..end, &metrics(metric, &names));
    }
    Some(text)
}

fn metrics(metric: &str, resources: &[&str]) -> String {
    let mut text = String::new();
    let mut line = String::new();
    for (n, resource) in resources.iter().enumerate() {
        let start = if n == 0 { format!("\"AWS/Lambda\", \"{metric}\", \"FunctionName\"") } else { "\"...\"".into() };
        let last = n + 1 == resources.len();
        let item = format!("[{start}, \"${{{resource}}}\"]{}", if last { "" } else { "," });
        if line.len() + item.len() > WIDTH {
            let _ = writeln!(text, "{line}");
            line.clear();
        }
        line.push_str(if line.is_empty() { "            " } else { " " });
        line.push_str(&item);
    }
    text + &line
}

/// A function's `main.rs`. A function without `Deps` does not read the environment.
pub(crate) fn main(function: &Function, library: &str) -> String {
    let krate = function.krate();
    let (serve, handle) = match function.trigger {
        Trigger::Routes(_) | Trigger::Default => ("serve", "handle"),
        Trigger::Queue => ("serve_batch", "handle"),
        Trigger::Schedule => ("serve_schedule", "tick"),
        Trigger::OwnGateway => ("serve_as_is", "handle"),
    };
    let (import, deps) = match library.contains("pub struct Deps;") {
        true => ("use shared::lambda;", format!("{krate}::Deps")),
        false => ("use shared::{deployment::Parts, lambda};", format!("{krate}::Deps::of(&Parts::from_env()?).await?")),
    };
    format!(
        "//! The Lambda binary: see the library for what it does.

{import}

#[tokio::main(flavor = \"current_thread\")]
async fn main() -> Result<(), lambda::RuntimeError> {{
    let deps = {deps};
    lambda::{serve}(deps, {krate}::{handle}).await
}}
"
    )
}

fn sorted(functions: &[Function]) -> Vec<&Function> {
    let mut sorted: Vec<_> = functions.iter().collect();
    sorted.sort_by_key(|it| &it.name);
    sorted
}
