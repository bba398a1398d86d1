//! Git's own things, as git writes them: objects and their ids, trees and their edits, LFS pointers,
//! `.gitattributes`. History is kept in these, so that the stock `git` can read it.

pub(crate) mod attributes;
pub(crate) mod edit;
pub(crate) mod objects;
pub(crate) mod pointer;
pub(crate) mod store;
