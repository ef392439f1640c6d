//! The schemas of request bodies and the parsers accept the same bodies. Each value tried at each path of a body is refused
//! by the parser if and only if the schema refuses it, and only that path is reported.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use serde_json::{Value, json};
use shared::{
    agency::LogoFile,
    id::{AccountId, PostId},
    testing::Ask,
};

use super::{document, examples::Examples, schema};
use crate::world::World;

/// A valid body.
struct Body {
    operation: &'static str,
    method: Method,
    path: String,
    body: Value,
}

/// Rules that depend on stored state or time, which a schema cannot express.
const OF_THE_WORLD: [&str; 8] = [
    "is not an account of this client",
    "is not a target of this post",
    "is not of an origin on the agency's list",
    "must not be past",
    "must be within a year",
    "must be later than the post is due",
    "must be one whole image of the type that it names",
    "must be an image whose size can be read",
];

/// The error for a well-formed name of a time zone that does not exist, which the schema accepts.
const UNKNOWN_ZONE: &str = "must be an IANA time zone";

#[tokio::test]
async fn a_body_is_refused_exactly_where_its_schema_says() {
    let world = World::new().await;
    let document = document::document(&Examples::default());
    let bodies = bodies(&world).await;
    let mut covered = BTreeSet::new();
    for Body { operation, method, path, body } in &bodies {
        let described = described(&document, operation);
        let validator =
            schema::validator(&document, &described["requestBody"]["content"]["application/json"]["schema"]);
        let mut known = BTreeMap::new();
        properties(&document, &described["requestBody"]["content"]["application/json"]["schema"], "", &mut known);
        let send = async |body: &Value| {
            let is_valid = validator.is_valid(body);
            let ask = Ask::post(path, body).key(&world.key);
            let ask = if *method == Method::PATCH { ask.with_method(Method::PATCH) } else { ask };
            let answer = world.ask(ask).await;
            assert!(!answer.status.is_server_error(), "{}", answer.text);
            let problem = answer.json();
            let faults = problem["errors"].as_array().cloned().unwrap_or_default();
            faults
                .into_iter()
                .filter(|fault| {
                    let said = |rule: &str| fault["message"].as_str().unwrap().contains(rule);
                    !(OF_THE_WORLD.into_iter().any(said) || is_valid && said(UNKNOWN_ZONE))
                })
                .map(|fault| fault["path"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert!(validator.is_valid(body), "{operation}: {body}");
        assert_eq!(send(body).await, Vec::<String>::new(), "{operation}: {body}");
        for place in places(body) {
            let shape = shape(body, &place);
            if !covered.insert((*operation, pattern(&place), shape)) {
                continue;
            }
            let none = BTreeSet::new();
            for probe in probes(body, &place, known.get(&pattern(&place)).unwrap_or(&none)) {
                let faults = send(&probe).await;
                let at = name(&place);
                // Without its zone, a local time lacks an offset.
                let unzoned = at == "schedule.timezone" && probe["schedule"].get("timezone").is_none();
                let also = |fault: &str| unzoned && fault == "schedule.scheduledAt";
                let (own, others): (Vec<String>, Vec<String>) = faults
                    .into_iter()
                    .partition(|fault| fault.starts_with(&at) || at.starts_with(fault.as_str()) || also(fault));
                let valid = validator.is_valid(&probe);
                let shown: String = probe.to_string().chars().take(400).collect();
                assert_eq!(own.is_empty(), valid, "{operation}, {at}: valid by its schema: {valid}, {own:?}\n{shown}");
                // A body that its schema accepts may still break a platform's rules, reported at its accounts.
                assert!(valid || others.is_empty(), "{operation}, {at}: {others:?} is also reported\n{shown}");
            }
        }
    }
    let wanted: BTreeSet<_> = operations_with_bodies(&document)
        .into_iter()
        .flat_map(|(operation, schema)| {
            let mut names = BTreeMap::new();
            properties(&document, &schema, "", &mut names);
            names.into_keys().map(move |name| (operation.clone(), name))
        })
        .collect();
    let covered: BTreeSet<_> = covered.into_iter().map(|(operation, name, _)| (operation.to_owned(), name)).collect();
    let missing: Vec<_> = wanted.difference(&covered).collect();
    assert!(missing.is_empty(), "no tested body has {missing:?}");
}

/// One valid body for each shape. The posts are drafts, which are only checked for what the request contains.
async fn bodies(world: &World) -> Vec<Body> {
    let (client, account) = world.connected("demo_shop").await;
    let media = json!([{ "url": "https://media.test/photo.jpg", "altText": "A photo" }]);
    let bluesky =
        json!({ "languages": ["de-CH"], "labels": ["nudity"], "replyControl": "mentioned", "linkCard": false });
    let tiktok = json!({ "privacyLevel": "SELF_ONLY", "draft": true, "allowComment": true, "allowDuet": true,
        "allowStitch": true, "brandContent": true, "brandOrganic": true, "aiGenerated": true, "coverTimestamp": 5,
        "title": "A title", "autoAddMusic": true, "photoCover": 5 });
    let tag = json!({ "username": "one", "x": 0.5, "y": 0.5 });
    let instagram = json!({ "story": true, "coverUrl": "https://media.test/cover.jpg", "thumbOffset": 5,
        "shareToFeed": true, "audioName": "A song", "collaborators": ["one"], "userTags": [tag], "locationId": "7",
        "aiGenerated": true, "firstComment": "First" });
    let x = json!({ "replySettings": "verified", "madeWithAi": true, "paidPartnership": false,
        "poll": { "options": ["a", "b"], "durationMinutes": 60 } });
    let all = json!({ "mode": "all" });
    let selection = json!({ "mode": "selection", "accountIds": [account] });
    let post = json!({
        "clientId": client, "content": "Hello", "media": media,
        "platformOptions": { "bluesky": bluesky, "instagram": instagram, "tiktok": tiktok, "x": x },
        "overrides": { &account: { "content": "Hello here", "media": media } },
        "targets": selection, "schedule": { "type": "draft" }, "publishBefore": "2026-08-01T12:00:00Z",
    });
    let draft = world.post(&client, &[&account], "Hello", json!({ "type": "draft" })).await;
    let draft = format!("/v1/posts/{}", draft["id"].as_str().unwrap());
    let mut change = post.clone();
    change.as_object_mut().unwrap().remove("clientId");
    let schedules = [
        json!({ "type": "now" }),
        json!({ "type": "at", "scheduledAt": "2026-07-08T15:00:00Z" }),
        json!({ "type": "at", "scheduledAt": "2026-07-08T15:00:00", "timezone": "Europe/Berlin" }),
    ];
    let create = |targets: &Value, schedule: &Value| json!({ "clientId": client, "content": "Hello", "targets": targets, "schedule": schedule });
    let resolve = format!("/v1/posts/{}/targets/{}/resolve", PostId::random(), AccountId::random());
    let posts: Vec<Value> = std::iter::once(post)
        .chain(schedules.iter().map(|schedule| create(&selection, schedule)))
        .chain([create(&all, &schedules[0])])
        .collect();
    let mut bodies = vec![
        ("createClient", Method::POST, "/v1/clients".to_owned(), json!({ "name": "Autoloom", "type": "brand" })),
        (
            "mintInvite",
            Method::POST,
            format!("/v1/clients/{client}/connect-invites"),
            json!({ "platforms": ["x", "tiktok"], "expiresInHours": 72, "returnUrl": "https://app.example.com/connected" }),
        ),
        (
            "createKey",
            Method::POST,
            "/v1/api-keys".to_owned(),
            json!({ "label": "k", "scopes": ["posts.read", "clients.read"], "expiresInDays": 90, "clientId": client }),
        ),
        (
            "createKey",
            Method::POST,
            "/v1/api-keys".to_owned(),
            json!({ "label": "k", "scopes": ["posts.read"], "expiresAt": "2026-08-01T12:00:00Z" }),
        ),
        (
            "editAgency",
            Method::PATCH,
            "/v1/agency".to_owned(),
            json!({ "name": "Acme", "color": "#0b5fd9", "logo": LogoFile::EXAMPLE, "returnUrls": ["https://app.example.com/"], "tokensNotBefore": "2026-06-30T12:00:00Z" }),
        ),
        ("retryPost", Method::POST, format!("{draft}/retry"), json!({})),
        (
            "resolveTarget",
            Method::POST,
            resolve.clone(),
            json!({ "as": "published", "url": "https://x.com/a/status/1" }),
        ),
        ("resolveTarget", Method::POST, resolve, json!({ "as": "not_published" })),
        ("editPost", Method::PATCH, draft.clone(), change),
        ("editPost", Method::PATCH, draft, json!({ "targets": all })),
    ];
    for schedule in schedules {
        // A new draft for each edit, so that the edits are independent.
        let draft = world.post(&client, &[&account], "Hello", json!({ "type": "draft" })).await;
        let draft = format!("/v1/posts/{}", draft["id"].as_str().unwrap());
        bodies.push(("editPost", Method::PATCH, draft, json!({ "schedule": schedule })));
    }
    for post in posts {
        bodies.push(("createPost", Method::POST, "/v1/posts".to_owned(), post.clone()));
        bodies.push(("validatePost", Method::POST, "/v1/posts/validate".to_owned(), post));
    }
    bodies.into_iter().map(|(operation, method, path, body)| Body { operation, method, path, body }).collect()
}

/// A step of a path into a body.
#[derive(Debug, Clone)]
enum Step {
    Field(String),
    Item(usize),
}

/// Every path in a body, beginning with the root.
fn places(body: &Value) -> Vec<Vec<Step>> {
    fn walk(value: &Value, at: &[Step], places: &mut Vec<Vec<Step>>) {
        places.push(at.to_vec());
        let mut into = |step: Step, inner: &Value| walk(inner, &[at, &[step]].concat(), places);
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, inner)| into(Step::Field(name.clone()), inner)),
            Value::Array(items) => items.iter().enumerate().for_each(|(n, inner)| into(Step::Item(n), inner)),
            _ => {}
        }
    }
    let mut places = Vec::new();
    walk(body, &[], &mut places);
    places
}

