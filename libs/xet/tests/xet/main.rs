//! Tests of the public interface: as clients use it, as attackers would, and beside the stock implementation.

#[cfg(test)]
mod support;

#[cfg(test)]
mod chunking;
#[cfg(test)]
mod frames;
#[cfg(test)]
mod hostile_shards;
#[cfg(test)]
mod hostile_xorbs;
#[cfg(test)]
mod reconstructions;
#[cfg(test)]
mod round_trips;
#[cfg(test)]
mod seeds;
#[cfg(test)]
mod upstream_shards;
#[cfg(test)]
mod upstream_xorbs;
