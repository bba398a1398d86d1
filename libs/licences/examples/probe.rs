//! probe
fn main() {
    let mut n = std::collections::BTreeMap::new();
    let rounds: usize = std::env::var("ROUNDS").map_or(1, |r| r.parse().unwrap());
    for path in std::env::args().skip(1) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let Ok(found) = limpide_licences::identify(&text) else { continue };
        let t = std::time::Instant::now();
        for _ in 0..rounds { limpide_licences::identify(&text).unwrap(); }
        let us = t.elapsed().as_micros() / rounds as u128;
        let v = serde_json::to_value(&found.verdict).unwrap();
        let kind = v["verdict"].as_str().unwrap().to_owned();
        *n.entry(kind.clone()).or_insert(0) += 1;
        println!("{kind}\t{us}us\t{}\t{}\t{}", text.len(), path, serde_json::to_string(&v).unwrap().chars().take(400).collect::<String>());
        if std::env::var("CL").is_ok() { for c in &found.clauses { println!("     {:?}: {}", c.kind, c.span.of(&text).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect::<String>()); } }
    }
    eprintln!("{n:?}");
}