/// The path as errors report it.
fn name(place: &[Step]) -> String {
    place.iter().fold(String::new(), |path, step| match step {
        Step::Item(n) => format!("{path}[{n}]"),
        Step::Field(name) if path.is_empty() => name.clone(),
        Step::Field(name) => format!("{path}.{name}"),
    })
}

/// The path with a placeholder for list items and ids.
fn pattern(place: &[Step]) -> String {
    place.iter().fold(String::new(), |path, step| match step {
        Step::Item(_) => format!("{path}[]"),
        Step::Field(name) if name.starts_with("acc_") => format!("{path}.*"),
        Step::Field(name) => format!("{path}.{name}"),
    })
}

/// The sibling fields of a nested path, which distinguish the choices of a schema.
fn shape(body: &Value, place: &[Step]) -> Vec<String> {
    match place {
        [before @ .., Step::Field(_)] if !before.is_empty() => {
            at(&mut body.clone(), before).as_object().unwrap().keys().cloned().collect()
        }
        _ => Vec::new(),
    }
}

fn at<'a>(body: &'a mut Value, place: &[Step]) -> &'a mut Value {
    place.iter().fold(body, |value, step| match step {
        Step::Field(name) => &mut value[name],
        Step::Item(n) => &mut value[n],
    })
}

