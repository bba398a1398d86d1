//! Lists of repositories, as far as the caller may see them.

use std::collections::HashMap;
use std::time::Duration;

use limpide_db::listing::{self, Filter, Place, Sight, Sort};
use limpide_db::repos::Repo;
use limpide_db::{accounts, audits};
use limpide_words::{Kind, ObjectId, OwnerName};

use crate::access::Caller;
use crate::accounts::Grant;
use crate::audits::Openness;
use crate::error::{Error, Result};
use crate::{Hub, Readable};

/// Likes of this last span make a repository trend.
const TREND: Duration = Duration::from_secs(7 * 24 * 3600);

/// What a list is asked for.
#[derive(Debug, Clone)]
pub struct Query {
    /// Of this kind; of all when none.
    pub kind: Option<Kind>,
    /// Of this owner.
    pub owner: Option<OwnerName>,
    /// With each of these words in `owner/name`, in any case.
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
    /// Verified to be at least this open: a letter from A to E.
    pub openness: Option<char>,
    /// Liked by this user.
    pub liked_by: Option<OwnerName>,
    /// Sorted by this, from high to low.
    pub sort: Sort,
    /// Where the page before ended.
    pub after: Option<String>,
    /// At most this many.
    pub limit: usize,
}

impl Query {
    /// Everything that the caller may see, as it trends.
    pub fn of_all() -> Self {
        Self {
            kind: None,
            owner: None,
            search: Vec::new(),
            tags: Vec::new(),
            any_tag: None,
            ids: None,
            facets: Vec::new(),
            gated: None,
            openness: None,
            liked_by: None,
            sort: Sort::Trending,
            after: None,
            limit: 100,
        }
    }
}

/// A repository in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The repository.
    pub repo: Repo,
    /// Its tags.
    pub tags: Vec<String>,
    /// Where its `main` stands.
    pub head: Option<ObjectId>,
    /// How many users have liked it lately.
    pub trend: i64,
    /// What the newest audit of its `main` said.
    pub openness: Option<Openness>,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// What it holds.
    pub repos: Vec<Listed>,
    /// Where it ended, when there may be more.
    pub next: Option<String>,
}

impl Hub {
    /// One page of a list.
    ///
    /// # Errors
    /// `NotFound` when it asks for the likes of nobody, `Invalid` for a place that no page ended at.
    pub async fn list(&self, caller: &Caller, query: Query) -> Result<Page> {
        let recent = self.clock().now() - TREND;
        let limit = query.limit;
        let filter = Filter {
            kind: query.kind,
            owner: query.owner.map(|name| name.folded()),
            search: query.search.iter().map(|word| word.to_lowercase()).collect(),
            tags: query.tags,
            any_tag: query.any_tag,
            ids: query.ids,
            facets: query.facets,
            gated: query.gated,
            openness: query.openness.map(String::from),
            liked_by: match query.liked_by {
                Some(name) => Some(self.user_by_name(&name).await?.id),
                None => None,
            },
            sight: self.sight(caller, query.kind).await?,
            sort: query.sort,
            recent,
            after: query.after.as_deref().map(parse_place).transpose()?,
            limit: i64::try_from(limit).unwrap_or(i64::MAX),
        };
        let repos = self.described(listing::page(self.db(), &filter).await?).await?;
        let full = repos.len() == limit;
        let next = repos.last().filter(|_| full).map(|last| format_place(last, filter.sort));
        Ok(Page { repos, next })
    }

    /// One repository, as a list would show it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn listed(&self, readable: &Readable) -> Result<Listed> {
        let mut described = self.described(vec![readable.repo().clone()]).await?;
        described.pop().ok_or_else(|| Error::Internal(anyhow::anyhow!("one repository gave no description")))
    }

    async fn described(&self, repos: Vec<Repo>) -> Result<Vec<Listed>> {
        let ids: Vec<&str> = repos.iter().map(|repo| repo.id.as_str()).collect();
        let mut tags: HashMap<String, Vec<String>> = HashMap::new();
        for tag in listing::tags(self.db(), &ids).await? {
            tags.entry(tag.repository_id).or_default().push(tag.tag);
        }
        let heads = listing::heads(self.db(), &ids).await?;
        let heads: HashMap<String, ObjectId> =
            heads.into_iter().map(|head| (head.repository_id, head.target)).collect();
        let trends = listing::trends(self.db(), &ids, self.clock().now() - TREND).await?;
        let trends: HashMap<String, i64> = trends.into_iter().map(|trend| (trend.id, trend.likes)).collect();
        let (headlines, now) = (audits::headlines(self.db(), &ids).await?, self.clock().now());
        let mut headlines: HashMap<String, Openness> =
            headlines.into_iter().map(|row| (row.repository_id.clone(), Openness::at(row, now))).collect();
        let listed = |repo: Repo| Listed {
            openness: headlines.remove(&repo.id),
            tags: tags.remove(&repo.id).unwrap_or_default(),
            head: heads.get(&repo.id).copied(),
            trend: trends.get(&repo.id).copied().unwrap_or(0),
            repo,
        };
        Ok(repos.into_iter().map(listed).collect())
    }

    /// Which private repositories the caller sees, by what they belong to and what their token allows.
    async fn sight(&self, caller: &Caller, kind: Option<Kind>) -> Result<Sight> {
        let Caller::User(user) = caller else { return Ok(Sight::default()) };
        let mut owners = vec![(user.id.clone(), user.name.clone())];
        let memberships = accounts::memberships(self.db(), &user.id).await?;
        owners.extend(memberships.into_iter().map(|membership| (membership.id, membership.name)));
        let Grant::Fine(scopes) = &user.grant else {
            let owners = owners.into_iter().map(|(id, _)| id).collect();
            return Ok(Sight { everything: user.is_admin, owners, repositories: Vec::new() });
        };
        let repositories = scopes.iter().filter(|scope| scope.role().is_some()).filter_map(|scope| {
            let id: limpide_words::RepoId = scope.name.parse().ok()?;
            let of_this_kind = kind.is_none_or(|kind| scope.on == kind.as_str());
            let of_an_owner =
                user.is_admin || owners.iter().any(|(_, name)| name.folded() == id.owner.folded());
            (of_this_kind && of_an_owner).then(|| id.folded())
        });
        let repositories = repositories.collect();
        owners.retain(|(_, name)| scopes.iter().any(|scope| scope.is_owner(name) && scope.role().is_some()));
        let owners = owners.into_iter().map(|(id, _)| id).collect();
        Ok(Sight { everything: false, owners, repositories })
    }

    /// Every tag that public repositories of this kind have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tags_in_use(&self, kind: Kind) -> Result<Vec<String>> {
        Ok(listing::tags_in_use(self.db(), kind).await?)
    }
}

fn format_place(last: &Listed, sort: Sort) -> String {
    let value = match sort {
        Sort::Created => last.repo.created.0,
        Sort::Modified => last.repo.modified.0,
        Sort::Downloads => last.repo.downloads,
        Sort::Likes => last.repo.likes,
        Sort::Trending => last.trend,
        Sort::Openness => last.openness.as_ref().map_or(-1, |openness| openness.verified),
    };
    format!("{value}.{}", last.repo.id)
}

fn parse_place(text: &str) -> Result<Place> {
    let refusal = || Error::Invalid("`cursor` is not one that this hub gave.".into());
    let (value, id) = text.split_once('.').ok_or_else(refusal)?;
    Ok(Place { value: value.parse().map_err(|_| refusal())?, id: id.to_owned() })
}
