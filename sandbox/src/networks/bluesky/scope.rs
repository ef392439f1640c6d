//! Scopes and what they permit. <https://atproto.com/specs/permission>

use url::form_urlencoded;

use super::syntax::{is_did, is_nsid};

const RESOURCES: [&str; 6] = ["repo", "rpc", "blob", "account", "identity", "include"];
const TRANSITIONAL: [&str; 3] = ["transition:generic", "transition:email", "transition:chat.bsky"];

pub(super) fn has_atproto(scope: &str) -> bool {
    scope.split(' ').any(|scope| scope == "atproto")
}

/// The first scope that is not valid.
pub(super) fn invalid(scope: &str) -> Option<&str> {
    scope.split(' ').find(|scope| !(*scope == "atproto" || TRANSITIONAL.contains(scope) || is_permission(scope)))
}

fn is_permission(scope: &str) -> bool {
    let Some(permission) = Permission::parse(scope) else {
        return false;
    };
    match permission.resource {
        "repo" => {
            let collections = permission.values("collection");
            let known = |action: &String| ["create", "update", "delete"].contains(&action.as_str());
            !collections.is_empty()
                && collections.iter().all(|collection| collection == "*" || is_nsid(collection))
                && permission.values("action").iter().all(known)
                && permission.has_only(&["collection", "action"])
        }
        "blob" => {
            !permission.values("accept").is_empty()
                && permission.values("accept").iter().all(|accept| accept.split('/').count() == 2)
                && permission.has_only(&["accept"])
        }
        // Each method of each service is too much for one permission.
        "rpc" => {
            let (methods, audiences) = (permission.values("lxm"), permission.values("aud"));
            let any = |values: &[String]| values.iter().any(|value| value == "*");
            !methods.is_empty()
                && methods.iter().all(|method| method == "*" || is_nsid(method))
                && audiences.len() == 1
                && audiences.iter().all(|audience| audience == "*" || is_service(audience))
                && !(any(&methods) && any(&audiences))
                && permission.has_only(&["lxm", "aud"])
        }
        resource => RESOURCES.contains(&resource) && !permission.parameters.is_empty(),
    }
}

/// A DID with the id of a service in its document.
fn is_service(text: &str) -> bool {
    text.split_once('#').is_some_and(|(did, id)| is_did(did) && !id.is_empty())
}

/// A permission in the syntax of scopes.
struct Permission<'a> {
    resource: &'a str,
    /// Names and values. The positional value has the name that its resource gives it.
    parameters: Vec<(String, String)>,
}

impl<'a> Permission<'a> {
    fn parse(scope: &'a str) -> Option<Self> {
        let (head, query) = scope.split_once('?').unwrap_or((scope, ""));
        let (resource, positional) = match head.split_once(':') {
            Some((resource, value)) => (resource, Some(value)),
            None => (head, None),
        };
        let name = match resource {
            "repo" => "collection",
            "rpc" => "lxm",
            "blob" => "accept",
            "include" => "nsid",
            _ => "attr",
        };
        let mut parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        if let Some(value) = positional {
            if value.is_empty() || parameters.iter().any(|(known, _)| known == name) {
                return None;
            }
            parameters.push((name.to_owned(), value.to_owned()));
        }
        Some(Self { resource, parameters })
    }

    fn values(&self, name: &str) -> Vec<String> {
        self.parameters.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    }

    fn has_only(&self, known: &[&str]) -> bool {
        self.parameters.iter().all(|(name, _)| known.contains(&name.as_str()))
    }
}

fn permits(scope: &str, resource: &str, permits: impl Fn(&Permission<'_>) -> bool) -> bool {
    scope.split(' ').any(|scope| {
        scope == "transition:generic"
            || Permission::parse(scope)
                .is_some_and(|permission| permission.resource == resource && permits(&permission))
    })
}

/// Whether the granted scopes permit an action on the records of a collection.
pub(super) fn permits_record(scope: &str, collection: &str, action: &str) -> bool {
    permits(scope, "repo", |permission| {
        let actions = permission.values("action");
        permission.values("collection").iter().any(|known| known == "*" || known == collection)
            && (actions.is_empty() || actions.iter().any(|known| known == action))
    })
}

/// Whether the granted scopes permit an upload of this media type.
pub(super) fn permits_blob(scope: &str, media_type: &str) -> bool {
    let kind = media_type.split('/').next().unwrap_or_default();
    permits(scope, "blob", |permission| {
        let accepts = |accept: &String| accept == "*/*" || accept == media_type || *accept == format!("{kind}/*");
        permission.values("accept").iter().any(accepts)
    })
}

/// Whether the granted scopes permit a token for a method of another service.
pub(super) fn permits_rpc(scope: &str, method: &str, audience: &str) -> bool {
    permits(scope, "rpc", |permission| {
        let has = |name: &str, value: &str| permission.values(name).iter().any(|known| known == "*" || known == value);
        has("lxm", method) && has("aud", audience)
    })
}
