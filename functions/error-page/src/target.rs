//! The codes of targets' errors. Their one table is `docs/target-errors.md`, which a test holds to the code.

const TABLE: &str = include_str!("../../../docs/target-errors.md");

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetCode {
    pub code: &'static str,
    pub category: &'static str,
    /// What happened, and what to do.
    pub happened: &'static str,
}

impl TargetCode {
    /// What all that have it know, which of doubt is nothing.
    pub(crate) fn title(self) -> &'static str {
        match self.code {
            "outcome_unknown" | "not_asked" => "Nobody knows yet whether a post is published on an account",
            _ => "A post is not published on an account",
        }
    }
}

/// Every row; codes that share one have the same words.
pub fn target_codes() -> impl Iterator<Item = TargetCode> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let (codes, category, happened) = (cells.next(), cells.next(), cells.next());
        let codes = codes.unwrap_or_default().split(',').map(|code| code.trim().trim_matches('`'));
        codes.filter_map(move |code| Some(TargetCode { code, category: category?, happened: happened? }))
    })
}
