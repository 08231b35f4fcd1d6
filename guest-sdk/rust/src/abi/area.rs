//! A few values in the memory layout of the ABI: parameters and results that do not travel as core values.

/// `SIZE` bytes, aligned for every type of the ABI. Offsets and widths come from the macros, which compute them from
/// the signature; an offset that does not fit is a panic, not a wild access.
#[repr(C, align(8))]
pub struct Area<const SIZE: usize>([u8; SIZE]);

impl<const SIZE: usize> Area<SIZE> {
    /// An area full of zeros.
    #[inline]
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Area([0; SIZE])
    }

    /// Where it lies, for the kernel to read from or write to as long as the area stays there.
    #[cfg(target_arch = "wasm32")]
    #[inline]
    pub fn address(&mut self) -> i32 {
        self.0.as_mut_ptr().expose_provenance() as i32
    }

    #[inline]
    fn load<const WIDTH: usize>(&self, offset: usize) -> [u8; WIDTH] {
        let mut bytes = [0; WIDTH];
        bytes.copy_from_slice(&self.0[offset..offset + WIDTH]);
        bytes
    }

    #[inline]
    fn store<const WIDTH: usize>(&mut self, offset: usize, bytes: [u8; WIDTH]) {
        self.0[offset..offset + WIDTH].copy_from_slice(&bytes);
    }
}

/// Writes the accessors of one type in memory: `load name, store name, type in memory, core type`.
macro_rules! accessors {
    ($($load:ident $store:ident $memory:ty, $core:ty;)*) => {
        impl<const SIZE: usize> Area<SIZE> {
            $(
                /// The value at this offset, as a core value.
                #[inline]
                #[must_use]
                pub fn $load(&self, offset: usize) -> $core {
                    <$memory>::from_le_bytes(self.load(offset)) as $core
                }

                /// Stores a core value at this offset; bits beyond its width in memory are cut off.
                #[inline]
                pub fn $store(&mut self, offset: usize, value: $core) {
                    self.store(offset, (value as $memory).to_le_bytes());
                }
            )*
        }
    };
}

accessors! {
    load_u8 store_u8 u8, i32;
    load_s8 store_s8 i8, i32;
    load_u16 store_u16 u16, i32;
    load_s16 store_s16 i16, i32;
    load_32 store_32 i32, i32;
    load_64 store_64 i64, i64;
    load_f32 store_f32 f32, f32;
    load_f64 store_f64 f64, f64;
}

#[cfg(test)]
mod tests {
    use super::Area;

    #[test]
    fn values_keep_their_width_and_sign() {
        let mut area = Area::<40>::new();
        area.store_u8(0, 255);
        area.store_s8(1, -1);
        area.store_u16(2, 65_535);
        area.store_s16(4, -2);
        area.store_32(8, i32::MIN);
        area.store_64(16, i64::MIN);
        area.store_f32(24, 1.5);
        area.store_f64(32, -0.25);
        assert_eq!(
            (area.load_u8(0), area.load_s8(1), area.load_u8(1)),
            (255, -1, 255)
        );
        assert_eq!(
            (area.load_u16(2), area.load_s16(4), area.load_u16(4)),
            (65_535, -2, 65_534)
        );
        assert_eq!((area.load_32(8), area.load_64(16)), (i32::MIN, i64::MIN));
        assert_eq!((area.load_f32(24), area.load_f64(32)), (1.5, -0.25));
        assert_eq!(std::mem::align_of_val(&area), 8);
    }
}
