//! The Lambda binary: see the library for what it does.

use shared::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::RuntimeError> {
    lambda::serve(no_route::Deps, no_route::handle).await
}
