//! Random numbers that belong to a place, not to a moment.

/// 32 random bits for every place in the image: the same wherever tiles begin and in whichever order they come.
///
/// ```text
/// mix(h) = MurmurHash3's finaliser: h ^= h >> 16; h *= 0x85EBCA6B; h ^= h >> 13; h *= 0xC2B2AE35; h ^= h >> 16
/// bits(seed, lane, x, y) = mix(mix(mix(seed + lane × 0x9E3779B9) + y × 0x9E3779B9) + x × 0x9E3779B9)
/// ```
///
/// with all arithmetic modulo 2³².
#[derive(Clone, Copy, Debug, Default)]
pub struct Random {
    start: u32,
}

/// The random bits of one row.
#[derive(Clone, Copy, Debug)]
pub struct RandomRow {
    start: u32,
}

/// 2³² divided by the golden ratio: neighbours land far from each other.
const STRIDE: u32 = 0x9E37_79B9;

impl Random {
    /// The numbers of `seed`. Each `lane` has numbers of its own, which tell nothing of those of another.
    pub fn new(seed: u32, lane: u32) -> Self {
        Random {
            start: mix(seed.wrapping_add(lane.wrapping_mul(STRIDE))),
        }
    }

    /// The numbers of row `y`.
    #[inline]
    pub fn row(&self, y: u32) -> RandomRow {
        RandomRow {
            start: mix(self.start.wrapping_add(y.wrapping_mul(STRIDE))),
        }
    }
}

impl RandomRow {
    /// The number in column `x`.
    #[inline]
    pub fn bits(&self, x: u32) -> u32 {
        mix(self.start.wrapping_add(x.wrapping_mul(STRIDE)))
    }
}

#[inline]
fn mix(mut hash: u32) -> u32 {
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85EB_CA6B);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xC2B2_AE35);
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mix_is_that_of_murmur_hash() {
        assert_eq!(mix(0), 0);
        assert_eq!(mix(1), 0x514E_28B7);
        assert_eq!(mix(u32::MAX), 0x81F1_6F39);
    }

    #[test]
    fn the_bits_are_even() {
        let random = Random::new(1, 2);
        for bit in 0..32 {
            let ones: u32 = (0..64)
                .flat_map(|y| (0..64).map(move |x| random.row(y).bits(x) >> bit & 1))
                .sum();
            // 4,096 throws of a coin: five standard deviations are 160.
            assert!(ones.abs_diff(2048) < 160, "bit {bit}: {ones}");
        }
    }

    #[test]
    fn lanes_and_seeds_differ() {
        let first = |seed, lane| Random::new(seed, lane).row(3).bits(4);
        assert_ne!(first(1, 0), first(2, 0));
        assert_ne!(first(1, 0), first(1, 1));
    }
}
