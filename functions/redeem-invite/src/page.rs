//! The pages: rendered on the server, without scripts.

mod access;
mod brand;
mod continue_to;
mod icon;
mod layout;
mod link;
mod mark;
mod name;
mod notice;
mod refusal;
mod row;
mod style;
#[cfg(test)]
mod tests;

pub(super) use continue_to::continue_to;
pub(super) use link::link;
pub(super) use refusal::refusal;
