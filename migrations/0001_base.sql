-- The tables of a hub. One text for SQLite and PostgreSQL: TEXT, BIGINT, BOOLEAN and BYTEA only,
-- ids are UUIDv7 as text, moments are microseconds since 1970, sets travel as JSON.

-- Who: users and organisations share one space of names.
CREATE TABLE owners (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                 -- user | organization
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    email TEXT,
    password TEXT,                      -- Argon2id, PHC string
    malicious TEXT,                     -- show | warn | quarantine: what is done with such files; NULL: as the hub does
    is_admin BOOLEAN NOT NULL,
    language TEXT,                      -- en | fr: in which the site speaks to the user; NULL: as their browser asks
    created BIGINT NOT NULL
);

CREATE TABLE members (
    organization_id TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
    role TEXT NOT NULL,                 -- read | contributor | write | admin
    since BIGINT NOT NULL,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id);

CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,        -- SHA-256 of the token: it has 256 random bits, no salt is needed
    role TEXT NOT NULL,                 -- read | write | fineGrained
    scopes TEXT NOT NULL,               -- JSON, for fineGrained
    created BIGINT NOT NULL,
    expires BIGINT,
    UNIQUE (user_id, name)
);

-- Who is signed in to the site, and on which browser.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
    digest TEXT NOT NULL UNIQUE,        -- SHA-256 of what the cookie holds: 256 random bits
    agent TEXT NOT NULL,                -- what the browser calls itself
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires);

-- Attempts to sign in that failed, by name and by address: many in a short time are guesses.
CREATE TABLE failed_sign_ins (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,              -- name:… or address:…
    failed BIGINT NOT NULL
);
CREATE INDEX failed_sign_ins_by_subject ON failed_sign_ins (subject, failed);
CREATE INDEX failed_sign_ins_by_time ON failed_sign_ins (failed);

-- What: repositories. Numbers that lists sort by are kept here, so that no list counts.
CREATE TABLE repositories (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                 -- model | dataset | space
    owner_id TEXT NOT NULL REFERENCES owners (id),
    creator_id TEXT NOT NULL,           -- whom the role `contributor` lets write
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    search TEXT NOT NULL,               -- folded `owner/name`, what a search looks through
    private BOOLEAN NOT NULL,
    gated TEXT NOT NULL,                -- false | auto | manual
    sdk TEXT,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    downloads BIGINT NOT NULL,
    likes BIGINT NOT NULL,
    size BIGINT NOT NULL,               -- bytes of all distinct files in its history, before deduplication
    commits BIGINT NOT NULL,            -- the number given to the newest commit
    objects BIGINT NOT NULL,            -- the number given to the newest git object
    shed BIGINT,                        -- since when there may be commits that no ref leads to
    card TEXT NOT NULL,                 -- JSON of the front matter of README.md on main
    openness_commit TEXT,               -- the commit of main that was audited last,
    openness_grade TEXT,                -- and by what was verified there, its letter
    openness BIGINT NOT NULL,           -- and its thousandths; -1 before the first audit
    UNIQUE (kind, owner_id, folded)
);
CREATE INDEX repositories_by_modified ON repositories (kind, modified, id);
CREATE INDEX repositories_by_created ON repositories (kind, created, id);
CREATE INDEX repositories_by_likes ON repositories (kind, likes, id);
CREATE INDEX repositories_by_downloads ON repositories (kind, downloads, id);
CREATE INDEX repositories_by_openness ON repositories (kind, openness, id);
CREATE INDEX repositories_by_grade ON repositories (private, openness_grade);
CREATE INDEX repositories_by_owner ON repositories (owner_id);
CREATE INDEX repositories_by_kind ON repositories (kind, id, search);
CREATE INDEX repositories_by_change ON repositories (modified, id);
CREATE INDEX repositories_by_shed ON repositories (shed) WHERE shed IS NOT NULL;

CREATE TABLE redirects (
    kind TEXT NOT NULL,
    folded TEXT NOT NULL,               -- folded `owner/name` that it had before
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    PRIMARY KEY (kind, folded)
);

CREATE TABLE tags (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (repository_id, tag)
);
CREATE INDEX tags_by_tag ON tags (tag);

-- By what lists are narrowed and counted: task, library, language, licence and what it permits, which follow from the
-- card; and format, size and safety, which a scan of main sees.
CREATE TABLE facets (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (repository_id, facet, value)
);
CREATE INDEX facets_by_value ON facets (facet, value, repository_id);

CREATE TABLE likes (
    user_id TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    created BIGINT NOT NULL,
    PRIMARY KEY (user_id, repository_id)
);
CREATE INDEX likes_by_repository ON likes (repository_id);
CREATE INDEX likes_by_created ON likes (created);

