//! What is run: a seed, or a fixed scenario with faults at given positions. Its text is enough to replay it.

use std::{fmt, str::FromStr};

use crate::{
    fault::Fault,
    fixed,
    scenario::{BASES, OPENINGS},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Case {
    /// `123`
    Seed(u64),
    /// `cancel`, `cancel@17=AnswerLost,23=Late40`
    At { base: String, faults: Vec<(usize, Fault)> },
    /// `cancel@publish-target: UpdateItem main=AnswerLost`: the first call of each kind.
    First { base: String, faults: Vec<(String, Fault)> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidCase(String);

impl fmt::Display for InvalidCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidCase {}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |all: Vec<String>| if all.is_empty() { String::new() } else { format!("@{}", all.join(",")) };
        match self {
            Self::Seed(seed) => write!(f, "{seed}"),
            Self::At { base, faults } => {
                write!(f, "{base}{}", list(faults.iter().map(|(at, fault)| format!("{at}={fault}")).collect()))
            }
            Self::First { base, faults } => {
                write!(f, "{base}{}", list(faults.iter().map(|(kind, fault)| format!("{kind}={fault}")).collect()))
            }
        }
    }
}

impl FromStr for Case {
    type Err = InvalidCase;

    fn from_str(text: &str) -> Result<Self, InvalidCase> {
        if let Ok(seed) = text.parse() {
            return Ok(Self::Seed(seed));
        }
        let (base, list) = text.split_once('@').unwrap_or((text, ""));
        if !BASES.contains(&base) && base != OPENINGS && !fixed::is_known(base) {
            return Err(InvalidCase(format!("{base} is neither a seed nor one of {BASES:?}")));
        }
        let (base, mut faults) = (base.to_owned(), Vec::new());
        for one in list.split(',').filter(|one| !one.is_empty()) {
            let (at, fault) = one.rsplit_once('=').ok_or_else(|| InvalidCase(format!("{one} has no fault")))?;
            faults.push((at.to_owned(), fault.parse().map_err(InvalidCase)?));
        }
        let positions: Result<Vec<(usize, Fault)>, _> =
            faults.iter().map(|(at, fault)| at.parse().map(|at| (at, *fault))).collect();
        Ok(match positions {
            Ok(faults) => Self::At { base, faults },
            Err(_) => Self::First { base, faults },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_from_its_text() {
        for text in ["123", "cancel", "cancel@17=AnswerLost,23=Late40", "x@publish-target: UpdateItem main=AnswerLost"]
        {
            assert_eq!(text.parse::<Case>().unwrap().to_string(), text);
        }
        assert!("other".parse::<Case>().is_err());
    }
}
