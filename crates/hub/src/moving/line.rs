//! A row as a line of JSON, `{"name":"ada","created":17,"is_admin":false,"email":null}`: its columns in the order of
//! the table, bytes in base64. The same row is the same line, whichever database it came from.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use limpide_db::Value;
use limpide_db::moving::{Column, Form, Values};
use serde_json::{Map, Value as Json};

/// Writes a row.
pub(super) fn write(columns: &[Column], row: &[Value]) -> String {
    let mut line = String::from("{");
    for (column, value) in columns.iter().zip(row) {
        if line.len() > 1 {
            line.push(',');
        }
        line.push('"');
        line.push_str(column.name);
        line.push_str("\":");
        match value {
            Value::Text(Some(text)) => line.push_str(&Json::from(text.as_str()).to_string()),
            Value::Number(Some(number)) => line.push_str(&number.to_string()),
            Value::Truth(truth) => line.push_str(if *truth { "true" } else { "false" }),
            Value::Bytes(Some(bytes)) => {
                line.push('"');
                BASE64_STANDARD.encode_string(bytes, &mut line);
                line.push('"');
            }
            Value::Text(None) | Value::Number(None) | Value::Bytes(None) => line.push_str("null"),
        }
    }
    line.push('}');
    line
}

/// Reads a row, or says what is wrong with it.
pub(super) fn read(columns: &[Column], line: &[u8]) -> Result<Values, String> {
    let mut members: Map<String, Json> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let mut row = Vec::with_capacity(columns.len());
    for column in columns {
        let value = members.remove(column.name).ok_or_else(|| format!("`{}` is missing", column.name))?;
        row.push(
            value_of(column.form, value).ok_or_else(|| format!("`{}` is of another kind", column.name))?,
        );
    }
    match members.keys().next() {
        Some(more) => Err(format!("there is no column `{more}`")),
        None => Ok(row),
    }
}

fn value_of(form: Form, value: Json) -> Option<Value> {
    Some(match (form, value) {
        (Form::Text, Json::Null) => Value::Text(None),
        (Form::Text, Json::String(text)) => Value::Text(Some(text)),
        (Form::Number, Json::Null) => Value::Number(None),
        (Form::Number, Json::Number(number)) => Value::Number(Some(number.as_i64()?)),
        (Form::Truth, Json::Bool(truth)) => Value::Truth(truth),
        (Form::Bytes, Json::Null) => Value::Bytes(None),
        (Form::Bytes, Json::String(text)) => Value::Bytes(Some(BASE64_STANDARD.decode(text).ok()?)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use limpide_db::moving::TABLES;
    use proptest::prelude::*;

    use super::*;

    fn columns(name: &str) -> &'static [Column] {
        TABLES.iter().find(|table| table.name == name).unwrap().columns
    }

    fn row(columns: &'static [Column]) -> impl Strategy<Value = Values> {
        let value = |form| match form {
            Form::Text => any::<Option<String>>().prop_map(Value::Text).boxed(),
            Form::Number => any::<Option<i64>>().prop_map(Value::Number).boxed(),
            Form::Truth => any::<bool>().prop_map(Value::Truth).boxed(),
            Form::Bytes => any::<Option<Vec<u8>>>().prop_map(Value::Bytes).boxed(),
        };
        columns.iter().map(|column| value(column.form)).collect::<Vec<_>>()
    }

    proptest! {
        #[test]
        fn a_row_reads_back_from_its_line(
            owner in row(columns("owners")), object in row(columns("git_objects")),
        ) {
            for (name, row) in [("owners", owner), ("git_objects", object)] {
                let line = write(columns(name), &row);
                prop_assert!(!line.contains('\n'));
                prop_assert_eq!(read(columns(name), line.as_bytes()), Ok(row));
            }
        }

        #[test]
        fn any_bytes_are_read_without_panic(line: Vec<u8>, text: String) {
            let _ = read(columns("owners"), &line);
            let _ = read(columns("secrets"), format!("{{\"name\":{text:?},\"value\":1}}").as_bytes());
        }
    }

    #[test]
    fn a_line_that_is_no_row_says_why() {
        let said = |line: &str| read(columns("log_head"), line.as_bytes()).unwrap_err();
        assert_eq!(said(r#"{"id":1,"size":2}"#), "`checkpoint` is missing");
        assert_eq!(said(r#"{"id":"1","size":2,"checkpoint":""}"#), "`id` is of another kind");
        assert_eq!(said(r#"{"id":1,"size":2.5,"checkpoint":""}"#), "`size` is of another kind");
        assert_eq!(said(r#"{"id":1,"size":2,"checkpoint":"","x":0}"#), "there is no column `x`");
        assert!(said("[1]").contains("expected a map"));
    }

    #[test]
    fn a_line_is_what_the_documentation_says() {
        let row = vec![1.into(), 2.into(), "a\"\n".into()].into_iter().collect::<Values>();
        assert_eq!(write(columns("log_head"), &row), r#"{"id":1,"size":2,"checkpoint":"a\"\n"}"#);
        let row: Values = vec!["r".into(), 3.into(), "p".into(), vec![0_u8, 255].into()];
        assert_eq!(
            write(columns("folder_history"), &row),
            r#"{"repository_id":"r","number":3,"path":"p","numbers":"AP8="}"#
        );
    }
}
