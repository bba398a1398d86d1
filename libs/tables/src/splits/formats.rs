//! Which way of reading the names of files call for: by the endings that are most frequent among them.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::Module;
use super::patterns::file_name;

/// The endings of one module of `datasets`, and what else belongs to its files.
struct Format {
    module: Module,
    endings: &'static [&'static str],
    /// Whether the endings also count in capitals.
    capitals: bool,
    /// Files that describe the others and are read with them.
    metadata: &'static [&'static str],
}

const OF_FOLDERS: &[&str] = &["metadata.csv", "metadata.jsonl", "metadata.parquet"];

const IMAGES: &[&str] = &[
    "apng", "blp", "bmp", "bufr", "bw", "cur", "dcx", "dds", "dib", "emf", "eps", "fit", "fits", "flc",
    "fli", "ftc", "ftu", "gbr", "gif", "grib", "icb", "icns", "ico", "iim", "im", "j2c", "j2k", "jfif",
    "jp2", "jpc", "jpe", "jpeg", "jpf", "jpg", "jpx", "msp", "pbm", "pcd", "pcx", "pgm", "png", "pnm", "ppm",
    "ps", "psd", "pxr", "ras", "rgb", "rgba", "sgi", "tga", "tif", "tiff", "vda", "vst", "webp", "wmf",
    "xbm", "xpm",
];

const SOUNDS: &[&str] = &[
    "3g2", "3gp", "aiff", "asf", "au", "avr", "caf", "f4v", "flac", "flv", "htk", "ircam", "m4v", "mat4",
    "mat5", "mp3", "mpc2k", "mpg", "mxf", "nist", "nut", "ogg", "ogm", "opus", "paf", "pvf", "raw", "rf64",
    "sd2", "sds", "svx", "voc", "w64", "wav", "wavex", "webm", "wma", "wmv", "wve", "xi",
];

const FORMATS: &[Format] = &[
    table(Module::Csv, &["csv", "tsv"]),
    table(Module::Json, &["json", "jsonl", "ndjson"]),
    table(Module::Parquet, &["parquet", "geoparquet", "gpq"]),
    table(Module::Arrow, &["arrow"]),
    table(Module::Text, &["txt"]),
    table(Module::WebDataset, &["tar"]),
    folder(Module::ImageFolder, IMAGES),
    folder(Module::AudioFolder, SOUNDS),
    folder(Module::VideoFolder, &["avi", "mkv", "mov", "mp4", "mpeg"]),
    folder(Module::Other("meshfolder"), &["glb", "gltf", "ply", "stl"]),
    folder(Module::Other("pdffolder"), &["pdf"]),
    folder(Module::Other("niftifolder"), &["nii"]),
    folder(Module::Other("pdb"), &["ent", "pdb"]),
    Format { metadata: OF_FOLDERS, ..table(Module::Other("mmcif"), &["cif", "mmcif"]) },
    table(Module::Other("conll"), &["conll", "conllu"]),
    table(Module::Other("xml"), &["xml"]),
    table(Module::Other("hdf5"), &["h5", "hdf5"]),
    table(Module::Other("eval"), &["eval"]),
    Format { metadata: &["task.toml", "instruction.md"], ..table(Module::Other("harbor"), &["md", "toml"]) },
    Format { metadata: &["latest_version_hint.json"], ..table(Module::Other("lance"), &["lance"]) },
    table(Module::Other("tsfile"), &["tsfile"]),
    table(Module::Other("vortex"), &["vortex"]),
    table(Module::Other("fasta"), &["afa", "fa", "faa", "fasta", "ffn", "fna", "frn"]),
    table(Module::Other("genbank"), &["gb", "gbk", "genbank"]),
    table(Module::Other("fastq"), &["fastq", "fq"]),
];

/// Endings of the files that lie beside the rows of a Lance dataset.
const BESIDE_LANCE: [&str; 3] = ["idx", "txn", "manifest"];

const ARCHIVE: &str = "zip";

const fn table(module: Module, endings: &'static [&'static str]) -> Format {
    Format { module, endings, capitals: false, metadata: &[] }
}

