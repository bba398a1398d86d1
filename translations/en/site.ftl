# The frame of every page, the home page, lists, and refusals.
skip-to-content = Skip to content
nav-main = Main
nav-new = New
nav-administration = Administration
nav-settings = Settings
nav-sign-in = Sign in
nav-sign-out = Sign out
nav-join = Create an account
nav-guide = Guide
nav-api = API
footer-about = limpide: an open commons for AI that anybody can run and everybody can check.
other-language = Français
kind-models = Models
kind-datasets = Datasets
kind-spaces = Spaces
search = Search
search-label = Search models
search-models = Search models by name
show = Show
show-all = Show all
next-page = Next page
to-home = Home
private = private
gated = gated
not-audited = not audited yet
grade-verified = Openness by what is verified
verified-and-claimed = { $verified } verified, { $claimed } claimed
changed-on = Changed on { $date }
downloads = { $count ->
    [one] { $number } download
   *[other] { $number } downloads
  }
likes = { $count ->
    [one] { $number } like
   *[other] { $number } likes
  }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

home-title = Models and data that anyone can check
home-lead = Each repository here is read byte by byte: what it claims, what its files show, and where the two differ.
home-openness = How open is what is here?
home-openness-says = { $audited } public repositories have a grade; { $open } of them are A or B.
home-openness-caption = Public repositories by grade, counting only what is verified. A is the most open.
home-nothing-audited = Nothing public has been audited yet.
home-new = Changed lately
home-empty = Nothing is here yet.

filters = Filters
filters-chosen = { $count ->
    [one] ({ $number } chosen)
   *[other] ({ $number } chosen)
}
results = Results
sort = Sort by
sort-trending = Liked lately
sort-openness = Most open
sort-modified = Changed last
sort-created = Newest
sort-downloads = Most downloaded
sort-likes = Most liked
remove-filter = (remove this filter)
clear-filters = Clear all filters
list-empty = Nothing fits this search.
facet-openness = Verified openness
grade-at-least = { $letter } or better

refusal-not-found = There is nothing here
refusal-not-found-advice = The address may be misspelt, or it leads to something that you may not see. If it is yours, sign in first.
refusal-no-revision = There is no such revision
refusal-no-revision-advice = The branch, tag or commit does not exist in this repository. Its history lists those that do.
refusal-no-entry = There is no such file
refusal-no-entry-advice = This revision has no file or folder of this name. It may be in another revision.
refusal-forbidden = You may not do this
refusal-forbidden-advice = Your role does not allow it. Somebody who manages the repository can change that.
refusal-gated = Access to these files has to be asked for
refusal-gated-advice = You can see what this repository is, but its files are for people who were let in.
refusal-quarantined = This file is held back
refusal-quarantined-advice = A scan found it malicious. Somebody who manages the repository can let it through, and has to say why.
refusal-too-often = Too many attempts
refusal-too-often-advice = Wait a quarter of an hour, then try again.
refusal-broken = Something went wrong on our side
refusal-broken-advice = Nothing was changed. Please try again in a moment.
refusal-expired = This link holds no longer
refusal-expired-advice = It has expired, or this hub did not make it. Open the page that it stood on again: it has a new one.
refusal-conflict = Something else stands in the way
refusal-conflict-advice = There is something of this name already, or somebody else changes the same just now. Choose another name, or try again.
refusal-outdated = This has changed since you looked
refusal-outdated-advice = Somebody else was faster. Open the page again, and repeat your change there.
refusal-too-large = This is more than the hub takes at once
refusal-too-large-advice = Send less at a time. Large files go through the upload page, or through a client such as hf.
refusal-unsupported = The hub cannot do this
refusal-unsupported-advice = It is not built for that, or not yet.
refusal-no-room = The hub can keep nothing just now
refusal-no-room-advice = Its disk is full or cannot be written. Nothing was changed; whoever runs the hub has to look at it.
refusal-busy = The hub has too much to do just now
refusal-busy-advice = Nothing was changed. Try again in a moment.
refusal-detail = The hub says:
refusal-invalid = This cannot be done as it was asked
refusal-invalid-advice = The address or the form holds a value that the hub does not understand or allow. Go back and mend it.

facet-task = Task
facet-library = Library
facet-language = Language
facet-licence = Licence
facet-permits = The licence permits
facet-permits-commercial-use = commercial use
facet-permits-modification = modification
facet-permits-redistribution = redistribution
facet-permits-any-field = any field of use
facet-format = Format
facet-size = Size
facet-size-up-to-100-mb = up to 100 MB
facet-size-up-to-1-gb = up to 1 GB
facet-size-up-to-10-gb = up to 10 GB
facet-size-up-to-100-gb = up to 100 GB
facet-size-more = more than 100 GB
facet-safety = Safety scan
facet-safety-clean = nothing found
facet-safety-needs-review = needs review
facet-safety-partial = partly understood
facet-safety-suspicious = suspicious
facet-safety-malicious = malicious
