//! The Lambda binary.

use shared::{deployment::Deployment, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::RuntimeError> {
    let deployment = Deployment::from_env()?;
    lambda::serve_as_is(serve_sandbox::Deps::new(&deployment).await?, serve_sandbox::handle).await
}
