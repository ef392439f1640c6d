//! A deterministic simulation of publishing: the real functions over the real store engine and the simulated platforms, on
//! one thread, with virtual time, and with faults at each external call. Everything follows from a seed.
//!
//! | | |
//! |---|---|
//! | the world | `time` `actor` `database` `network` `mailbox` `deployment` `platform` `fixture` `browser` `world` |
//! | what goes wrong | `call` `fault` `injector` `mutation` |
//! | what is asked | `step` `files` `scenario` `fixed` `agency` `driver` |
//! | what must hold | `marker` `record` `feed` `law` |
//! | running it | `case` `faulty` `run` `trace` `coverage` `fleet` |

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a simulation that cannot go on has failed")]

mod actor;
mod agency;
mod browser;
mod call;
mod case;
mod coverage;
mod database;
mod deployment;
mod driver;
mod fault;
mod faulty;
mod feed;
mod files;
mod fixed;
mod fixture;
mod fleet;
mod injector;
mod law;
mod mailbox;
mod marker;
mod mutation;
mod network;
mod platform;
mod record;
mod run;
mod scenario;
mod step;
mod time;
mod trace;
mod world;

pub use case::{Case, InvalidCase};
pub use coverage::Coverage;
pub use fault::Fault;
pub use faulty::{pairs, singles, successive};
pub use fixed::fixed;
pub use fleet::{Failure, Fleet, Report};
pub use law::{Law, Violation};
pub use mutation::{MUTATIONS, Mutation, TOGETHER, applied, mutate};
pub use run::{Outcome, run};
pub use scenario::{BASES, OPENINGS, UPLOADING};