-- History is git: objects with their SHA-1 ids, and refs that move by compare-and-swap.
CREATE TABLE refs (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    name TEXT NOT NULL,                 -- refs/heads/main
    target TEXT NOT NULL,
    PRIMARY KEY (repository_id, name)
);

CREATE TABLE git_objects (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- commit | tree | blob | tag
    size BIGINT NOT NULL,
    data BYTEA,                         -- its bytes, when they are few,
    object TEXT,                        -- or the object of the store that holds them
    lfs_sha256 TEXT,                    -- set when the blob is an LFS pointer
    lfs_size BIGINT,
    added BIGINT NOT NULL,              -- counts up within the repository: what came later has larger ones
    loose BIGINT,                       -- since when no commit has led to it: it is not there for who asks, and goes
    PRIMARY KEY (repository_id, id)
);
CREATE INDEX git_objects_by_added ON git_objects (repository_id, added, id);
CREATE INDEX git_objects_by_object ON git_objects (object) WHERE object IS NOT NULL;
CREATE INDEX git_objects_by_content ON git_objects (repository_id, lfs_sha256) WHERE lfs_sha256 IS NOT NULL;
CREATE INDEX git_objects_by_loose ON git_objects (repository_id, loose) WHERE loose IS NOT NULL;

CREATE TABLE commits (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    number BIGINT NOT NULL,             -- counts up within the repository; parents have smaller ones
    tree TEXT NOT NULL,
    author TEXT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,              -- what follows the title
    date BIGINT NOT NULL,
    PRIMARY KEY (repository_id, id),
    UNIQUE (repository_id, number)
);

CREATE TABLE commit_parents (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    commit_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    parent_id TEXT NOT NULL,
    PRIMARY KEY (repository_id, commit_id, position)
);

-- For each folder a commit touched: which commit last changed each of its entries (commit numbers in the order of
-- the tree, as runs: db/src/runs.rs). An untouched folder is found under the number its own entry has.
CREATE TABLE folder_history (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    path TEXT NOT NULL,
    numbers BYTEA NOT NULL,
    PRIMARY KEY (repository_id, number, path)
);

-- Content: chunks lie in xorbs, files are lists of terms over xorbs.
CREATE TABLE xorbs (
    hash TEXT PRIMARY KEY,
    object TEXT NOT NULL UNIQUE,        -- names the bytes and the chunk table in the store
    length BIGINT NOT NULL,
    unpacked_length BIGINT NOT NULL,
    chunks BIGINT NOT NULL,
    touched BIGINT NOT NULL             -- when somebody was last told that it is there
);

-- Who may know that a xorb exists: the deduplication domains that have sent its bytes.
CREATE TABLE xorb_domains (
    domain TEXT NOT NULL,
    xorb TEXT NOT NULL REFERENCES xorbs (hash) ON DELETE CASCADE,
    PRIMARY KEY (domain, xorb)
);

CREATE TABLE files (
    hash TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,               -- computed from the bytes, never taken from a claim
    terms BYTEA NOT NULL,               -- 44 bytes each
    shard TEXT NOT NULL,                -- the object of the shard that describes it
    created BIGINT NOT NULL
);
CREATE INDEX files_by_shard ON files (shard);

-- Shards in our own serialization, from which the rows of files could be made anew.
CREATE TABLE shards (
    object TEXT PRIMARY KEY,            -- names the bytes in the store
    hash TEXT NOT NULL                  -- of these bytes
);

CREATE TABLE file_xorbs (
    file TEXT NOT NULL REFERENCES files (hash) ON DELETE CASCADE,
    xorb TEXT NOT NULL REFERENCES xorbs (hash),
    PRIMARY KEY (file, xorb)
);
CREATE INDEX file_xorbs_by_xorb ON file_xorbs (xorb);

-- Uploaded for a repository, not yet committed to it: keeps the file alive until it expires.
CREATE TABLE claims (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    file TEXT NOT NULL REFERENCES files (hash),
    sha256 TEXT NOT NULL,
    user_id TEXT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (repository_id, sha256)
);
CREATE INDEX claims_by_file ON claims (file);
CREATE INDEX claims_by_expiry ON claims (expires);

