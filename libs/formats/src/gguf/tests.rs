use super::*;

/// A file as its author would write it.
struct Written(Vec<u8>);

impl Written {
    fn new(tensors: u64, keys: u64) -> Self {
        Self([b"GGUF".as_slice(), &3_u32.to_le_bytes(), &tensors.to_le_bytes(), &keys.to_le_bytes()].concat())
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn text(self, text: &str) -> Self {
        self.bytes(&(text.len() as u64).to_le_bytes()).bytes(text.as_bytes())
    }

    fn key(self, key: &str, kind: u32) -> Self {
        self.text(key).bytes(&kind.to_le_bytes())
    }

    fn tensor(mut self, name: &str, dims: &[u64], kind: u32, offset: u64) -> Self {
        self = self.text(name).bytes(&(dims.len() as u32).to_le_bytes());
        for side in dims {
            self = self.bytes(&side.to_le_bytes());
        }
        self.bytes(&kind.to_le_bytes()).bytes(&offset.to_le_bytes())
    }

    /// The data, after padding.
    fn data(mut self, length: usize) -> Vec<u8> {
        self.0.resize(self.0.len().next_multiple_of(32) + length, 0);
        self.0
    }

    fn read(self) -> Result<Gguf, Problem> {
        whole(&self.0)
    }
}

fn whole(file: &[u8]) -> Result<Gguf, Problem> {
    match Gguf::read(file, file.len() as u64)? {
        Read::Done(gguf) => Ok(gguf),
        Read::Needs(bytes) => panic!("{bytes} of {} bytes", file.len()),
    }
}

fn model() -> Vec<u8> {
    Written::new(2, 6)
        .key("general.license", 8)
        .text("mit")
        .key("general.base_model.1.repo_url", 8)
        .text("https://example.org/b")
        .key("general.base_model.0.repo_url", 8)
        .text("https://example.org/a")
        .key("tokenizer.ggml.tokens", 9)
        .bytes(&8_u32.to_le_bytes())
        .bytes(&2_u64.to_le_bytes())
        .text("a")
        .text("b")
        .key("tokenizer.ggml.scores", 9)
        .bytes(&6_u32.to_le_bytes())
        .bytes(&2_u64.to_le_bytes())
        .bytes(&[0; 8])
        .key("general.file_type", 4)
        .bytes(&7_u32.to_le_bytes())
        .tensor("embedding", &[64, 3], 8, 0)
        .tensor("norm", &[5], 0, 224)
        .data(244)
}

#[test]
fn a_header_tells_of_metadata_and_tensors() {
    let gguf = whole(&model()).unwrap();
    assert_eq!(gguf.flaws, []);
    assert_eq!((gguf.version, gguf.alignment, gguf.parameters()), (3, 32, Some(197)));
    assert_eq!((gguf.license(), gguf.name(), gguf.number("general.file_type")), (Some("mit"), None, Some(7)));
    assert_eq!(gguf.base_models(), ["https://example.org/a", "https://example.org/b"]);
    assert_eq!(gguf.metadata["tokenizer.ggml.tokens"], Value::Array { of: ValueType::Text, length: 2 });
    let embedding = &gguf.tensors[0];
    assert_eq!((embedding.kind.name(), embedding.bytes()), (Some("Q8_0"), Some(204)));
}

#[test]
fn a_reader_asks_for_more_until_it_has_enough() {
    let file = model();
    let (mut given, mut steps) = (0, 0);
    let gguf = loop {
        match Gguf::read(&file[..given], file.len() as u64).unwrap() {
            Read::Done(gguf) => break gguf,
            Read::Needs(bytes) => {
                assert!(bytes > given as u64 && bytes <= file.len() as u64);
                given = bytes as usize;
            }
        }
        steps += 1;
    };
    assert_eq!(gguf, whole(&file).unwrap());
    assert!(steps < 12, "{steps} steps");
    // A file that ends there needs nothing: it is cut off.
    for length in 0..gguf.header_length {
        assert!(matches!(Gguf::read(&file, length), Err(Problem::Truncated { .. })), "{length}");
    }
}

#[test]
fn other_versions_and_orders_are_named() {
    let with_version = |version: [u8; 4]| whole(&[b"GGUF".as_slice(), &version, &[0; 16]].concat());
    assert_eq!(with_version([1, 0, 0, 0]), Err(Problem::Version(1)));
    assert_eq!(with_version([99, 0, 0, 0]), Err(Problem::Version(99)));
    assert_eq!(with_version([0, 0, 0, 3]), Err(Problem::BigEndian));
    assert_eq!(with_version([2, 0, 0, 0]).unwrap().version, 2);
    assert_eq!(whole(b"ggml\x03\0\0\0"), Err(Problem::NotGguf));
}

#[test]
fn counts_and_lengths_are_bounded_before_anything_is_read() {
    let too_much = |result: Result<Gguf, Problem>| matches!(result, Err(Problem::TooMuch { .. }));
    assert!(too_much(Written::new(u64::MAX, 0).read()));
    assert!(too_much(Written::new(0, u64::MAX).read()));
    assert!(too_much(Written::new(0, 1).bytes(&u64::MAX.to_le_bytes()).read()));
    assert!(too_much(Written::new(1, 0).tensor("a", &[1; 5], 0, 0).read()));
    let list = |kind: u32| {
        let file = Written::new(0, 1).key("a", 9).bytes(&kind.to_le_bytes());
        file.bytes(&(u64::MAX / 8 + 2).to_le_bytes()).read()
    };
    assert!(matches!(list(10), Err(Problem::Malformed { .. })));
    assert!(matches!(list(8), Err(Problem::Truncated { .. })));
    assert!(matches!(list(9), Err(Problem::Malformed { what: "a list of lists", .. })));
    assert!(matches!(list(13), Err(Problem::Malformed { .. })));
    // In a file that could be long enough, a header that is too long is not asked for.
    let long = Written::new(0, 1).key("a", 8).bytes(&(LONGEST_HEADER + 1).to_le_bytes());
    assert!(too_much(Gguf::read(&long.0, u64::MAX).map(|_| unreachable!())));
}

#[test]
fn a_text_too_long_to_keep_is_passed_over() {
    let text = "x".repeat(LONGEST_TEXT as usize + 1);
    let gguf = Written::new(0, 2).key("a", 8).text(&text).key("b", 8).text("c").read().unwrap();
    assert_eq!(gguf.metadata["a"], Value::LongText { length: LONGEST_TEXT + 1 });
    assert_eq!(gguf.text("b"), Some("c"));
}

#[test]
fn metadata_that_readers_stumble_over_is_told() {
    let flaws = |file: Written| file.read().unwrap().flaws;
    let twice = Written::new(0, 2).key("a", 0).bytes(&[1]).key("a", 0).bytes(&[2]);
    assert_eq!(flaws(twice), [Flaw::KeyTwice("a".to_owned())]);
    let neither = Written::new(0, 1).key("a", 7).bytes(&[2]);
    assert_eq!(flaws(neither), [Flaw::NeitherYesNorNo("a".to_owned())]);
    for (kind, bytes) in [(4, 0_u32), (4, 3), (5, 32), (6, 32)] {
        let file = Written::new(0, 1).key("general.alignment", kind).bytes(&bytes.to_le_bytes());
        assert_eq!(flaws(file), [Flaw::Alignment], "{kind} {bytes}");
    }
    let list = |file: Written, key: &str, length: u64| {
        file.key(key, 9)
            .bytes(&0_u32.to_le_bytes())
            .bytes(&length.to_le_bytes())
            .bytes(&vec![0; length as usize])
    };
    let file = list(Written::new(0, 2), "tokenizer.ggml.tokens", 2);
    let file = list(file, "tokenizer.ggml.scores", 3);
    assert_eq!(flaws(file), [Flaw::Vocabulary("tokenizer.ggml.scores".to_owned())]);
    let bad = Written::new(0, 1).key("a", 8).bytes(&1_u64.to_le_bytes()).bytes(&[0xff]).read();
    assert!(matches!(bad, Err(Problem::Malformed { what: "a text that is not UTF-8", .. })));
}

#[test]
fn tensors_that_do_not_add_up_are_told() {
    let flaws = |dims: &[u64], kind: u32, offset: u64| {
        whole(&Written::new(1, 0).tensor("a", dims, kind, offset).data(64)).unwrap().flaws
    };
    let a = || "a".to_owned();
    assert_eq!(flaws(&[16], 0, 0), []);
    assert_eq!(flaws(&[17], 0, 0), [Flaw::OutOfFile(a())]);
    assert_eq!(flaws(&[1], 0, u64::MAX - 31), [Flaw::OutOfFile(a())]);
    assert_eq!(flaws(&[1], 0, 4), [Flaw::Unaligned(a())]);
    assert_eq!(flaws(&[0], 0, 0), [Flaw::EmptySide(a())]);
    assert_eq!(flaws(&[33], 2, 0), [Flaw::BrokenBlock(a())]);
    assert_eq!(flaws(&[1], 4, 0), [Flaw::UnknownType { tensor: a(), kind: 4 }]);
    assert_eq!(flaws(&[1 << 31, 1 << 31], 0, 0), [Flaw::OutOfFile(a())]);

    let two = |second: &str, offset| {
        let file = Written::new(2, 0).tensor("a", &[16], 0, 0).tensor(second, &[1], 0, offset);
        whole(&file.data(96)).unwrap().flaws
    };
    assert_eq!(two("b", 32), [Flaw::Overlap("b".to_owned())]);
    assert_eq!(two("a", 64), [Flaw::TensorTwice(a())]);
    let long = "x".repeat(64);
    assert_eq!(two(&long, 64), [Flaw::LongName(long.clone())]);
    for dims in [&[u64::MAX][..], &[1 << 32, 1 << 32], &[u64::MAX, 0]] {
        let overflow = Written::new(1, 0).tensor("a", dims, 0, 0).read();
        assert!(matches!(overflow, Err(Problem::Malformed { .. })), "{dims:?}");
    }
}
