//! What holds of every word, whatever text it is made of: shown on seeds, and on text that chance makes.

mod chance;
mod properties;
mod seeds;
