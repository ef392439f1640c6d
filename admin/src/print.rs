//! Standard output.

use std::{
    fmt::Display,
    io::{self, ErrorKind, Write},
};

use crate::Sentence;

/// Writes a line. A closed pipe (`| head`) is no failure.
pub(crate) fn line(line: impl Display) -> Result<(), Sentence> {
    write(&mut io::stdout(), line)
}

fn write(out: &mut impl Write, line: impl Display) -> Result<(), Sentence> {
    match writeln!(out, "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("Standard output cannot be written: {error}."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_no_failure_and_a_full_disk_is_one() {
        assert_eq!(write(&mut Failing(ErrorKind::BrokenPipe), "key"), Ok(()));
        assert!(write(&mut Failing(ErrorKind::StorageFull), "key").is_err());
        let mut out = Vec::new();
        assert_eq!((write(&mut out, "key"), out), (Ok(()), b"key\n".to_vec()));
    }
}
