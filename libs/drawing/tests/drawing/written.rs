//! Documents, written by hand.

/// A document of these objects, the first of which is its catalogue.
pub(crate) fn document(objects: &[String]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(bytes.len());
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).into_bytes());
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for place in places {
        bytes.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    let size = objects.len() + 1;
    bytes.extend(format!("trailer <</Size {size} /Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    bytes
}

/// A document of pages of such a size, on each of which so is drawn, with one more object as `/X` among its resources.
pub(crate) fn pages(size: &str, drawn: &[&str], more: &str) -> Vec<u8> {
    let kids: Vec<String> = (0..drawn.len()).map(|index| format!("{} 0 R", 5 + 2 * index)).collect();
    let mut objects = vec![
        "<</Type /Catalog /Pages 2 0 R>>".to_owned(),
        format!("<</Type /Pages /Count {} /Kids [{}] /MediaBox {size}>>", drawn.len(), kids.join(" ")),
        "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>".to_owned(),
        more.to_owned(),
    ];
    for (index, drawing) in drawn.iter().enumerate() {
        let resources = "<</Font <</F 3 0 R>> /XObject <</X 4 0 R>>>>";
        objects.push(format!(
            "<</Type /Page /Parent 2 0 R /Contents {} 0 R /Resources {resources}>>",
            6 + 2 * index
        ));
        objects.push(format!("<</Length {}>>\nstream\n{drawing}\nendstream", drawing.len() + 1));
    }
    document(&objects)
}

/// A letter-sized document, on each page of which stands a text.
pub(crate) fn texts(texts: &[&str]) -> Vec<u8> {
    let drawn: Vec<String> =
        texts.iter().map(|text| format!("BT /F 24 Tf 72 700 Td ({text}) Tj ET")).collect();
    let drawn: Vec<&str> = drawn.iter().map(String::as_str).collect();
    pages("[0 0 612 792]", &drawn, "<<>>")
}
