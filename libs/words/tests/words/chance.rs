//! The same properties, on text made of what is special in a path or a name.

use proptest::prelude::*;

use crate::properties;

proptest! {
    #[test]
    fn any_path(text in "([./\\\\a-c:~ ]|\\.?[gG][iI][tT]|[\u{200c}\u{feff}\u{e9}]|~1){0,12}") {
        properties::path(text.as_bytes());
    }

    #[test]
    fn any_revision(text in "(refs/|heads/)?([./@{a-f0-9~^: ]|\\.lock|\u{e9}){0,40}") {
        properties::revision(text.as_bytes());
    }
}
