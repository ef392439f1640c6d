//! `--sizes`: what a deployment uploads for each function. Lambda fetches it before each first start, so it is held to a limit.

use std::{fs, path::Path};

use crate::{
    Sentence,
    function::{deflated, megabytes},
};

/// Of a zip, in bytes.
const MOST: u64 = 4_000_000;

/// Prints the size of each function's zip.
pub(crate) fn look(binaries: &Path) -> Result<(), Sentence> {
    let mut zipped = Vec::new();
    for name in functions()? {
        let binary = binaries.join(&name);
        let bytes = fs::read(&binary).map_err(|error| format!("{} cannot be read: {error}.", binary.display()))?;
        let size = deflated(&bytes);
        println!("{name:<18}{:>6.2} MB zipped", megabytes(size));
        zipped.push((name, size));
    }
    held(&zipped)
}

/// One folder each.
fn functions() -> Result<Vec<String>, Sentence> {
    let folders = fs::read_dir("functions")
        .map_err(|error| format!("functions/ cannot be read ({error}): run this at the top of the project."))?;
    let mut names: Vec<_> = folders.flatten().filter_map(|folder| folder.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

fn held(zipped: &[(String, u64)]) -> Result<(), Sentence> {
    let over: Vec<_> = zipped.iter().filter(|(_, size)| *size > MOST).map(|(name, _)| name.as_str()).collect();
    match over.is_empty() {
        true => Ok(()),
        false => Err(format!("More than {} MB zipped: {}.", megabytes(MOST), over.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_the_limit_is_named() {
        let sizes = [("get-post", MOST), ("openapi", MOST + 1), ("publish-post", 2 * MOST)];
        let sizes = sizes.map(|(name, size)| (name.to_owned(), size));
        assert_eq!(held(&sizes[..1]), Ok(()));
        assert_eq!(held(&sizes), Err("More than 4 MB zipped: openapi, publish-post.".into()));
    }
}
