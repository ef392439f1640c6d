//! The Lambda binary: see the library for what it does.

use shared::{deployment::Deployment, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::RuntimeError> {
    let deployment = Deployment::from_env()?;
    lambda::serve_batch(publish_post::Deps::new(&deployment).await?, publish_post::handle).await
}
