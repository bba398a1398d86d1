//! Lists of repositories: searched, filtered, sorted, a page at a time.

use limpide_words::{Kind, Moment, ObjectId};

use crate::door::{Db, Door, Result, Statement, sql};
use crate::json_set;
use crate::record::record;
use crate::repos::Repo;

/// What a list is sorted by, always from high to low.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Newest first.
    Created,
    /// Last changed first.
    Modified,
    /// Most downloaded first.
    Downloads,
    /// Most liked first.
    Likes,
    /// Most liked since the moment given in [`Filter::recent`] first.
    Trending,
    /// Most open first, by what is verified; what was not audited comes last.
    Openness,
}

/// Which private repositories a caller sees.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    /// All of them: an administrator.
    pub everything: bool,
    /// All of these owners', by id.
    pub owners: Vec<String>,
    /// These, by folded `owner/name`.
    pub repositories: Vec<String>,
}

/// Which repositories a list holds.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Of this kind; of all when none.
    pub kind: Option<Kind>,
    /// Of this owner, by folded name.
    pub owner: Option<String>,
    /// With each of these in `owner/name`, folded.
    pub search: Vec<String>,
    /// With each of these tags.
    pub tags: Vec<String>,
    /// With at least one of these tags.
    pub any_tag: Option<Vec<String>>,
    /// Of these, by id.
    pub ids: Option<Vec<String>>,
    /// With each of these facets and values.
    pub facets: Vec<(String, String)>,
    /// Gated, or not.
    pub gated: Option<bool>,
    /// Verified to be at least this open: a letter.
    pub openness: Option<String>,
    /// Liked by this user, by id.
    pub liked_by: Option<String>,
    /// What the caller may see.
    pub sight: Sight,
    /// Sorted by this.
    pub sort: Sort,
    /// From when on likes count for [`Sort::Trending`].
    pub recent: Moment,
    /// After the repository at which the page before ended.
    pub after: Option<Place>,
    /// At most this many.
    pub limit: i64,
}

/// Where in a list a page ended: the value it is sorted by, and the id.
#[derive(Debug, Clone)]
pub struct Place {
    /// The number of the last repository that the list is sorted by.
    pub value: i64,
    /// Its id, which tells equals apart.
    pub id: String,
}

record! {
    /// Likes that count as recent.
    pub struct Trend {
        /// The repository.
        pub id: String,
        /// How many users have liked it lately.
        pub likes: i64,
    }
}

record! {
    /// A tag of a repository.
    pub struct Tag {
        /// The repository.
        pub repository_id: String,
        /// The tag.
        pub tag: String,
    }
}

record! {
    /// Where a repository's `main` stands.
    pub struct Head {
        /// The repository.
        pub repository_id: String,
        /// The commit.
        pub target: ObjectId,
    }
}

/// One page of a list.
///
/// # Errors
/// When the database fails.
pub async fn page(db: &Db, filter: &Filter) -> Result<Vec<Repo>> {
    if filter.sort != Sort::Trending {
        let (after, order) = sorting(filter.sort);
        return part(db, filter, Part { after, order, limit: filter.limit, ..ALL }).await;
    }
    // Few repositories are liked lately, and all others are equal: neither part looks at every repository.
    let is_past_the_liked = filter.after.as_ref().is_some_and(|place| place.value == 0);
    let mut repos = match is_past_the_liked {
        true => Vec::new(),
        false => part(db, filter, Part { limit: filter.limit, ..LIKED }).await?,
    };
    let room = filter.limit - i64::try_from(repos.len()).unwrap_or(i64::MAX);
    if room > 0 {
        let after = filter.after.clone().filter(|_| is_past_the_liked);
        let rest = Filter { after, ..filter.clone() };
        repos.extend(part(db, &rest, Part { limit: room, ..OTHERS }).await?);
    }
    Ok(repos)
}

/// A part of a list: what else is looked at, what belongs to it, how a page follows another, and in which order.
struct Part {
    join: &'static str,
    of: &'static str,
    after: &'static str,
    order: &'static str,
    limit: i64,
}

