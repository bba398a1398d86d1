//! Archives, and what their members would do when they are unpacked.

use std::io;

use limpide_formats::reading::{Part, ReadAt};
use limpide_formats::seven_zip;
use limpide_formats::sniff::{self, Kind};
use limpide_formats::tar::{self, Tar};
use limpide_formats::unpack::{Codec, Ending};
use limpide_formats::zip::{Member, Zip};

use super::beside::Beside;
use super::{Look, Walk, cut, torch, unpacked};
use crate::event::What;

/// A zip archive: its members, and what lies between them.
pub(super) fn zip(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let Some(zip) = Zip::read(file)? else {
        walk.recorder.structure(0, "zip-broken");
        return Ok(walk.gap(0..file.size(), "broken-header", "zip"));
    };
    zip_members(walk, file, &zip)?;
    for range in &zip.unclaimed {
        walk.leftover(file, range.clone(), "zip-between-members")?;
    }
    Ok(torch::format(&zip).unwrap_or("zip"))
}

/// A zip archive at the end of a file that begins as something else.
pub(super) fn zip_at_the_end(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<()> {
    let Some(zip) = Zip::read(file)? else { return Ok(()) };
    walk.recorder.structure(0, "zip-at-the-end");
    zip_members(walk, file, &zip)
}

fn zip_members(walk: &mut Walk<'_>, file: &dyn ReadAt, zip: &Zip) -> io::Result<()> {
    for odd in &zip.oddities {
        walk.recorder.structure(odd.at, odd.kind);
    }
    if zip.is_cut {
        walk.recorder.gap(0, file.size(), "too-many-members");
    }
    // The pickles of PyTorch come first: they say which of the other members are bytes of tensors.
    let done = torch::pickles(walk, file, zip)?;
    let mut beside = Beside::default();
    for member in zip.members.iter().filter(|member| Beside::may_tell(&member.name)) {
        zip_member(walk, file, member, &mut |walk, bytes| {
            if let Err(error) = beside.learn(&member.name, bytes) {
                walk.unread(bytes, &error);
            }
        })?;
    }
    for (index, member) in zip.members.iter().enumerate() {
        for name in std::iter::once(&member.name).chain(&member.other_name) {
            walk.path(member.header_at, name);
        }
        if !done.contains(&index) {
            zip_member(walk, file, member, &mut |walk, bytes| {
                beside.look(walk, bytes, &member.name);
            })?;
        }
    }
    Ok(())
}

/// Unpacks a member, if need be, and does something with its bytes.
pub(super) fn zip_member(
    walk: &mut Walk<'_>,
    file: &dyn ReadAt,
    member: &Member,
    look: Look<'_>,
) -> io::Result<()> {
    let data = Part::new(file, member.data.start, member.data.end - member.data.start);
    if member.is_link {
        let target = String::from_utf8_lossy(&data.bytes_at(0, 4096)?).into_owned();
        link(walk, member.header_at, "symbolic-link", &target);
    }
    if member.is_folder() {
        return Ok(());
    }
    if member.method == 0 {
        walk.member_with(&member.name, &data, look);
        return Ok(());
    }
    let Some(codec) = Codec::of_zip(member.method) else {
        let why = if member.is_encrypted { "encrypted" } else { "unknown-compression" };
        walk.recorder.gap(member.data.start, member.data.end, why);
        return Ok(());
    };
    let stream = unpacked::Stream { file, range: member.data.clone(), codec, name: &member.name };
    if stream.look(walk, look)?.is_some_and(|size| size != member.size) {
        walk.recorder.structure(member.header_at, "zip-length-wrong");
    }
    Ok(())
}

/// A tar archive: its members, and what stands where padding should be.
pub(super) fn tar(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let Some(tar) = Tar::read(file)? else { return Ok(walk.gap(0..file.size(), "broken-header", "tar")) };
    for odd in &tar.oddities {
        walk.recorder.structure(odd.at, odd.kind);
    }
    if tar.is_cut {
        walk.recorder.gap(tar.end, file.size(), "too-many-members");
    }
    let mut beside = Beside::default();
    for member in tar.members.iter().filter(|member| Beside::may_tell(&member.name)) {
        beside.learn(&member.name, &bytes_of(file, member))?;
    }
    for member in &tar.members {
        tar_member(walk, file, member, &beside);
    }
    for range in &tar.unclaimed {
        walk.leftover(file, range.clone(), "tar-between-members")?;
    }
    // What ends within a member is an archive within this one, and was looked at with that member.
    let is_within = |at: u64| tar.members.iter().any(|member| member.data.contains(&at));
    if Zip::at_the_end(file)?.is_some_and(|at| !is_within(at)) {
        zip_at_the_end(walk, file)?;
    }
    Ok("tar")
}

fn bytes_of<'f>(file: &'f dyn ReadAt, member: &tar::Member) -> Part<'f> {
    Part::new(file, member.data.start, member.data.end - member.data.start)
}

