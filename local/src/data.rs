//! The data folder: the tables and the secrets of one local deployment. It contains the keys to its encrypted accounts,
//! so only its owner may open it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::id::AgencyId;

use crate::Sentence;

const TABLES: &str = "tables.db";
const LOCK: &str = "lock";

/// The data of a local deployment that is not in its tables.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kept {
    version: u8,
    /// Version numbers and texts, as in Secrets Manager.
    pub link_secret: serde_json::Value,
    pub vault_secret: serde_json::Value,
    /// The client secret of our app at the sandbox.
    pub(crate) sandbox_secret: String,
    pub(crate) agency: AgencyId,
}

/// An open data folder, locked against other processes.
pub struct Data {
    pub(crate) folder: PathBuf,
    pub kept: Kept,
    /// Held until the process ends: two processes on one folder would overwrite each other's data.
    _lock: File,
}

impl Data {
    /// The file that marks a folder as a data folder.
    pub const FILE: &str = "onbehalf.json";

    /// Opens the folder, or creates it.
    ///
    /// # Errors
    /// A message that says what is wrong and what to do.
    pub fn open(folder: &Path) -> Result<Self, Sentence> {
        let name = folder.display();
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::PermissionDenied => format!("{name} may not be written: choose another folder with --data."),
            _ => format!("{name} cannot be used as a data folder ({error}): choose another one with --data."),
        };
        if folder.is_file() {
            return Err(format!("{name} is a file, not a folder: choose another one with --data."));
        }
        let foreign = || format!("{name} is not a data folder of Onbehalf: choose an empty or new one with --data.");
        let file = folder.join(Self::FILE);
        let is_ours = file.exists();
        let has_others =
            folder.exists() && fs::read_dir(folder).map_err(failed)?.flatten().any(|entry| entry.file_name() != LOCK);
        if !is_ours && has_others {
            return Err(foreign());
        }
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)?;
        let lock = create(&folder.join(LOCK)).map_err(failed)?;
        lock.try_lock()
            .map_err(|_| format!("{name} is in use by another process: stop it or choose another folder."))?;
        let kept = if is_ours {
            let text = fs::read_to_string(&file).map_err(failed)?;
            let kept: Kept = serde_json::from_str(&text).map_err(|_| foreign())?;
            if kept.version == 1 { kept } else { return Err(foreign()) }
        } else {
            let kept = Kept {
                version: 1,
                link_secret: json!({ "1": random() }),
                vault_secret: json!({ "1": random() }),
                sandbox_secret: random(),
                agency: AgencyId::random(),
            };
            let text = serde_json::to_string_pretty(&kept).map_err(|error| failed(error.into()))?;
            write(&file, &text).map_err(failed)?;
            kept
        };
        Ok(Self { folder: folder.to_owned(), kept, _lock: lock })
    }

    pub(crate) fn tables(&self) -> PathBuf {
        self.folder.join(TABLES)
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)
}

/// Makes the tables' file, or takes it away from others. SQLite gives the files beside it, with what is not in the tables
/// yet, the same permissions.
pub(crate) fn keep_private(tables: &Path) -> io::Result<()> {
    create(tables)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut file = tables.as_os_str().to_owned();
        file.push(suffix);
        match fs::set_permissions(&file, fs::Permissions::from_mode(0o600)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Writes to a temporary file and renames it, so that the file is complete or absent.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let aside = path.with_extension("new");
    let mut file = create(&aside)?;
    file.set_len(0)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(aside, path)
}

/// 32 random bytes, in hexadecimal.
pub(crate) fn random() -> String {
    HEXLOWER.encode(&shared::id::random::bytes::<32>())
}
