//! How PyTorch lays out what it writes into an archive: a pickle, and beside it, in a folder with its name, the bytes of
//! the tensors that it speaks of.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use std::ops::Bound;

use limpide_formats::reading::ReadAt;
use limpide_formats::zip::{Member, Zip};

use super::{Walk, archive, pickled, script};

/// What an archive is, by the names of its members.
pub(super) fn format(zip: &Zip) -> Option<&'static str> {
    let has = |ending: &str| zip.members.iter().any(|member| is_named(&member.name, ending));
    match () {
        () if has("data.pkl") && has("constants.pkl") => Some("torchscript"),
        () if has("data.pkl") => Some("torch-zip"),
        () if !zip.members.is_empty() && zip.members.iter().all(|member| member.name.ends_with(".npy")) => {
            Some("npz")
        }
        () if has("config.json") && has("metadata.json") => Some("keras"),
        () => None,
    }
}

/// Looks at the pickles that PyTorch would load, and gives which members need no other look: these, and the bytes of
/// tensors that they name, which nothing reads as anything else.
pub(super) fn pickles(walk: &mut Walk<'_>, file: &dyn ReadAt, zip: &Zip) -> io::Result<HashSet<usize>> {
    let (by_name, mut done) = (by_name(zip), HashSet::new());
    // Of several pickles with one name, all have the same storages.
    let mut known: HashMap<String, Storages> = HashMap::new();
    for (index, member) in zip.members.iter().enumerate() {
        let Some(folder) = folder(member) else { continue };
        let storages = known.entry(folder).or_insert_with_key(|folder| storages(zip, &by_name, folder));
        let mut named = BTreeSet::new();
        archive::zip_member(walk, file, member, &mut |walk, bytes| {
            named = pickled::torch(walk, bytes, storages);
        })?;
        done.insert(index);
        done.extend(named.iter().flat_map(|key| storages.get(key)).flat_map(|storage| &storage.members));
    }
    if !done.is_empty() {
        code(walk, file, zip)?;
    }
    Ok(done)
}

/// Looks through the code of TorchScript. It is looked at as a member, too.
fn code(walk: &mut Walk<'_>, file: &dyn ReadAt, zip: &Zip) -> io::Result<()> {
    let is_code = |name: &str| name.split('/').any(|part| part == "code") && name.ends_with(".py");
    for member in zip.members.iter().filter(|member| is_code(&member.name)) {
        archive::zip_member(walk, file, member, &mut |walk, bytes| {
            if script::operations(walk, bytes).is_err() {
                walk.recorder.gap(0, bytes.size(), "unreadable");
            }
        })?;
    }
    Ok(())
}

/// The members under one name, of which a reader takes one.
pub(super) struct Storage {
    members: Vec<usize>,
    /// The bytes of the shortest.
    pub(super) size: u64,
}

/// The storages of a pickle, by the key that it has for them.
pub(super) type Storages = BTreeMap<String, Storage>;

/// The members by name. What has another name for other readers is looked at for what it is.
fn by_name(zip: &Zip) -> BTreeMap<&str, Vec<usize>> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, member) in zip.members.iter().enumerate().filter(|(_, member)| member.other_name.is_none()) {
        by_name.entry(&member.name).or_default().push(index);
    }
    by_name
}

fn storages(zip: &Zip, by_name: &BTreeMap<&str, Vec<usize>>, folder: &str) -> Storages {
    let size = |index: &usize| match &zip.members[*index] {
        Member { method: 0, data, .. } => data.end - data.start,
        member => member.size,
    };
    let inside = by_name.range::<str, _>((Bound::Included(folder), Bound::Unbounded));
    let inside = inside.map_while(|(name, members)| Some((name.strip_prefix(folder)?, members)));
    inside
        .map(|(key, members)| {
            let size = members.iter().map(size).min().unwrap_or_default();
            (key.to_owned(), Storage { members: members.clone(), size })
        })
        .collect()
}

/// The folder with the tensors of a pickle that PyTorch loads. It finds members whatever their capitals.
fn folder(member: &Member) -> Option<String> {
    let is_pickle = |name: &str| is_named(name, "data.pkl") || is_named(name, "constants.pkl");
    let name = std::iter::once(&member.name).chain(&member.other_name).find(|name| is_pickle(name))?;
    Some(format!("{}/", &name[..name.len() - ".pkl".len()]))
}

fn is_named(path: &str, name: &str) -> bool {
    path.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(name))
}
