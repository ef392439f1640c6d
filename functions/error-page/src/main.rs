//! The Lambda binary: see the library for what it does.

use shared::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::RuntimeError> {
    let deps = error_page::Deps;
    lambda::serve(deps, error_page::handle).await
}
