//! The generated part of a file, between two comments.

const BEGIN: &str = "generated from template.yaml by `cargo run -p generate`";
const END: &str = "generated until here";

pub(crate) const LACKING: &str = "the comments around its generated part are missing";

/// Replaces the generated part of the text. `None` if the text has no such part.
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
    fn only_the_text_between_the_comments_changes() {
        let text = |list: &str| format!("a\n# {BEGIN}\n{list}  # {END}\nz\n");
        assert_eq!(replace(&text("old\nold\n"), "new\n").as_deref(), Some(text("new\n").as_str()));
        assert_eq!(replace(&text(""), "new\n").as_deref(), Some(text("new\n").as_str()));
        assert_eq!(replace("a\nz\n", "new\n"), None);
    }
}
