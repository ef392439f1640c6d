//! Every fault at every position of a few scenarios. The binary's `--singles` has more of them.

use sim::{Fault, singles};

fn hold(base: &str) {
    super::hold(base, &singles(base, &Fault::ALL));
}

#[test]
fn a_post_survives_each_fault_at_each_call() {
    hold("x");
}

#[test]
fn a_cancel_survives_each_fault_at_each_call() {
    hold("cancel");
}

#[test]
fn a_refresh_survives_each_fault_at_each_call() {
    hold("refresh");
}
