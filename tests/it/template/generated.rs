//! What is written from `template.yaml` by a command is what it would write now.

use super::root;

#[test]
fn the_lists_of_functions_are_current() {
    let stale: Vec<_> = generate::stale(&root()).unwrap().into_iter().map(|it| it.path).collect();
    assert!(stale.is_empty(), "{stale:?} are not what template.yaml says: run `{}`", generate::COMMAND);
}