/// The body without the value at this path, with an unknown field in it, and with other values in its place.
fn probes(body: &Value, place: &[Step], bounds: &BTreeSet<usize>) -> Vec<Value> {
    let mut probes = Vec::new();
    let mut probe = |change: &mut dyn FnMut(&mut Value)| {
        let mut probe = body.clone();
        change(&mut probe);
        probes.push(probe);
    };
    if let Some((Step::Field(last), before)) = place.split_last() {
        probe(&mut |body| drop(at(body, before).as_object_mut().unwrap().remove(last)));
    }
    let standing = at(&mut body.clone(), place).clone();
    if standing.is_object() {
        probe(&mut |body| at(body, place)["unknown"] = json!(1));
    }
    for value in instead(&standing, bounds) {
        probe(&mut |body| *at(body, place) = value.clone());
    }
    probes
}

/// Values of other types, and values of the same type at and beyond each bound in the document.
fn instead(standing: &Value, bounds: &BTreeSet<usize>) -> Vec<Value> {
    let mut values =
        vec![json!(null), json!(true), json!(7), json!(1.5), json!("text"), json!([]), json!({}), json!([7])];
    match standing {
        Value::Number(_) => values.extend(around(bounds).map(|n| json!(n)).chain([json!(-1), json!(1e300)])),
        Value::String(text) => {
            values.extend(["", " ", "\t", " a ", "a\u{0}b", "a\u{202e}b", "é🚗"].map(|text| json!(text)));
            let spelled =
                [text.to_uppercase(), text.to_lowercase(), text.replace('T', " "), text.replace(['0', '-'], "")];
            values.extend(spelled.map(|text| json!(text)));
            values.extend([format!("{text}x"), format!(" {text}"), format!("{text}\n")].map(|text| json!(text)));
            // A URL is made longer after its host.
            let start = if text.starts_with("https:") { "https://app.example.com/" } else { "" };
            let long = |n: usize| format!("{start}{}", "a".repeat(n.saturating_sub(start.len())));
            values.extend(around(bounds).map(|n| json!(long(n))));
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                values.extend(around(bounds).map(|n| (0..n).map(|n| another(first, n)).collect::<Vec<_>>().into()));
                values.push(json!([first, first]));
            }
        }
        _ => {}
    }
    values
}