-- Parts of LFS objects that have not arrived whole. One number may have been sent with different bytes: the sender
-- says at the end which of them it meant.
CREATE TABLE lfs_parts (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,               -- of the whole object, as announced
    size BIGINT NOT NULL,               -- of the whole object, as announced
    part_size BIGINT NOT NULL,          -- of all parts but the last
    number BIGINT NOT NULL,             -- from 1
    digest TEXT NOT NULL,               -- SHA-256 of its bytes
    object TEXT NOT NULL UNIQUE,        -- names the bytes in the store
    expires BIGINT NOT NULL,
    PRIMARY KEY (repository_id, sha256, size, part_size, number, digest)
);
CREATE INDEX lfs_parts_by_expiry ON lfs_parts (expires);

-- Committed to a repository: what its LFS pointers stand for.
CREATE TABLE lfs_files (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES files (hash),
    pointer TEXT NOT NULL,              -- git id of the pointer blob
    path TEXT NOT NULL,                 -- where it was first committed
    size BIGINT NOT NULL,
    pushed BIGINT NOT NULL,
    PRIMARY KEY (repository_id, sha256)
);
CREATE INDEX lfs_files_by_file ON lfs_files (file, repository_id);
CREATE INDEX lfs_files_by_sha256 ON lfs_files (sha256);

-- What people have locked, so that others do not edit it meanwhile: a word among them, nothing is refused for it.
CREATE TABLE lfs_locks (
    id TEXT PRIMARY KEY,
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
    locked BIGINT NOT NULL,
    UNIQUE (repository_id, path)
);

-- The chunks that clients ask about: the first of each file, and those whose hash is 0 modulo 1024.
CREATE TABLE key_chunks (
    chunk TEXT NOT NULL,
    xorb TEXT NOT NULL REFERENCES xorbs (hash) ON DELETE CASCADE,
    file TEXT NOT NULL,
    PRIMARY KEY (chunk, xorb)
);

-- What is to be done in the background, by whichever replica takes it. What is done leaves no row.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                 -- audit | scan
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,              -- what of the repository: a commit
    state TEXT NOT NULL,                -- waiting | running | failed
    again BOOLEAN NOT NULL,             -- asked for once more while it runs
    attempts BIGINT NOT NULL,
    due BIGINT NOT NULL,                -- from when on somebody may take it: for one that runs, the end of its lease
    lease TEXT,                         -- whoever runs it knows this word
    progress TEXT NOT NULL,
    error TEXT,                         -- why the last attempt came to nothing
    created BIGINT NOT NULL,
    UNIQUE (kind, repository_id, subject)
);
CREATE INDEX jobs_by_due ON jobs (due, id) WHERE state <> 'failed';
CREATE INDEX jobs_by_repository ON jobs (repository_id, id);

-- What the audit of a commit said. It goes with the commit.
CREATE TABLE audits (
    repository_id TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    digest TEXT NOT NULL,               -- SHA-256 of the report
    report BYTEA NOT NULL,              -- canonical JSON, without attestations, deflated (RFC 1950)
    grade TEXT NOT NULL,                -- the letter by what is verified,
    label TEXT NOT NULL,                -- and what it may be called
    verified BIGINT NOT NULL,           -- thousandths, by what is verified,
    attested BIGINT NOT NULL,           -- with attestations,
    attested_until BIGINT,              -- of which the first expires then,
    claimed BIGINT NOT NULL,            -- and with all that is claimed
    contradictions BIGINT NOT NULL,
    licences TEXT NOT NULL,             -- JSON: which licences are claimed, by criterion
    created BIGINT NOT NULL,
    PRIMARY KEY (repository_id, commit_id),
    FOREIGN KEY (repository_id, commit_id) REFERENCES commits (repository_id, id) ON DELETE CASCADE
);

-- What was seen in contents, once in each, whichever repositories hold it; in texts, once under each name.
CREATE TABLE scans (
    content TEXT NOT NULL,              -- SHA-256 of what LFS keeps, git id of what git keeps
    name TEXT NOT NULL,                 -- where that depends on the name of the file, the name; else empty
    scanner BIGINT NOT NULL,            -- the version of the code that looked
    scan BYTEA NOT NULL,                -- what it saw: JSON, deflated (RFC 1950)
    size BIGINT NOT NULL,               -- bytes of the content,
    accounted BIGINT NOT NULL,          -- and how many of them were understood
    policy TEXT NOT NULL,               -- the SHA-256 of the policy that judged that last,
    level TEXT NOT NULL,                -- and its word: clean | needs-review | partial | suspicious | malicious
    antivirus TEXT,                     -- what a virus scanner said: clean | found | too-large | away | failed
    created BIGINT NOT NULL,
    PRIMARY KEY (content, name)
);

