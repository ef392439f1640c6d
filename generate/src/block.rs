//! The part of a file that is generated: what is between two comments.

const BEGIN: &str = "generated from template.yaml by `cargo run -p generate`";
const END: &str = "generated until here";

pub(crate) const LACKING: &str = "the comments that its generated part is between are gone";

/// The text with another generated part. None: it has no place for one.
pub(crate) fn replace(text: &str, list: &str) -> Option<String> {
    let begin = text.find(BEGIN)?;
    let begin = begin + text[begin..].find('\n')? + 1;
    let end = begin + text[begin..].find(END)?;
    let end = text[..end].rfind('\n')? + 1;
    Some(format!("{}{list}{}", &text[..begin], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_comments_changes() {
        let text = |list: &str| format!("a\n# {BEGIN}\n{list}  # {END}\nz\n");
        assert_eq!(replace(&text("old\nold\n"), "new\n").as_deref(), Some(text("new\n").as_str()));
        assert_eq!(replace(&text(""), "new\n").as_deref(), Some(text("new\n").as_str()));
        assert_eq!(replace("a\nz\n", "new\n"), None);
    }
}
