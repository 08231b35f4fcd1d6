//! Rectangles of whole pixels.

/// A rectangle in pixels, from its left upper corner. It may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Rect {
    /// The left edge.
    pub x: u32,
    /// The upper edge.
    pub y: u32,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Rect {
    /// A rectangle from its left upper corner and size.
    pub const fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// The first column that is not inside.
    pub const fn right(&self) -> u32 {
        self.x.saturating_add(self.width)
    }

    /// The first row that is not inside.
    pub const fn bottom(&self) -> u32 {
        self.y.saturating_add(self.height)
    }

    /// Whether no pixel is inside.
    pub const fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether the pixel `x`, `y` is inside.
    pub const fn contains(&self, x: u32, y: u32) -> bool {
        x >= self.x && y >= self.y && x < self.right() && y < self.bottom()
    }

    /// Whether all of it lies in an image of this size, without overflow.
    pub fn fits(&self, width: u32, height: u32) -> bool {
        self.x
            .checked_add(self.width)
            .is_some_and(|right| right <= width)
            && self
                .y
                .checked_add(self.height)
                .is_some_and(|bottom| bottom <= height)
    }

    /// What lies in both; empty if nothing does.
    pub fn intersect(&self, other: &Rect) -> Rect {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        let right = self.right().min(other.right());
        let bottom = self.bottom().min(other.bottom());
        if right <= x || bottom <= y {
            return Rect::default();
        }
        Rect::new(x, y, right - x, bottom - y)
    }

    /// The same place in an image that is `1 / 2^level` as large, grown to whole pixels.
    pub fn at_level(&self, level: u32) -> Rect {
        let shrink_up = |value: u32| (u64::from(value) + (1 << level) - 1) >> level;
        let x = self.x >> level;
        let y = self.y >> level;
        if self.is_empty() {
            return Rect::new(x, y, 0, 0);
        }
        let right = shrink_up(self.right()) as u32;
        let bottom = shrink_up(self.bottom()) as u32;
        Rect::new(x, y, right - x, bottom - y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intersections_are_inside_both() {
        let a = Rect::new(0, 0, 10, 10);
        assert_eq!(a.intersect(&Rect::new(5, 6, 10, 10)), Rect::new(5, 6, 5, 4));
        assert_eq!(a.intersect(&Rect::new(10, 0, 5, 5)), Rect::default());
        assert_eq!(a.intersect(&Rect::new(2, 2, 0, 5)), Rect::default());
    }

    #[test]
    fn a_rectangle_that_would_overflow_does_not_fit() {
        assert!(Rect::new(0, 0, 4, 4).fits(4, 4));
        assert!(!Rect::new(1, 0, 4, 4).fits(4, 4));
        assert!(!Rect::new(u32::MAX, 0, 2, 1).fits(u32::MAX, 4));
    }

    #[test]
    fn levels_cover_at_least_the_same_place() {
        assert_eq!(Rect::new(3, 4, 6, 5).at_level(0), Rect::new(3, 4, 6, 5));
        assert_eq!(Rect::new(3, 4, 6, 5).at_level(1), Rect::new(1, 2, 4, 3));
        assert_eq!(Rect::new(0, 0, 1, 1).at_level(5), Rect::new(0, 0, 1, 1));
    }
}
