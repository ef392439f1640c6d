//! The files generated from `template.yaml` are current.

use super::root;

#[test]
fn the_lists_of_functions_are_current() {
    let stale: Vec<_> = generate::stale(&root()).unwrap().into_iter().map(|it| it.path).collect();
    assert!(stale.is_empty(), "{stale:?} are not current with template.yaml: run `{}`", generate::COMMAND);
}