const fn folder(module: Module, endings: &'static [&'static str]) -> Format {
    Format { module, endings, capitals: true, metadata: OF_FOLDERS }
}

static BY_ENDING: LazyLock<HashMap<&'static str, &'static Format>> = LazyLock::new(|| {
    FORMATS.iter().flat_map(|format| format.endings.iter().map(move |ending| (*ending, format))).collect()
});

/// The names of files that describe others.
static DESCRIBING: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| FORMATS.iter().flat_map(|format| format.metadata).copied().collect());

/// What the names of files say about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// The module that reads the files.
    pub(super) module: Module,
    /// The ending, where it changes how the module reads: a `.tsv` is a CSV with tabs.
    pub(super) variant: Option<&'static str>,
}

impl Reading {
    /// What reads the files: the module of their most frequent ending, or none if `datasets` knows no ending of them.
    ///
    /// Every part of a name after a dot is an ending. Files that describe others count only if there is nothing else;
    /// of two that are as frequent, the more convenient format is taken, and then the later letter.
    pub(super) fn of(files: &[&str]) -> Option<Reading> {
        let mut written: HashMap<(&str, bool), usize> = HashMap::new();
        for file in files {
            let name = file_name(file);
            let is_data = !DESCRIBING.contains(name);
            for ending in name.split('.').skip(1) {
                *written.entry((ending, is_data)).or_default() += 1;
            }
        }
        let mut counts: HashMap<(String, bool), usize> = HashMap::new();
        for ((ending, is_data), count) in written {
            *counts.entry((ending.to_lowercase(), is_data)).or_default() += count;
        }
        let liked = ["csv", "json", "jsonl", "arrow", "vortex", "lance", "parquet"];
        let known = counts.iter().filter_map(|((ending, is_data), count)| {
            let convenience = liked.iter().position(|one| one == ending);
            let reading = Reading::of_ending(ending)?;
            Some(((*is_data, *count, convenience, ending), reading))
        });
        known.max_by(|one, other| one.0.cmp(&other.0)).map(|(_, reading)| reading)
    }

    fn of_ending(ending: &str) -> Option<Reading> {
        if ending == ARCHIVE {
            return Some(Reading { module: Module::Archive, variant: None });
        }
        let format = BY_ENDING.get(ending)?;
        let variant = ["tsv", "conllu"].into_iter().find(|variant| *variant == ending);
        Some(Reading { module: format.module, variant })
    }
}

/// Whether `datasets` takes the file for data at all: a part of its name after a dot is an ending that it knows.
pub(super) fn is_data(path: &str) -> bool {
    file_name(path)
        .split('.')
        .skip(1)
        .any(|ending| ending == ARCHIVE || BESIDE_LANCE.contains(&ending) || format_of(ending).is_some())
}

/// Whether the module reads the file, where no card chose the files: by an ending anywhere in the path, a name that
/// ends as its metadata does, or as an archive.
pub(super) fn is_read_by(path: &str, module: Module) -> bool {
    let mut endings = path.split('.').skip(1).peekable();
    while let Some(ending) = endings.next() {
        let read = ending == ARCHIVE
            || (module == Module::Other("lance") && BESIDE_LANCE.contains(&ending))
            || format_of(ending).is_some_and(|format| format.module == module);
        // A dot after the ending must have something after it.
        let is_before_a_last_dot = endings.peek() == Some(&"") && endings.clone().count() == 1;
        if read && !is_before_a_last_dot {
            return true;
        }
    }
    let metadata = FORMATS.iter().filter(|format| format.module == module).flat_map(|format| format.metadata);
    metadata.into_iter().any(|name| path.ends_with(name))
}

/// The format of an ending as it is written: capitals count only for the formats of folders, and only throughout.
fn format_of(ending: &str) -> Option<&'static Format> {
    if let Some(format) = BY_ENDING.get(ending) {
        return Some(format);
    }
    let small = ending.to_lowercase();
    BY_ENDING.get(small.as_str()).copied().filter(|format| format.capitals && small.to_uppercase() == ending)
}
