//! The Lambda binary: see the library for what it does.

use shared::{deployment::Parts, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::RuntimeError> {
    let deps = open_post::Deps::of(&Parts::from_env()?).await?;
    lambda::serve_batch(deps, open_post::handle).await
}
