//! Which files of a dataset are which split of which configuration, as the `datasets` library finds them.
