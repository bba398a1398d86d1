//! From rows to records: columns are read by name, and checked words are checked again on the way in.

use sqlx::Row as _;

use limpide_words::{FilePath, Kind, Moment, ObjectId, OwnerName, RefName, RepoName, Sha256};
use limpide_xet::Hash;
use uuid::Uuid;

use crate::door::{Error, Result, Row, Value};

/// Something that can be read from a row.
pub(crate) trait Record: Sized {
    /// Reads it, or says which column does not fit.
    fn read(row: &Row) -> Result<Self>;
}

/// Something that a single column can hold.
pub(crate) trait Column: Sized {
    /// Reads the column called `name`.
    fn read(row: &Row, name: &str) -> Result<Self>;
}

impl Row {
    /// The value of the column called `name`.
    pub(crate) fn get<T: Column>(&self, name: &str) -> Result<T> {
        T::read(self, name)
    }
}

macro_rules! plain_column {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row, name: &str) -> Result<Self> {
                Ok(match row {
                    Row::Sqlite(row) => row.try_get(name)?,
                    Row::Postgres(row) => row.try_get(name)?,
                })
            }
        }
    )*};
}

plain_column!(String, i64, bool, Vec<u8>, Option<String>, Option<i64>, Option<bool>, Option<Vec<u8>>);

/// Words that are stored as text.
macro_rules! word_column {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row, name: &str) -> Result<Self> {
                unfit(name, <$type>::try_from(row.get::<String>(name)?))
            }
        }

        impl Column for Option<$type> {
            fn read(row: &Row, name: &str) -> Result<Self> {
                row.get::<Option<String>>(name)?.map(|text| unfit(name, <$type>::try_from(text))).transpose()
            }
        }

        impl From<$type> for Value {
            fn from(word: $type) -> Self {
                Self::Text(Some(word.to_string()))
            }
        }

        impl From<&$type> for Value {
            fn from(word: &$type) -> Self {
                Self::Text(Some(word.to_string()))
            }
        }
    )*};
}

word_column!(FilePath, Kind, ObjectId, OwnerName, RefName, RepoName, Sha256);

fn unfit<T, E>(name: &str, word: std::result::Result<T, E>) -> Result<T>
where
    E: std::error::Error + Send + Sync + 'static,
{
    word.map_err(|error| {
        Error::Failed(sqlx::Error::ColumnDecode { index: name.to_owned(), source: error.into() })
    })
}

/// Names given by other crates, stored as the text they print.
macro_rules! name_column {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row, name: &str) -> Result<Self> {
                unfit(name, row.get::<String>(name)?.parse())
            }
        }

        impl From<$type> for Value {
            fn from(name: $type) -> Self {
                Self::Text(Some(name.to_string()))
            }
        }
    )*};
}

name_column!(Hash, Uuid);

impl Column for Moment {
    fn read(row: &Row, name: &str) -> Result<Self> {
        Ok(Self(row.get(name)?))
    }
}

impl Column for Option<Moment> {
    fn read(row: &Row, name: &str) -> Result<Self> {
        Ok(row.get::<Option<i64>>(name)?.map(Moment))
    }
}

/// A record that is a single column, called `value`.
macro_rules! single_column_record {
    ($($type:ty),*) => {$(
        impl Record for $type {
            fn read(row: &Row) -> Result<Self> {
                row.get("value")
            }
        }
    )*};
}

single_column_record!(String, i64, bool, Vec<u8>, Hash, ObjectId, Sha256, Uuid, RepoName, OwnerName);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(Some(text.clone()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Some(bytes))
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(bytes: Option<Vec<u8>>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Moment> for Value {
    fn from(moment: Moment) -> Self {
        Self::Number(Some(moment.0))
    }
}

impl From<Option<Moment>> for Value {
    fn from(moment: Option<Moment>) -> Self {
        Self::Number(moment.map(|moment| moment.0))
    }
}

/// Declares a record: a struct whose fields are the columns of the same names.
macro_rules! record {
    ($(#[$about:meta])* pub struct $name:ident { $($(#[$field_about:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[$field_about])* pub $field: $type,)*
        }

        impl $crate::record::Record for $name {
            fn read(row: &$crate::door::Row) -> $crate::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?,)* })
            }
        }
    };
}

pub(crate) use record;