/// Whatever the filter finds.
const ALL: Part = Part {
    join: "",
    // PostgreSQL has to know the type of every value, also of one that this part does not ask for.
    of: " AND $1 > -1",
    after: "",
    order: "",
    limit: 0,
};

/// What was liked lately, the most liked first.
const LIKED: Part = Part {
    join: " JOIN (SELECT repository_id, COUNT(*) AS likes FROM likes WHERE created > $1 GROUP BY repository_id) t
             ON t.repository_id = r.id",
    // Few are liked: without this, SQLite looks at every repository for whether it is.
    of: " AND r.id IN (SELECT repository_id FROM likes WHERE created > $1)",
    after: " AND (t.likes, r.id) < ($?",
    order: " ORDER BY t.likes DESC, r.id DESC",
    limit: 0,
};

/// The others, the newest first.
const OTHERS: Part = Part {
    join: " LEFT JOIN (SELECT DISTINCT repository_id FROM likes WHERE created > $1) t ON t.repository_id = r.id",
    of: " AND t.repository_id IS NULL",
    after: " AND (0, r.id) < ($?",
    order: " ORDER BY r.id DESC",
    limit: 0,
};

async fn part(db: &Db, filter: &Filter, part: Part) -> Result<Vec<Repo>> {
    let statement = sql(
        "SELECT r.id, r.kind, r.owner_id, o.name AS owner, r.creator_id, r.name, r.private, r.gated, r.sdk,
             r.created, r.modified, r.downloads, r.likes, r.size, r.commits, r.card
         FROM repositories r JOIN owners o ON o.id = r.owner_id",
    )
    .then(part.join)
    .bind(filter.recent)
    .then(" WHERE ($2 OR r.private = FALSE OR r.owner_id IN each($3) OR r.search IN each($4))")
    .bind(filter.sight.everything)
    .bind(json_set(&filter.sight.owners))
    .bind(json_set(&filter.sight.repositories))
    .then(part.of);
    let after = filter.after.as_ref();
    narrowed(statement, filter)
        .filter(part.after, after.map(|place| place.value))
        .filter(", $?)", after.map(|place| place.id.as_str()))
        .then(part.order)
        .filter(" LIMIT $?", Some(part.limit))
        .all(db)
        .await
}

fn narrowed(statement: Statement, filter: &Filter) -> Statement {
    let mut statement = statement
        .filter(" AND r.kind = $?", filter.kind)
        .filter(" AND o.folded = $?", filter.owner.as_deref())
        .filter(" AND (r.gated <> 'false') = $?", filter.gated)
        // The letters are in the order of the alphabet, and no letter comes before all of them.
        .filter(" AND r.openness_grade >= 'A' AND r.openness_grade <= $?", filter.openness.as_deref())
        .filter(
            " AND EXISTS (SELECT 1 FROM likes l WHERE l.repository_id = r.id AND l.user_id = $?)",
            filter.liked_by.as_deref(),
        );
    for word in &filter.search {
        statement = statement.filter(" AND r.search LIKE $? ESCAPE '!'", Some(like_pattern(word)));
    }
    statement = statement
        .filter(
            " AND r.id IN (SELECT g.repository_id FROM tags g WHERE g.tag IN each($?))",
            filter.any_tag.as_ref().map(json_set),
        )
        .filter(" AND r.id IN each($?)", filter.ids.as_ref().map(json_set));
    for tag in &filter.tags {
        statement = statement.filter(
            " AND EXISTS (SELECT 1 FROM tags g WHERE g.repository_id = r.id AND g.tag = $?)",
            Some(tag.as_str()),
        );
    }
    with_facets(statement, &filter.facets)
}

fn with_facets(mut statement: Statement, facets: &[(String, String)]) -> Statement {
    for (facet, value) in facets {
        statement = statement
            .filter(
                " AND EXISTS (SELECT 1 FROM facets x WHERE x.repository_id = r.id AND x.facet = $?",
                Some(facet.as_str()),
            )
            .filter(" AND x.value = $?)", Some(value.as_str()));
    }
    statement
}

