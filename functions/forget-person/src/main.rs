//! The Lambda binary: see the library for what it does.

use shared::{deployment::Parts, lambda};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda::RuntimeError> {
    let deps = forget_person::Deps::of(&Parts::from_env()?).await?;
    lambda::serve(deps, forget_person::handle).await
}