-- What came of scanning the files of a commit. It goes with the commit.
CREATE TABLE commit_scans (
    repository_id TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    scanner BIGINT NOT NULL,            -- as for contents
    policy TEXT NOT NULL,
    files BIGINT NOT NULL,              -- how many files the commit has
    flagged TEXT NOT NULL,              -- JSON: those that are not clean, with path, content and level
    unlooked BIGINT NOT NULL,           -- files that no virus scanner has looked at: all of them where the hub has none
    created BIGINT NOT NULL,
    PRIMARY KEY (repository_id, commit_id),
    FOREIGN KEY (repository_id, commit_id) REFERENCES commits (repository_id, id) ON DELETE CASCADE
);
CREATE INDEX commit_scans_unlooked ON commit_scans (repository_id, commit_id) WHERE unlooked > 0;

-- What this hub has signed, in the order in which it did: a list that only grows. Entries outlive what they are about.
CREATE TABLE log_entries (
    number BIGINT PRIMARY KEY,          -- from 0 on
    repository_id TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    predicate TEXT NOT NULL,            -- scan | openness
    leaf TEXT NOT NULL,                 -- its hash (RFC 6962), in hexadecimal
    bundle BYTEA NOT NULL,              -- the signed statement
    created BIGINT NOT NULL
);
CREATE INDEX log_entries_by_commit ON log_entries (repository_id, commit_id, number);

-- The hashes of complete subtrees of the log.
CREATE TABLE log_nodes (
    place TEXT PRIMARY KEY,             -- level/index
    hash TEXT NOT NULL
);

-- How long the log is, and the newest checkpoint: one row.
CREATE TABLE log_head (
    id BIGINT PRIMARY KEY,
    size BIGINT NOT NULL,
    checkpoint TEXT NOT NULL
);

-- What owners are told of their files: the first time that a content is found to be this bad.
CREATE TABLE notices (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    level TEXT NOT NULL,                -- suspicious | malicious
    path TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (repository_id, content, level)
);
CREATE INDEX notices_by_created ON notices (created);

-- Malicious contents that somebody who manages the repository has looked at, and lets others have.
CREATE TABLE acknowledgements (
    repository_id TEXT NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    user_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (repository_id, content)
);

-- The keys with which people sign what they attest.
CREATE TABLE keys (
    user_id TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    public_key TEXT NOT NULL,           -- Ed25519, in hexadecimal
    created BIGINT NOT NULL,
    PRIMARY KEY (user_id, name),
    UNIQUE (user_id, public_key)
);

-- What people have signed about a commit. It goes with the commit.
CREATE TABLE attestations (
    repository_id TEXT NOT NULL,
    id TEXT NOT NULL,                   -- SHA-256 of the canonical JSON
    commit_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES owners (id) ON DELETE CASCADE,
    public_key TEXT NOT NULL,           -- counts as long as it is one of the user's
    signer TEXT NOT NULL,               -- the user, or an organisation that the user signs for
    attestation TEXT NOT NULL,          -- canonical JSON
    created BIGINT NOT NULL,
    PRIMARY KEY (repository_id, id),
    FOREIGN KEY (repository_id, commit_id) REFERENCES commits (repository_id, id) ON DELETE CASCADE
);
CREATE INDEX attestations_by_commit ON attestations (repository_id, commit_id, created);
CREATE INDEX attestations_by_user ON attestations (user_id, public_key);

-- What is to be done from time to time by one replica, whichever comes first.
CREATE TABLE duties (
    name TEXT PRIMARY KEY,
    due BIGINT NOT NULL,                -- when it is to be done next
    place TEXT NOT NULL                 -- how far it has come
);

-- Bytes that no row names any more, to be removed from the store after a grace.
CREATE TABLE dead_objects (
    path TEXT PRIMARY KEY,
    delete_after BIGINT NOT NULL
);

-- Who did what to what: append only.
CREATE TABLE events (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT,
    repository_id TEXT,
    action TEXT NOT NULL,
    detail TEXT NOT NULL                -- JSON
);
CREATE INDEX events_by_repository ON events (repository_id, id);
CREATE INDEX events_by_action ON events (action, id);

-- What the replicas of one hub share: its instance id and its signing key.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- A copy of a hub into this database that is under way: one row until it has ended. Nobody serves it meanwhile.
CREATE TABLE arrivals (
    id BIGINT PRIMARY KEY,
    source TEXT NOT NULL,               -- what is copied, by a digest of its rows
    place TEXT                          -- the last row that has arrived, as JSON
);

-- Backups of this hub under way: meanwhile nothing is removed from the store.
CREATE TABLE backups (
    id TEXT PRIMARY KEY,
    expires BIGINT NOT NULL             -- whoever makes it moves this on; one that was killed counts no more after it
);
