//! A notebook as its file holds it, read within bounds: what is not shown is passed over and never kept.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{MOST_CELLS, MOST_OUTPUTS};

#[derive(Debug, Deserialize)]
pub(super) struct RawNotebook {
    pub(super) cells: Option<AtMost<RawCell, MOST_CELLS>>,
    #[serde(default)]
    pub(super) metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    kernelspec: Spec,
    language_info: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Spec {
    name: Text,
    language: Text,
}

impl Metadata {
    /// What the notebook says of its language; without a word, it is Python.
    pub(super) fn language(&self) -> &str {
        let said = [&self.language_info.name.0, &self.kernelspec.language.0, &self.kernelspec.name.0];
        said.into_iter().find(|name| !name.is_empty()).map_or("python", String::as_str)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawCell {
    pub(super) cell_type: Text,
    pub(super) source: Text,
    pub(super) execution_count: Number,
    pub(super) outputs: AtMost<RawOutput, MOST_OUTPUTS>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawOutput {
    pub(super) output_type: Text,
    pub(super) text: Text,
    pub(super) ename: Text,
    pub(super) evalue: Text,
    pub(super) traceback: Lines,
    pub(super) data: RawData,
}

/// What an output is in different formats.
#[derive(Debug, Default)]
pub(super) struct RawData {
    pub(super) plain: Text,
    pub(super) png: Text,
    pub(super) jpeg: Text,
    pub(super) html: bool,
}

/// A text, written as one string or as a list of strings to be joined. Whatever else stands there is no text.
#[derive(Debug, Default)]
pub(super) struct Text(pub(super) String);

/// The same, with an end of line after each string.
#[derive(Debug, Default)]
pub(super) struct Lines(pub(super) String);

/// A number, or whatever else stands there.
#[derive(Debug, Default)]
pub(super) struct Number(pub(super) Option<u32>);

/// The first items of a list, and whether there were more.
#[derive(Debug)]
pub(super) struct AtMost<T, const MOST: usize> {
    pub(super) kept: Vec<T>,
    pub(super) more: bool,
}

impl<T, const MOST: usize> Default for AtMost<T, MOST> {
    fn default() -> Self {
        Self { kept: Vec::new(), more: false }
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for AtMost<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(AtMostVisitor(PhantomData))
    }
}

struct AtMostVisitor<T, const MOST: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for AtMostVisitor<T, MOST> {
    type Value = AtMost<T, MOST>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = AtMost::default();
        while items.kept.len() < MOST {
            let Some(item) = list.next_element()? else { return Ok(items) };
            items.kept.push(item);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            items.more = true;
        }
        Ok(items)
    }
}

impl<'de> Deserialize<'de> for RawData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DataVisitor)
    }
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = RawData;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a map from formats to contents")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawData, A::Error> {
        let mut data = RawData::default();
        while let Some(format) = map.next_key::<String>()? {
            match format.as_str() {
                "text/plain" => data.plain = map.next_value()?,
                "image/png" => data.png = map.next_value()?,
                "image/jpeg" => data.jpeg = map.next_value()?,
                format => {
                    data.html |= format == "text/html";
                    let _passed_over: IgnoredAny = map.next_value()?;
                }
            }
        }
        Ok(data)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor { between: "" }).map(Text)
    }
}

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor { between: "\n" }).map(Lines)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = deserializer.deserialize_any(NumberVisitor)?;
        Ok(Self(number))
    }
}

struct TextVisitor {
    between: &'static str,
}

impl<'de> Visitor<'de> for TextVisitor {
    type Value = String;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<String, A::Error> {
        let mut joined = String::new();
        while let Some(Text(line)) = list.next_element()? {
            joined.push_str(&line);
            joined.push_str(self.between);
        }
        Ok(joined)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<String, A::Error> {
        pass_over(map)?;
        Ok(String::new())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_unit<E: Error>(self) -> Result<String, E> {
        Ok(String::new())
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Option<u32>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number or nothing")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(u32::try_from(number).ok())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        pass_over(map)?;
        Ok(None)
    }
}

fn pass_over<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}
