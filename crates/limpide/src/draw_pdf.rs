//! `limpide draw-pdf`: draws a page of the PDF on the standard input, for the hub, which starts this for each page. The
//! process takes everything away from itself before it reads the first byte: it can compute, read what it is given and
//! write what came of it, within limits of memory and time, and nothing else.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use limpide_drawing::{LARGEST_DOCUMENT, Problem, draw};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter,
};

/// How much memory the process may address, in bytes: the program itself, the document and what it unpacks to.
const MEMORY: u64 = 1 << 30;

/// How long it may compute, in seconds.
const SECONDS: u64 = 10;

/// What the process may ask of the kernel, beside memory: to read and write what is open, and to end.
const CALLS: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getrandom,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_read,
    libc::SYS_restart_syscall,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_yield,
    libc::SYS_sigaltstack,
    libc::SYS_write,
    libc::SYS_writev,
];

/// Which page is drawn, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The page, from 1 on
    page: u32,
    /// How wide the picture is, in points
    width: u32,
}

/// Writes the picture, or a word about the problem to the standard error.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    limit().context("the process cannot be limited")?;
    fence().context("the process cannot be fenced in")?;
    // What a panic says is of no use to anybody, and the standard error is for the word.
    std::panic::set_hook(Box::new(|_| {}));
    let mut document = Vec::new();
    std::io::stdin().take(LARGEST_DOCUMENT as u64 + 1).read_to_end(&mut document)?;
    match draw(document, options.page, options.width) {
        Ok(picture) => {
            std::io::stdout().write_all(&picture.to_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(problem) => Ok(refuse(problem)),
    }
}

fn refuse(problem: Problem) -> ExitCode {
    // Whoever does not listen any more has no use for it.
    _ = std::io::stderr().write_all(problem.word().as_bytes());
    ExitCode::FAILURE
}

/// Sets limits that nobody can raise again.
fn limit() -> rustix::io::Result<()> {
    for (resource, most) in [
        (Resource::As, MEMORY),
        (Resource::Cpu, SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        // Those that are open stay so: input, output and the standard error.
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
    ] {
        let most = Some(getrlimit(resource).maximum.map_or(most, |bound| bound.min(most)));
        setrlimit(resource, Rlimit { current: most, maximum: most })?;
    }
    Ok(())
}

/// Has the kernel refuse every other call.
fn fence() -> Result<()> {
    let mut calls: BTreeMap<i64, Vec<SeccompRule>> = CALLS.iter().map(|call| (*call, Vec::new())).collect();
    // Memory never becomes a program.
    let executable = libc::PROT_EXEC as u64;
    let is_data = SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::MaskedEq(executable), 0)?;
    let is_data = SeccompRule::new(vec![is_data])?;
    calls.insert(libc::SYS_mmap, vec![is_data.clone()]);
    calls.insert(libc::SYS_mprotect, vec![is_data]);
    let here = std::env::consts::ARCH.try_into()?;
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    let program: BpfProgram = SeccompFilter::new(calls, refused, SeccompAction::Allow, here)?.try_into()?;
    Ok(apply_filter(&program)?)
}
