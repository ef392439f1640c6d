//! The whole of Onbehalf in one process: every function, the sandbox, the queue and the clock, on an embedded engine.
//!
//! The functions are the deployed ones. The modules here emulate what surrounds them: the gateway, SQS, the schedule
//! and Secrets Manager.

mod arguments;
mod data;
mod endpoint;
pub mod functions;
mod gateway;
mod home;
mod instance;
mod server;
mod sources;
mod tables;
mod tokens;
mod watch;
mod welcome;
mod workers;

pub use arguments::Arguments;
pub use data::Data;
pub use endpoint::Endpoint;
pub use instance::{MAIN, VAULT};
pub use tables::dynamodb;

use instance::Instance;

/// A message for the user.
pub type Sentence = String;

/// Runs until Ctrl-C or SIGTERM.
///
/// # Errors
/// A message that says what is wrong and what to do.
pub async fn run(arguments: Arguments) -> Result<(), Sentence> {
    // Installed before anything is printed, because a program that reads the output may stop this one at once.
    let stop = server::stop_signal()?;
    // Ports are opened first, so that a start that fails for a taken port creates no files.
    let sandbox_port = arguments.sandbox_port()?;
    let api = server::bind(arguments.port).await?;
    let sandbox = server::bind(sandbox_port).await?;
    let beside = match arguments.engine_port {
        Some(port) => Some(server::bind(port).await?),
        None => None,
    };
    let data = data::Data::open(&arguments.data)?;
    let engine = tables::open(&data)?;
    let url = arguments.public_url.clone().unwrap_or_else(|| api.url.clone());
    let (dynamodb, queue) = (tables::client(&engine), workers::start());
    let instance = Instance::build(&arguments, &data, dynamodb, &url, &sandbox.url, queue).await?;
    let instance: &'static Instance = Box::leak(Box::new(instance));
    let keys = welcome::agency(instance, &data, arguments.limits).await?;
    let watch = match beside {
        Some(server) => Some(watch::start(server, engine, instance, &data, &arguments, &stop)?),
        None => None,
    };
    welcome::print(&arguments, &data, &url, &sandbox.url, keys.as_ref(), watch.as_deref());

    workers::start_schedule(instance);
    tokio::join!(
        server::serve(api, stop.clone(), gateway::BODY, move |request| gateway::answer(instance, request)),
        server::serve(sandbox, stop, instance::SANDBOX_BODY, move |request| instance.sandbox_answer(request)),
    );
    Ok(())
}
