//! The Lambda binary: see the library for what it does.

use shared::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::RuntimeError> {
    let deps = no_route::Deps;
    lambda::serve(deps, no_route::handle).await
}
