//! Every story of this folder.

use crate::story::Story;
use crate::{access, bases, cards, code, data, evaluation, history, licences, papers, weights};

/// The stories of repositories, file by file.
pub(crate) fn stories() -> Vec<Story> {
    let files = [
        access::STORIES,
        bases::STORIES,
        cards::STORIES,
        code::STORIES,
        data::STORIES,
        evaluation::STORIES,
        history::STORIES,
        licences::STORIES,
        papers::STORIES,
        weights::STORIES,
    ];
    files.concat().into_iter().map(|(_, story)| story()).collect()
}