fn tar_member(walk: &mut Walk<'_>, file: &dyn ReadAt, member: &tar::Member, beside: &Beside) {
    for name in std::iter::once(&member.name).chain(&member.other_name) {
        walk.path(member.header_at, name);
    }
    let data = bytes_of(file, member);
    match member.kind {
        tar::Kind::HardLink => link(walk, member.header_at, "hard-link", &member.target),
        tar::Kind::SymbolicLink => link(walk, member.header_at, "symbolic-link", &member.target),
        tar::Kind::Device => link(walk, member.header_at, "device", &member.name),
        tar::Kind::Sparse => {
            walk.recorder.structure(member.header_at, "tar-sparse");
            sparse_member(walk, file, member, &data);
        }
        tar::Kind::Folder if data.size() == 0 => {}
        tar::Kind::Other => {
            walk.recorder.structure(member.header_at, "tar-unknown-kind");
            walk.member(&member.name, &data);
        }
        tar::Kind::Folder | tar::Kind::File => walk.member_with(&member.name, &data, &mut |walk, bytes| {
            beside.look(walk, bytes, &member.name);
        }),
    }
}

/// A file with holes; readers that know nothing of holes take what is stored for a file.
fn sparse_member(walk: &mut Walk<'_>, file: &dyn ReadAt, member: &tar::Member, stored: &Part<'_>) {
    let Some(holes) = &member.holes else {
        walk.recorder.gap(member.data.start, member.data.end, "sparse");
        return;
    };
    walk.unpacked_member(&member.name, &holes.filled(file));
    if !sniff::kind(stored).is_ok_and(|kind| kind == Kind::Unknown) {
        walk.member(&member.name, stored);
    }
}

fn link(walk: &mut Walk<'_>, at: u64, kind: &str, path: &str) {
    walk.recorder.see(at, What::Member { kind: kind.to_owned(), path: cut(path) });
}

/// A 7z archive, whose members come unpacked.
pub(super) fn seven_zip(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let allowance = &walk.bounds.allowance;
    let outline = seven_zip::read(file, allowance, &mut |member| seven_zip_member(walk, member));
    let Ok(outline) = outline else {
        walk.recorder.structure(0, "7z-broken");
        return Ok(walk.gap(0..file.size(), "broken-header", "7z"));
    };
    for _ in 0..outline.broken {
        walk.recorder.gap(0, outline.end, "broken-stream");
    }
    if outline.is_cut {
        walk.recorder.gap(0, outline.end, "too-many-members");
    }
    for range in outline.unclaimed {
        walk.leftover(file, range, "7z-between-members")?;
    }
    walk.leftover(file, outline.end..file.size(), "after-the-end")?;
    Ok("7z")
}

fn seven_zip_member(walk: &mut Walk<'_>, member: &seven_zip::Member) {
    walk.path(0, &member.name);
    if member.is_link {
        link(walk, 0, "symbolic-link", &String::from_utf8_lossy(&member.bytes));
    }
    if member.is_folder {
        return;
    }
    walk.unpacked_member(&member.name, &member.bytes);
    match member.ending {
        Ending::Whole => {}
        Ending::Broken => walk.recorder.gap(0, 0, "broken-stream"),
        Ending::TooLarge => walk.recorder.gap(0, 0, "too-large-to-unpack"),
    }
}
