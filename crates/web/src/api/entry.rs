//! How a file or a folder looks in listings: the same in `tree` and in `paths-info`.

use limpide_hub::{Entry, What};
use serde_json::{Value, json};

/// The object that stands for an entry. `shows_content` is false for callers whom a gate keeps from the files:
/// they see that there is content, and not under which hash.
pub(crate) fn describe(entry: &Entry, shows_content: bool) -> Value {
    let mut object = json!({ "path": entry.path, "oid": entry.id });
    match &entry.what {
        What::Folder => {
            object["type"] = json!("directory");
            object["size"] = json!(0);
        }
        What::Regular { size } => {
            object["type"] = json!("file");
            object["size"] = json!(size);
        }
        What::Lfs { size, sha256, pointer_size, file } => {
            object["type"] = json!("file");
            object["size"] = json!(size);
            object["lfs"] = json!({ "oid": sha256, "size": size, "pointerSize": pointer_size });
            if let Some(file) = file {
                object["xetHash"] = if shows_content { json!(file) } else { json!("*".repeat(64)) };
            }
        }
    }
    if let Some(last) = &entry.last_commit {
        object["lastCommit"] = json!({ "id": last.id, "title": last.title, "date": last.date });
    }
    object
}
