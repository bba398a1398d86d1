//! How PyTorch lays out what it writes into an archive: a pickle, and beside it the bytes of the tensors it speaks of.
