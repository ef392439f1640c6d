//! The Lambda binary: see the library for what it does.

use shared::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::RuntimeError> {
    lambda::serve(error_page::Deps, error_page::handle).await
}
