//! Git's own things, as git writes them: objects and their ids, trees and their edits, history is kept in
//! these, so that the stock `git` can read it.

pub(crate) mod edit;
pub(crate) mod keeper;
pub(crate) mod objects;
pub(crate) mod store;
pub(crate) mod tree;
