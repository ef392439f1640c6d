//! Every other path, the gateway's `$default`: 404, or 405 with `Allow` where the path exists with another method. HEAD is
//! such a method everywhere: the gateway has no route for it, and hands it over like any other.

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
        return Err(Error::new(Code::NotFound, "There is nothing at this path."));
    }
    let allow = allowed.join(", ");
    let detail = format!("{} is not allowed here; {allow} is.", request.method());
    Err(Error { allow: Some(allow), ..Error::new(Code::MethodNotAllowed, detail) })
}
