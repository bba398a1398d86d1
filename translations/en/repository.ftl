# The pages of a repository.
nav-place = Place
nav-repository = Repository
tab-card = Card
tab-files = Files
tab-openness = Openness
tab-safety = Safety
tab-lineage = Lineage
tab-settings = Settings
fact-licence = Licence
fact-size = Size
fact-safety = Safety scan
fact-changed = Last change
fact-downloads = Downloads
licence-commercial = commercial use allowed
licence-commercial-conditions = commercial use on conditions
licence-not-commercial = no commercial use
licence-may-change = may be modified
licence-may-not-change = may not be modified
licence-some-uses = some uses are excluded
revision = Revision
history = History
upload-files = Upload files
no-files = This folder is empty.
file-name = Name
last-commit = Last commit
date = Date
download = Download
files-at-commit = files at this commit
commit = Commit

safety-nothing = nothing to scan
safety-pending = under way
safety-failed = could not be finished
level-clean = Nothing found
level-needs-review = Needs review
level-partial = Partly understood
level-suspicious = Suspicious
level-malicious = Malicious
safety-title = What the files would do
safety-about = Files are read without running them. “Nothing found” is said only when every byte was understood.
scan-pending = These files are being scanned
scan-failed = The scan could not be finished
scan-stale = These files are about to be scanned again, by newer rules.
scan-again = Scan again
scan-made = Scanned on { $date }, commit
policy = Rules
files-scanned = { $count ->
    [one] { $number } file was scanned.
   *[other] { $number } files were scanned.
  }
more-files = { $count ->
    [one] { $number } more file is not clean.
   *[other] { $number } more files are not clean.
  }
awaiting-antivirus = { $count ->
    [one] { $number } file has still to be looked at by the virus scanner.
   *[other] { $number } files have still to be looked at by the virus scanner.
  }
flagged-files = Files that are not clean
signatures = Signatures
no-signatures = No model signature was found in this revision.
signer-by-certificate = the holder of a certificate
signature-valid = Signed by { $signer }; every file is covered and as it was signed
signature-in-part = Signed by { $signer }; the files it covers are as they were signed, others are not covered
signature-differs = Files differ from what was signed
signature-refused = Not believed: { $why }

lineage-title = Where it comes from
lineage-about = As the cards of the repositories say it.
made-from = Made from
no-bases = The card names no base model.
not-here = (not on this hub)
named-datasets = Datasets that the card names
derivatives = Made from this
no-derivatives = No model here says that it is made from this.
all-derivatives = All models that say so
relation-finetune = fine-tuned
relation-adapter = adapter
relation-quantized = quantized
relation-merge = merge
kin-bases-about = Below each model stands what it is made from; the word beside it says how.
kin-derivatives-about = Below each model stands what is made from it; the word beside it says how.
kin-this = (this one)
kin-circle = (a circle: it is already on the way here, and is not followed again)
kin-above = (what belongs below it is shown further up)
kin-further = Follow it further
kin-cut = This goes further than is shown here: a page goes five steps away and names a hundred repositories in all.

look-again = Look again
since = Asked for on { $date }

owner-empty = Nothing that you may see.
members = Members
organizations = Organisations
member-since = Here since { $date }
role-read = reads
role-contributor = contributes
role-write = writes
role-admin = administers

edit = Edit
line = Line
previous-page = Previous page
file-not-scanned = Not scanned yet.
file-empty = This file is empty.
pdf-version = PDF { $version }
pdf-title = Title
pdf-pages = Pages
pdf-not-shown = Download this document to read it. This hub draws no pages of documents.
pdf-page-of = Page { $page } of { $pages }
pdf-page-alternative = { $page } of { $name }
pdf-go-to = Go to page
pdf-show = Show
pdf-text = Text of this page
pdf-too-large = This document is larger than what is drawn here, 32 MiB. Download it to read it.
pdf-encrypted = This document is encrypted, so no page of it is drawn. Download it to open it with its password.
pdf-broken = No page of this document could be drawn: it is damaged, or not what it says. Download it to look into it.
pdf-too-much = Drawing this page took too much time or memory and was ended. Download the document to read it.
pdf-busy = Too many pages are being drawn just now. Load this page again in a moment, or download the document.
pdf-held-back = This document is malicious and held back, and so are pictures of its pages.
file-not-shown = A page cannot show this file; download it to look into it.
file-cut = This is the beginning; the rest is in the download.
show-source = Show the source
show-rendered = Show it as it is meant
output-html = This cell gave HTML, which is not shown.
output-unknown = This cell gave something that is not shown.
structure-of = What this { $format } file holds
structure-partial = There is more than is told here, or part of it could not be read.
imports = Imports
imports-about = What loading this file would import.
tensors = Tensors
totals = Totals by type
tensor-type = Type
elements = Elements
search-tensors = Search by name
shape = Shape
offsets = Bytes from–to
tensors-found = { $count ->
    [one] { $number } tensor
   *[other] { $number } tensors
  }
