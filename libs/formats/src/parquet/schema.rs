//! The schema in a footer: a tree, written as a list in which each element says how many of the next are its children.

use super::thrift::{Kind, Stop, Thrift};

/// Elements of a schema, levels of its tree, and bytes of all paths.
const MOST_ELEMENTS: usize = 100_000;
const DEEPEST: usize = 64;
const LONGEST_PATHS: usize = 16 << 20;

/// A column that holds values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The names from the root to the column, with dots between them.
    pub path: String,
    /// How values are stored, such as `BYTE_ARRAY`.
    pub physical: &'static str,
    /// What they stand for, such as `STRING`, when the schema says so.
    pub logical: Option<&'static str>,
}

const PHYSICAL: [&str; 8] =
    ["BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"];

/// The logical types by the fields of their union.
const LOGICAL: [(i16, &str); 17] = [
    (1, "STRING"),
    (2, "MAP"),
    (3, "LIST"),
    (4, "ENUM"),
    (5, "DECIMAL"),
    (6, "DATE"),
    (7, "TIME"),
    (8, "TIMESTAMP"),
    (10, "INTEGER"),
    (11, "UNKNOWN"),
    (12, "JSON"),
    (13, "BSON"),
    (14, "UUID"),
    (15, "FLOAT16"),
    (16, "VARIANT"),
    (17, "GEOMETRY"),
    (18, "GEOGRAPHY"),
];

/// The older types, which stand there instead or as well, under the newer names.
const CONVERTED: [&str; 22] = [
    "STRING",
    "MAP",
    "MAP",
    "LIST",
    "ENUM",
    "DECIMAL",
    "DATE",
    "TIME",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMP",
    "INTEGER",
    "INTEGER",
    "INTEGER",
    "INTEGER",
    "INTEGER",
    "INTEGER",
    "INTEGER",
    "INTEGER",
    "JSON",
    "BSON",
    "INTERVAL",
];

#[derive(Default)]
struct Element<'a> {
    name: &'a str,
    children: usize,
    physical: Option<&'static str>,
    logical: Option<&'static str>,
}

/// The columns of a schema.
pub(super) fn read(thrift: &mut Thrift, kind: Kind) -> Result<Vec<Column>, Stop> {
    let count = thrift.list(kind, Kind::Struct)?;
    if count == 0 || count > MOST_ELEMENTS {
        return Err("a schema of no or too many elements");
    }
    let mut columns = Columns { left: vec![element(thrift)?.children], ..Columns::default() };
    for _ in 1..count {
        columns.add(element(thrift)?)?;
    }
    columns.finish()
}

fn element<'a>(thrift: &mut Thrift<'a>) -> Result<Element<'a>, Stop> {
    let (mut element, mut last, mut converted) = (Element::default(), 0, None);
    while let Some((field, kind)) = thrift.field(&mut last)? {
        match field {
            1 => element.physical = Some(*known(&PHYSICAL, thrift.natural(kind)?)?),
            4 => element.name = thrift.text(kind)?,
            5 => element.children = usize::try_from(thrift.natural(kind)?).unwrap_or(usize::MAX),
            6 => converted = Some(*known(&CONVERTED, thrift.natural(kind)?)?),
            10 => element.logical = logical(thrift, kind)?,
            _ => thrift.skip(kind)?,
        }
    }
    element.logical = element.logical.or(converted);
    Ok(element)
}

fn known<T>(names: &[T], number: u64) -> Result<&T, Stop> {
    usize::try_from(number).ok().and_then(|number| names.get(number)).ok_or("an unknown type of column")
}

/// Which field of the union is there. One that is not known is a newer type; readers then go by how it is stored.
fn logical(thrift: &mut Thrift, kind: Kind) -> Result<Option<&'static str>, Stop> {
    thrift.expect(kind, Kind::Struct)?;
    let (mut last, mut logical) = (0, None);
    while let Some((field, kind)) = thrift.field(&mut last)? {
        logical = LOGICAL.iter().find(|(number, _)| *number == field).map(|(_, name)| *name);
        thrift.skip(kind)?;
    }
    Ok(logical)
}

/// The columns so far, and the way from the root to the next element.
#[derive(Default)]
struct Columns<'a> {
    columns: Vec<Column>,
    names: Vec<&'a str>,
    /// How many children are still to come, of the root and of each name.
    left: Vec<usize>,
    length: usize,
}

impl<'a> Columns<'a> {
    fn add(&mut self, element: Element<'a>) -> Result<(), Stop> {
        self.climb();
        *self.left.last_mut().ok_or("an element that is nobody's child")? -= 1;
        self.names.push(element.name);
        if self.names.len() > DEEPEST {
            return Err("a schema nested too deep");
        }
        if element.children > 0 {
            self.left.push(element.children);
            return Ok(());
        }
        // A group without children holds nothing.
        if let Some(physical) = element.physical {
            let path = self.names.join(".");
            self.length += path.len();
            if self.length > LONGEST_PATHS {
                return Err("paths of columns that are too long");
            }
            self.columns.push(Column { path, physical, logical: element.logical });
        }
        self.names.pop();
        Ok(())
    }

    /// Goes up from groups whose children have all come.
    fn climb(&mut self) {
        while self.left.last() == Some(&0) {
            self.left.pop();
            self.names.pop();
        }
    }

    fn finish(mut self) -> Result<Vec<Column>, Stop> {
        self.climb();
        if self.left.is_empty() { Ok(self.columns) } else { Err("a schema that lacks elements") }
    }
}
