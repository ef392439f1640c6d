//! The gateway's `$default` route for all other requests: 404, or 405 with `Allow` if the path exists with another
//! method. HEAD always gets 405, because the gateway has no route for it.

use std::sync::LazyLock;

use shared::{
    api::{Code, Error, Request, Response},
    deps,
    routes::Routes,
};

deps! {
    pub struct Deps;
}

static ROUTES: LazyLock<Routes> = LazyLock::new(Routes::of_this_build);

/// # Errors
/// Always: 404 or 405.
pub async fn handle(_: &Deps, request: Request) -> Result<Response, Error> {
    let allowed = ROUTES.methods(request.uri().path());
    if allowed.is_empty() {
        return Err(Error::new(Code::NotFound, "There is no resource at this path."));
    }
    let allow = allowed.join(", ");
    let detail = format!("{} is not allowed here; {allow} is.", request.method());
    Err(Error { allow: Some(allow), ..Error::new(Code::MethodNotAllowed, detail) })
}
