//! What holds of every reader, whatever it is given: shown on seeds, and on bytes that chance makes.

mod chance;
mod properties;
mod seeds;