metadata = Metadata
archive-members = Files inside
chat-template = Chat template
parent = parent
files-changed = { $count ->
    [one] { $number } file changed.
   *[other] { $number } files changed.
  }
changes-cut = There are more than are shown.
change-added = Added
change-deleted = Deleted
change-changed = Changed
diff-not-shown = The lines are not shown here.
diff-too-long = Too long to compare on a page.
diff-binary = Not a text.
diff-same = No line differs.
use-this = Use this
contents = Contents
no-card = This repository has no card.
no-card-advice = A card says what this is, what it is made from, and what it may be used for.
write-card = Write the card

upload-to = To
upload-choose = Files
upload-folder = A whole folder
upload-drop = Drop files and folders here, or choose them. Files of any size go in parts, and go on where they stopped.
upload-limit = Up to { $limit } for each file; larger ones need a script, or `hf upload`.
upload-send = Send
upload-chosen = files chosen.
upload-nothing = Choose at least one file.
upload-hashing = Hashing
upload-sending = Sending
upload-committing = Making the commit…
upload-done = Done.
upload-failed = This did not work; what has arrived is not sent again.
commit-message = What was changed, in a few words
commit-changes = Commit
cancel = Cancel
new-file = New file
edit-text = Text
edit-outdated = Somebody has committed since you opened this page. Your text is still here; look at what changed, then commit again.

compare-title = Compare
compare-lead = Two to five repositories side by side: openness, rights, size, safety.
compare-kind = Kind
compare-field = Repository { $number }
compare = Compare
compare-missing = There is no { $name } that you may see.
compare-facts = At a glance
compare-licence = What the licence permits
parameters = Parameters
right-commercial = Commercial use
right-change = Modification
right-share = Redistribution
right-any-use = Any field of use
right-train = Training other models with its outputs
on-conditions = on conditions

documents = Documents
docs-in-english = This document is in English.
api-title = The API
api-lead = What programs can ask of this hub. Stock clients of the Hub API, Xet, Git LFS and git speak it unmodified.
api-parameters = Parameters
api-answers = Answers
first-page = First page
last-page = Last page
columns = Columns
blame = Lines by commit
blame-back = Back to the file
blame-about = Beside each line stands the commit that last changed it.
blame-cut = Older commits were not looked at.

tab-rows = Rows
viewer-title = The rows of this dataset
configurations = Configurations
splits = Splits
views = What is shown
rows = Rows
row = Row
column = Column
no-splits = No split was found in this revision. Files are found by names such as train.parquet or data/test-00000-of-00001.parquet, or by “configs” in the front matter of the card.
split-not-shown = The rows of such files are not shown here. “datasets” reads them, and they can be downloaded.
split-claims = { $split } ({ $rows } rows, says the card)
split-files = Files of this split
more-files-of-split = { $count ->
    [one] { $number } more file.
   *[other] { $number } more files.
  }
file-of-split = File { $number } of { $files }.
rows-in-split = { $count ->
    [one] { $number } row in this split.
   *[other] { $number } rows in this split.
  }
rows-from-to = Rows { $first } to { $last }
rows-of = of { $total }.
no-rows = There are no rows here.
rows-found = { $count ->
    [0] No row was found
    [one] { $number } row was found
   *[other] { $number } rows were found
  }
rows-looked-at = { $count ->
    [one] among { $number } row that was looked at.
   *[other] among { $number } rows that were looked at.
  }
columns-left-out = { $count ->
    [one] { $number } more column is not shown.
   *[other] { $number } more columns are not shown.
  }
rest-of-row = Besides
search-rows = Search in the texts
search-on = Search on
all-rows = All rows
filter-rows = Filter by a column
filter = Filter
test = Condition
value = Value
test-contains = contains
test-is = is
test-is-not = is not
test-below = is below
test-above = is above
test-missing = is missing
test-present = is there
column-truth = true or false
column-integer = whole number
column-number = number
column-time = time
column-text = text
column-bytes = bytes
column-nested = list or object
column-class = class
media = File
label = Folder
missing = Missing
distinct = Different values
not-counted = not counted
more-than = more than { $count }
values = Values
numbers-spread = How the numbers are spread.
lengths-spread = How the lengths are spread.
bin = { $from } to { $to }:
spread-least = Least
spread-median = Median
spread-mean = Mean
spread-greatest = Greatest
summary-whole = { $count ->
    [one] From the only row.
   *[other] From all { $number } rows.
  }
summary-part = { $count ->
    [one] From { $number } row; the split has more.
   *[other] From { $number } rows that are spread over the split, which has more.
  }
rows-too-large = A row or a page of this file is larger than any that is read here. It can be downloaded.
rows-no-table = This file is not the table that its name promises.
rows-malformed = This file does not follow its format from here on.
split-problems = { $count ->
    [one] “datasets” stumbles over { $number } thing.
   *[other] “datasets” stumbles over { $number } things.
  }
bin-of-one = { $value }:
