"""The layouts of `generate.py`: the paths of a repository, and the front matter of its card (None: no card)."""


def one(data_files, **more):
    """A card with one configuration."""
    return {"configs": [{"config_name": "default", "data_files": data_files, **more}]}


def several(*configurations):
    return {"configs": [dict(one) for one in configurations]}


def shards(split, count, ending="parquet", folder="data"):
    return [f"{folder}/{split}-{number:05}-of-{count:05}.{ending}" for number in range(count)]


CSV_PAIR = ["train.csv", "test.csv"]
PHOTOS = ["train/cat/1.png", "train/cat/2.png", "train/dog/3.jpg", "test/cat/4.png"]

LAYOUTS = {
    # Without a card, by the names alone.
    "empty": ([], None),
    "empty-with-card": ([], {"license": "mit"}),
    "only-hidden-and-ignored": ([".gitattributes", "config.json", "dataset_infos.json", "a/dataset_dict.json"], None),
    "only-a-licence": (["LICENSE"], None),
    "only-notes-in-markdown": (["CHANGELOG.md", "docs/guide.md"], None),
    "one-csv": (["words.csv"], None),
    "one-csv-beside-scripts": (["words.csv", "make.py", "LICENSE", "requirements.in"], None),
    "test-script-hides-the-data": (["words.csv", "make_test.py"], None),
    "three-formats-most-common-wins": (["a.csv", "b.json", "c.json", "d.txt"], None),
    "draw-parquet-wins": (["a.csv", "b.parquet", "c.txt"], None),
    "draw-jsonl-over-json": (["a.csv", "b.json", "c.jsonl"], None),
    "draw-by-letter": (["a.txt", "b.tsv", "c.tar"], None),
    "tsv": (["words.tsv"], None),
    "csv-and-tsv-in-two-splits": (["train.csv", "test.tsv"], None),
    "csv-with-more-tsv": (["a.csv", "b.tsv", "c.tsv"], None),
    "compressed": (["train.csv.gz", "test.csv.bz2", "train.json.zst"], None),
    "two-endings-in-a-name": (["a.v1.jsonl", "b.v1.jsonl", "c.jsonl.bak"], None),
    "upper-case-ending": (["A.CSV", "b.csv"], None),
    "only-upper-case-ending": (["A.CSV"], None),
    "text": (["poems/one.txt", "poems/two.txt"], None),
    "arrow-saved-to-disk": (["dataset_dict.json", "train/data-00000-of-00001.arrow", "train/dataset_info.json",
                             "train/state.json", "test/data-00000-of-00001.arrow", "test/state.json"], None),
    "webdataset": (["data/000.tar", "data/001.tar", "test/000.tar"], None),
    "xml-and-hdf5": (["a.xml", "b.h5", "c.h5"], None),
    "csv-beside-few-zips": (["a.csv", "b.csv", "c.zip"], None),
    "csv-named-folder": (["a.csv.d/x.json", "b.csv", "c.csv"], None),
    "geoparquet": (["a.gpq", "b.geoparquet", "c.parquet"], None),
    "eval-logs": (["runs/one.eval", "runs/two.eval", "train.csv"], None),
    "harbor-tasks": (["tasks/a/task.toml", "tasks/a/instruction.md", "tasks/a/tests/run.py", "train.csv"], None),
    "lance": (
        ["train.lance/data/0.lance", "train.lance/_versions/1.manifest", "train.lance/_transactions/0.txn"], None),
    "conllu": (["en/train.conllu", "en/dev.conllu"], None),
    "notes-outnumber-the-data": (["a.csv", "one.md", "two.md"], None),

    # Splits by keyword.
    "keyword-in-file-names": (CSV_PAIR, None),
    "keywords-of-all-kinds": (["training.csv", "dev.csv", "evaluation.csv"], None),
    "validation-and-val-and-valid": (["train.csv", "val.csv", "valid.csv", "validation.csv"], None),
    "keyword-with-separators": (["my train.csv", "my-test_2.csv", "9dev.csv", "x_valid0.csv", "eval"], None),
    "keyword-glued-is-none": (["mytrain.csv", "contest.csv", "latest.csv", "trainer.csv"], None),
    "keyword-twice-in-a-name": (["train-train.csv", "other-train-2.csv"], None),
    "keyword-of-two-splits": (["train_test.csv", "train.csv"], None),
    "keyword-in-capitals": (["Train.csv", "TEST.csv", "x.csv"], None),
    "keyword-in-folders": (["train/a.csv", "train/b.csv", "test/a.csv"], None),
    "keyword-in-deep-folders": (["en/train-v1/x/a.csv", "fr/my_train/b.csv", "fr/dev 2/c.csv"], None),
    "folder-before-file-name": (["train/test.csv", "test.csv", "validation.csv"], None),
    "nested-keyword-folders": (["train/test/a.csv", "test/train/b.csv"], None),
    "same-keyword-nested": (["train/train_2/a.csv", "train/b.csv"], None),
    "keyword-folder-without-data": (["tests/run.py", "test/run.py", "train.csv"], None),
    "number-sorts-as-text": (["train_10.csv", "train_2.csv", "train_1.csv"], None),
    "hidden-and-special-folders": (["train/a.csv", ".cache/train/b.csv", "__macosx/train/c.csv", "train/.d.csv",
                                    "train/__e.csv", "x/__y/test/f.csv"], None),
    "names-with-spaces-and-accents": (["été/train données.csv", "été/test données.csv", "été/Ω.csv"], None),

    # Sharded names.
    "shards": (shards("train", 3) + shards("test", 1) + shards("extra", 2), None),
    "shards-of-arrow-with-hash": (["data/train-00000-of-00001-abcdef0123456789.parquet"], None),
    "shards-and-others": (shards("train", 2) + ["data/notes.parquet", "test.parquet"], None),
    "shards-in-another-folder": (shards("train", 2, folder="en") + shards("test", 1, folder="en"), None),
    "shards-with-a-bad-split": (shards("train", 1) + shards("my-split", 1), None),
    "shards-with-a-dotted-split": (shards("en.train", 1) + shards("Test", 1), None),
    "shards-short-numbers": (["data/train-0000-of-0001.parquet"], None),
    "shards-six-digits": (["data/train-00000-of-000001.parquet", "data/test-000000-of-00001.parquet"], None),
    "shards-of-scripts": (shards("train", 1, "py"), None),
    "shards-twice-sharded-name": (["data/a-00000-of-00001-00000-of-00001.parquet"], None),

    # Folders of images, sounds, films.
    "images": (["cat/1.png", "dog/2.jpg", "dog/3.JPEG"], None),
    "images-in-splits": (PHOTOS, None),
    "images-with-metadata": (PHOTOS + ["train/metadata.csv", "test/metadata.csv", "train/notes.csv"], None),
    "images-few-with-much-metadata": (["1.png", "metadata.csv", "a/metadata.jsonl", "a/metadata.parquet"], None),
    "images-with-own-metadata-names": (["1.png", "my_metadata.csv", "labels.csv"], None),
    "only-metadata": (["metadata.csv"], None),
    "sounds": (["clips/a.wav", "clips/b.mp3", "clips/c.flac", "metadata.csv"], None),
    "films": (["a.mp4", "b.mov", "c.txt"], None),
    "pages": (["a.pdf", "b.pdf"], None),
    "images-and-mixed-case-ending": (["1.Png", "2.png"], None),
    "images-drop-labels": (PHOTOS, one("**", drop_labels=True)),

    # Configurations of the card: the forms of data_files.
    "card-without-configs": (CSV_PAIR, {"license": "mit", "configs": []}),
    "card-one-file": (["a.csv", "b.csv"], one("a.csv")),
    "card-one-pattern": (["a.csv", "b.csv", "c/d.csv"], one("*.csv")),
    "card-list": (["a.csv", "b.csv", "c/d.csv"], one(["c/*.csv", "a.csv"])),
    "card-list-twice-the-same": (["a.csv", "b.csv"], one(["a.csv", "*.csv"])),
    "card-splits": (
        CSV_PAIR + ["x.csv"],
        one([{"split": "train", "path": "train.csv"}, {"split": "other.one", "path": ["x.csv", "te*.csv"]}])),
    "card-dictionary-of-splits": (CSV_PAIR, one({"train": "train.csv", "test": "test.csv"})),
    "card-split-with-a-dash": (CSV_PAIR, one([{"split": "my-train", "path": "train.csv"}])),
    "card-split-twice": (
        CSV_PAIR, one([{"split": "train", "path": "train.csv"}, {"split": "train", "path": "test.csv"}])),
    "card-split-with-a-third-key": (CSV_PAIR, one([{"split": "train", "path": "train.csv", "size": 3}])),
    "card-split-without-path": (CSV_PAIR, one([{"split": "train"}])),
    "card-split-is-a-number": (CSV_PAIR, one([{"split": 1, "path": "train.csv"}])),
    "card-strings-and-splits": (CSV_PAIR, one(["train.csv", {"split": "test", "path": "test.csv"}])),
    "card-path-is-a-number": (CSV_PAIR, one([{"split": "train", "path": 7}])),
    "card-path-holds-a-number": (CSV_PAIR, one([{"split": "train", "path": ["train.csv", 7]}])),
    "card-data-files-null": (CSV_PAIR, one(None)),
    "card-data-files-empty-list": (CSV_PAIR, one([])),
    "card-data-files-empty-text": (CSV_PAIR, one("")),
    "card-missing-file": (CSV_PAIR, one("gone.csv")),
    "card-pattern-without-match": (CSV_PAIR, one("gone/*.csv")),
    "card-one-split-without-match": (
        CSV_PAIR, one([{"split": "train", "path": "train.csv"}, {"split": "test", "path": "gone*"}])),
    "card-folder-instead-of-files": (["en/a.csv"], one("en")),
    "card-folder-with-slash": (["en/a.csv"], one("en/")),
    "card-pattern-with-slash": (["en/a.csv"], one("e*/")),
    "card-literal-without-supported-ending": (["a.bin", "b.csv"], one("a.bin")),
    "card-two-formats-in-splits": (
        ["a.csv", "b.json"], one([{"split": "train", "path": "a.csv"}, {"split": "test", "path": "b.json"}])),
    "card-two-formats-in-configurations": (
        ["a.csv", "b.json"],
        several({"config_name": "a", "data_files": "a.csv"}, {"config_name": "b", "data_files": "b.json"})),
    "card-keeps-other-endings": (["1/a.csv", "1/b.csv", "1/notes.txt"], one("1/*")),

    # Several configurations, the default, the folder.
    "card-several": (["en/a.csv", "fr/b.csv"],
                     several({"config_name": "en", "data_files": "en/*"}, {"config_name": "fr", "data_files": "fr/*"})),
    "card-several-with-default": (
        ["en/a.csv", "fr/b.csv"],
        several({"config_name": "en", "data_files": "en/*"},
                {"config_name": "fr", "data_files": "fr/*", "default": True})),
    "card-several-named-default": (
        ["en/a.csv", "fr/b.csv"],
        several({"config_name": "en", "data_files": "en/*"}, {"config_name": "default", "data_files": "fr/*"})),
    "card-two-defaults": (
        ["en/a.csv", "fr/b.csv"],
        several({"config_name": "en", "data_files": "en/*", "default": True},
                {"config_name": "default", "data_files": "fr/*"})),
    "card-second-is-broken": (
        ["en/a.csv"],
        several({"config_name": "en", "data_files": "en/*"}, {"config_name": "fr", "data_files": "fr/b.csv"})),
    "card-second-matches-nothing": (
        ["en/a.csv"],
        several({"config_name": "en", "data_files": "en/*"}, {"config_name": "fr", "data_files": "fr/*.csv"})),
    "card-same-name-twice": (
        ["en/a.csv", "fr/b.csv"],
        several({"config_name": "en", "data_files": "en/*"}, {"config_name": "en", "data_files": "fr/*"})),
    "card-data-dir": (["en/train.csv", "en/test.csv", "fr/train.csv", "train.csv"],
                      several({"config_name": "en", "data_dir": "en"}, {"config_name": "fr", "data_dir": "fr/"})),
    "card-data-dir-with-shards": (shards("train", 2, folder="en/data") + shards("dev", 1, folder="en/data"),
                                  several({"config_name": "en", "data_dir": "en"})),
    "card-data-dir-and-pattern": (
        ["en/a.csv", "b.csv"],
        several({"config_name": "b", "data_files": "b.csv"},
                {"config_name": "en", "data_dir": "en", "data_files": "*.csv"})),
    "card-data-dir-and-pattern-first": (
        ["en/a.csv", "b.csv"], several({"config_name": "en", "data_dir": "en", "data_files": "*.csv"})),
    "card-data-dir-and-file-first": (
        ["en/a.csv", "b.csv"], several({"config_name": "en", "data_dir": "en", "data_files": "a.csv"})),
    "card-data-dir-missing": (["en/a.csv"], several({"config_name": "en", "data_dir": "nowhere"})),
    "card-data-dir-special": (["__en/a.csv", "b.csv"], several({"config_name": "en", "data_dir": "__en"})),
    "card-data-dir-hidden": ([".en/a.csv", "b.csv"], several({"config_name": "en", "data_dir": ".en"})),
    "card-data-dir-with-a-star": (
        ["en1/a.csv", "en2/b.csv", "c.csv"], several({"config_name": "en", "data_dir": "en*"})),
    "card-data-dir-empty": (["en/a.csv"], several({"config_name": "en", "data_dir": ""})),
    "card-data-dir-another-format": (["en/a.json", "b.csv", "c.csv"], several({"config_name": "en", "data_dir": "en"})),
    "card-bare-configuration": (CSV_PAIR, several({"config_name": "plain"})),
    "card-name-missing": (CSV_PAIR, {"configs": [{"data_files": "train.csv"}]}),
    "card-name-is-a-number": (CSV_PAIR, several({"config_name": 7, "data_files": "train.csv"})),
    "card-name-with-a-slash": (CSV_PAIR, several({"config_name": "a/b", "data_files": "train.csv"})),
    "card-name-empty": (CSV_PAIR, several({"config_name": "", "data_files": "train.csv"})),
    "card-configs-is-a-dictionary": (CSV_PAIR, {"configs": {"config_name": "a", "data_files": "train.csv"}}),
    "card-configs-holds-text": (CSV_PAIR, {"configs": ["train.csv"]}),
    "card-separator": (["a.csv"], one("a.csv", sep=";")),
    "card-delimiter": (["a.tsv"], one("a.tsv", delimiter="|")),
    "card-field": (["a.json"], one("a.json", field="rows")),
    "card-unknown-parameter": (["a.csv"], one("a.csv", colour="blue")),
    "card-parameter-name": (["a.csv"], one("a.csv", name="other")),

    # Patterns.
    "pattern-all": (["a.csv", "b/c.csv", "b/d/e.csv", ".f.csv", "__g/h.csv"], one("**")),
    "pattern-deep": (["a.csv", "b/c.csv", "b/d/e.csv"], one("**/*.csv")),
    "pattern-in-the-middle": (["a/x.csv", "a/b/x.csv", "a/b/c/x.csv", "b/x.csv"], one("a/**/x.csv")),
    "pattern-glued-stars": (["a.csv", "b/c.csv"], one("**.csv")),
    "pattern-glued-stars-second": (
        ["a.csv", "b/c.csv"],
        several({"config_name": "a", "data_files": "a.csv"}, {"config_name": "b", "data_files": "b**"})),
    "pattern-glued-stars-in-no-folder": (
        ["a.csv"], several({"config_name": "a", "data_files": "a.csv"}, {"config_name": "b", "data_files": "b/c**"})),
    "pattern-question": (["a1.csv", "a10.csv", "a.csv", "aé.csv"], one("a?.csv")),
    "pattern-set": (["a1.csv", "a2.csv", "a3.csv", "a-.csv"], one("a[1-2].csv")),
    "pattern-set-negated": (["a1.csv", "a2.csv", "ax.csv"], one("a[!12].csv")),
    "pattern-set-caret": (["a1.csv", "a^.csv"], one("a[^1].csv")),
    "pattern-set-bracket": (["a].csv", "a[.csv", "ab.csv"], one("a[]b].csv")),
    "pattern-set-open": (["a[1.csv", "a1.csv"], one("a[1.*")),
    "pattern-set-backwards": (["a1.csv", "a5.csv", "a-.csv"], one("a[9-05].csv")),
    "pattern-set-dashes": (["a-.csv", "ab.csv", "a&.csv", "a~.csv"], one("a[-&~|].csv")),
    "pattern-set-empty": (["a[].csv", "a.csv", "a[!].csv"], one("a[].csv")),
    "pattern-set-class-letters": (["ad.csv", "a5.csv", "a\\.csv"], one("a[\\d].csv")),
    "pattern-set-crosses-a-slash": (["a/b.csv", "a+b.csv"], one("a[+-9]b.csv")),
    "pattern-set-crosses-a-slash-deep": (["a/b.csv", "a+b.csv", "x/a/b.csv"], one("**/a[+-9]b.csv")),
    "pattern-braces-are-plain": (["a.csv", "b.csv", "{a,b}.csv"], one("{a,b}.csv")),
    "pattern-braces-with-star": (["a1.csv", "{a,b}1.csv"], one("{a,b}*.csv")),
    "pattern-name-with-brackets": (["a[1].csv", "a1.csv"], one("a[1].csv")),
    "pattern-dot-slash": (["en/a.csv"], one("./en/*.csv")),
    "pattern-dot-slash-file": (["en/a.csv"], one("./en/a.csv")),
    "pattern-dot-dot": (["en/a.csv", "b.csv"], one("en/../*.csv")),
    "pattern-double-slash": (["en/a.csv"], one("en//*.csv")),
    "pattern-double-slash-file": (["en/a.csv"], one("en//a.csv")),
    "pattern-absolute": (["a.csv"], one("/a.csv")),
    "pattern-address": (["a.csv"], one("https://example.invalid/a.csv")),
    "pattern-other-repository": (["a.csv"], one("hf://datasets/owner/other/a.csv")),
    "pattern-inside-an-archive": (["a.zip", "b.csv"], one("zip://*.csv::a.zip")),
    "pattern-hidden": ([".h/a.csv", ".b.csv", "c.csv"], one([".h/*.csv", ".*.csv"])),
    "pattern-hidden-through-a-star": ([".h/a.csv", "c.csv"], one("*/*.csv")),
    "pattern-special-folder": (["__s/a.csv", "__t.csv"], one(["__s/*", "*.csv"])),
    "pattern-special-by-star": (["__s/a.csv", "b/c.csv"], one("__*/*")),
    "pattern-ignored-name-asked": (["config.json", "a.json", "x/config.json"], one("**/config.json")),
    "pattern-ignored-name-literal": (["config.json", "a.json"], one("config.json")),
    "pattern-ignored-name-not-asked": (["config.json", "a.json"], one("*.json")),
    "pattern-newest-of-years": (["2019.csv", "2020.csv", "2021.csv"], one("20[12][09].csv")),
    "pattern-slash-after-files": (["en.csv"], one("e*/")),
    "pattern-slash-after-a-file": (["en.csv"], one("en.csv/")),
    "pattern-at-and-percent": (["a@b.csv", "c%20d.csv", "e#f.csv"], one(["a@*.csv", "c%20d.csv", "e#f.*"])),
    "pattern-colon": (["a:b.csv", "c.csv"], one("a:b.csv")),
    "pattern-star-only-stars": (["a.csv", "b/c.csv"], one("***")),

    # What the card claims.
    "card-info": (CSV_PAIR, {"dataset_info": {"splits": [{"name": "train", "num_bytes": 5, "num_examples": 3}]}}),
    "card-info-of-another-name": (CSV_PAIR, {"dataset_info": {"config_name": "plain", "splits": []}}),
    "card-info-list": (
        ["en/a.csv", "fr/b.csv"],
        {**several({"config_name": "en", "data_files": "en/*"}, {"config_name": "fr", "data_files": "fr/*"}),
         "dataset_info": [{"config_name": "fr", "splits": [{"name": "train", "num_bytes": 5, "num_examples": 3}]}]}),
    "card-info-of-a-missing-configuration": (
        ["en/a.csv", "fr/b.csv"],
        {**several({"config_name": "en", "data_files": "en/*"}, {"config_name": "fr", "data_files": "fr/*"}),
         "dataset_info": {"config_name": "de", "splits": []}}),
    "card-info-is-text": (CSV_PAIR, {"dataset_info": "three rows"}),
    "card-info-list-of-text": (CSV_PAIR, {"dataset_info": ["three rows"]}),
}
