//! Messages of protocol buffers, made field by field.

/// A field with bytes: a text or another message.
pub(crate) fn bytes(number: u8, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    [key(number, 2), varint(bytes.as_ref().len() as u64), bytes.as_ref().to_vec()].concat()
}

/// A field with a number.
pub(crate) fn number(number: u8, value: u64) -> Vec<u8> {
    [key(number, 0), varint(value)].concat()
}

fn key(number: u8, kind: u64) -> Vec<u8> {
    varint(u64::from(number) << 3 | kind)
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A model of ONNX with these fields in its graph.
pub(crate) fn onnx(graph: &[Vec<u8>]) -> Vec<u8> {
    [number(1, 8), bytes(7, graph.concat()), bytes(8, number(2, 17))].concat()
}

/// A node of a graph of ONNX.
pub(crate) fn node(domain: &str, name: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    bytes(1, [bytes(4, name), bytes(7, domain), attributes.concat()].concat())
}

/// A tensor of a graph of ONNX, of two numbers, whose bytes lie in another file.
pub(crate) fn outside(location: &str) -> Vec<u8> {
    let entry = [bytes(1, "location"), bytes(2, location)].concat();
    bytes(5, [number(1, 2), number(2, 1), bytes(8, "w"), bytes(13, entry), number(14, 1)].concat())
}

/// An operation of a graph of TensorFlow.
pub(crate) fn operation(name: &str) -> Vec<u8> {
    bytes(1, [bytes(1, "node/x"), bytes(2, name), bytes(3, "input")].concat())
}

/// A library with one function, which consists of one operation.
pub(crate) fn library(function: &str, name: &str) -> Vec<u8> {
    let mut node = operation(name);
    node[0] = 3 << 3 | 2;
    bytes(2, bytes(1, [bytes(1, bytes(1, function)), node].concat()))
}

/// A meta graph with a graph of these fields, and others of its own.
pub(crate) fn meta_graph(graph: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    let about = bytes(1, [bytes(4, "serve"), bytes(5, "2.15.0")].concat());
    [about, bytes(2, graph.concat()), more.concat()].concat()
}

/// A saved model of one meta graph.
pub(crate) fn saved_model(graph: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    [number(1, 1), bytes(2, meta_graph(graph, more))].concat()
}
