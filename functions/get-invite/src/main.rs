//! The Lambda binary: see the library for what it does.

use shared::{deployment::Deployment, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::RuntimeError> {
    let deployment = Deployment::from_env()?;
    lambda::serve(get_invite::Deps::new(&deployment).await?, get_invite::handle).await
}