/// Another value of the same kind as `item`.
fn another(item: &Value, n: usize) -> Value {
    match item.as_str() {
        Some(text) if text.starts_with("acc_") => json!(AccountId::random()),
        Some(text) if text.starts_with("https:") => json!(format!("{text}{n}")),
        _ => item.clone(),
    }
}

/// Values below, at and above each bound.
fn around(bounds: &BTreeSet<usize>) -> impl Iterator<Item = usize> {
    let around: BTreeSet<_> = bounds.iter().flat_map(|bound| [bound.saturating_sub(1), *bound, bound + 1]).collect();
    around.into_iter()
}

fn operations_with_bodies(document: &Value) -> Vec<(String, Value)> {
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|methods| methods.as_object().unwrap().values());
    operations
        .filter_map(|operation| {
            let schema = operation.pointer("/requestBody/content/application~1json/schema")?;
            Some((operation["operationId"].as_str()?.to_owned(), schema.clone()))
        })
        .collect()
}

fn described<'a>(document: &'a Value, id: &str) -> &'a Value {
    let mut operations =
        document["paths"].as_object().unwrap().values().flat_map(|methods| methods.as_object().unwrap().values());
    operations.find(|operation| operation["operationId"] == id).unwrap()
}

/// Every path in a schema, with the bounds of its values.
fn properties(document: &Value, schema: &Value, at: &str, places: &mut BTreeMap<String, BTreeSet<usize>>) {
    const BOUNDS: [&str; 6] = ["minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"];
    let schema = schema::referred(document, schema);
    if !at.is_empty() {
        let bounds = BOUNDS.iter().filter_map(|bound| usize::try_from(schema.get(*bound)?.as_u64()?).ok());
        places.entry(at.to_owned()).or_default().extend(bounds);
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        properties(document, inner, &format!("{at}.{name}"), places);
    }
    for (keyword, step) in [("items", "[]"), ("additionalProperties", ".*")] {
        if schema[keyword].is_object() {
            properties(document, &schema[keyword], &format!("{at}{step}"), places);
        }
    }
    for keyword in ["oneOf", "anyOf", "allOf"] {
        for choice in schema[keyword].as_array().into_iter().flatten() {
            properties(document, choice, at, places);
        }
    }
}