record! {
    /// How many repositories have a value of a facet.
    pub struct FacetCount {
        /// The facet.
        pub facet: String,
        /// The value.
        pub value: String,
        /// How many.
        pub repositories: i64,
    }
}

/// How many public repositories of a kind have which values, of those with all of these words and facets.
///
/// # Errors
/// When the database fails.
pub async fn facet_counts(
    door: impl Door,
    kind: Kind,
    search: &[String],
    facets: &[(String, String)],
) -> Result<Vec<FacetCount>> {
    let mut statement = sql(
        "SELECT f.facet, f.value, COUNT(*) AS repositories FROM facets f JOIN repositories r ON r.id = f.repository_id
         WHERE r.private = FALSE AND r.kind = $1",
    )
    .bind(kind);
    for word in search {
        statement = statement.filter(" AND r.search LIKE $? ESCAPE '!'", Some(like_pattern(word)));
    }
    with_facets(statement, facets)
        .then(" GROUP BY f.facet, f.value ORDER BY COUNT(*) DESC, f.value")
        .all(door)
        .await
}

fn sorting(sort: Sort) -> (&'static str, &'static str) {
    match sort {
        Sort::Created => (" AND (r.created, r.id) < ($?", " ORDER BY r.created DESC, r.id DESC"),
        Sort::Modified => (" AND (r.modified, r.id) < ($?", " ORDER BY r.modified DESC, r.id DESC"),
        Sort::Downloads => (" AND (r.downloads, r.id) < ($?", " ORDER BY r.downloads DESC, r.id DESC"),
        Sort::Likes => (" AND (r.likes, r.id) < ($?", " ORDER BY r.likes DESC, r.id DESC"),
        Sort::Openness => (" AND (r.openness, r.id) < ($?", " ORDER BY r.openness DESC, r.id DESC"),
        Sort::Trending => (OTHERS.after, OTHERS.order),
    }
}

/// A pattern that finds `word` anywhere, with nothing in it being special.
fn like_pattern(word: &str) -> String {
    let plain = word.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{plain}%")
}

/// The tags of these repositories.
///
/// # Errors
/// When the database fails.
pub async fn tags(door: impl Door, repository_ids: &[&str]) -> Result<Vec<Tag>> {
    sql("SELECT repository_id, tag FROM tags WHERE repository_id IN each($1) ORDER BY repository_id, tag")
        .bind(json_set(repository_ids))
        .all(door)
        .await
}

/// Where `main` stands in these repositories.
///
/// # Errors
/// When the database fails.
pub async fn heads(door: impl Door, repository_ids: &[&str]) -> Result<Vec<Head>> {
    sql("SELECT repository_id, target FROM refs WHERE name = 'refs/heads/main' AND repository_id IN each($1)")
        .bind(json_set(repository_ids))
        .all(door)
        .await
}

/// How many users have liked these repositories since a moment; the others are left out.
///
/// # Errors
/// When the database fails.
pub async fn trends(door: impl Door, repository_ids: &[&str], since: Moment) -> Result<Vec<Trend>> {
    sql("SELECT repository_id AS id, COUNT(*) AS likes FROM likes
         WHERE created > $2 AND repository_id IN each($1) GROUP BY repository_id")
    .bind(json_set(repository_ids))
    .bind(since)
    .all(door)
    .await
}

/// Every tag that a public repository of this kind has.
///
/// # Errors
/// When the database fails.
pub async fn tags_in_use(door: impl Door, kind: Kind) -> Result<Vec<String>> {
    sql("SELECT DISTINCT g.tag AS value FROM tags g JOIN repositories r ON r.id = g.repository_id
         WHERE r.kind = $1 AND r.private = FALSE ORDER BY g.tag")
    .bind(kind)
    .all(door)
    .await
}
