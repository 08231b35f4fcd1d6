//! The open picture with everything that belongs to it.

use crate::checksum::checksum;
use crate::histogram::Histogram;
use crate::history::History;
use crate::preview::Preview;
use crate::pyramid::Pyramid;
use crate::render::{Frame, Source, View};
use crate::selection::Blend;
use crate::staged::Staged;
use crate::transform::Transform;
use crate::{Error, Image, Rect, tile};

/// Which of two states a part of the screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before the filter that is being previewed; without one, the picture as it was opened.
    Before,
    /// With the filter that is being previewed; without one, the picture as it is.
    After,
}

/// One picture, its history and, while a filter is open, its preview.
pub struct Document {
    picture: Pyramid,
    history: History,
    blend: Blend,
    staged: Option<Staged>,
    preview: Option<Preview>,
    /// The preview of the level before, shown where the present one has no tiles yet.
    older_preview: Option<Preview>,
    /// The oldest state in the history and its position there, made when it is first looked at.
    opened: Option<(Pyramid, usize)>,
}

impl Document {
    /// A picture without a past. `history_budget` is in bytes.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(image: Image, history_budget: usize) -> Result<Self, Error> {
        Ok(Self {
            picture: Pyramid::new(image)?,
            history: History::new(history_budget),
            blend: Blend::default(),
            staged: None,
            preview: None,
            older_preview: None,
            opened: None,
        })
    }

    /// The picture as it is, without a preview.
    pub fn image(&self) -> &Image {
        self.picture.full()
    }

    /// The picture at one of its smaller scales.
    ///
    /// # Errors
    /// [`Error::NoSuch`].
    pub fn level(&self, level: u32) -> Result<&Image, Error> {
        self.picture.level(level)
    }

    /// How many levels there are, at least 1.
    pub fn level_count(&self) -> u32 {
        self.picture.count()
    }

    /// The level that is drawn at `zoom`.
    pub fn level_for(&self, zoom: f64) -> u32 {
        self.picture.level_for(zoom)
    }

    /// The steps.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// See [`checksum`].
    pub fn checksum(&self) -> u32 {
        checksum(self.picture.full())
    }

    /// Where and how strongly filters act from now on.
    pub fn set_blend(&mut self, blend: Blend) {
        self.blend = blend;
    }

    /// See [`tile::cut`].
    ///
    /// # Errors
    /// Those of `cut`, and [`Error::NoSuch`] for a level that does not exist.
    pub fn cut(&self, level: u32, core: &Rect, halo: u32, tile: &mut Vec<u8>) -> Result<(), Error> {
        tile::cut(self.picture.level(level)?, core, halo, tile)
    }

    /// Begins a run at full resolution; forgets one that was begun before.
    pub fn stage(&mut self) {
        self.staged = Some(Staged::new(self.image().width(), self.image().height()));
    }

    /// Takes the filter's result for `core` at full resolution.
    ///
    /// # Errors
    /// [`Error::NoSuch`] without [`Document::stage`]; those of [`Staged::put`] and [`Blend::apply`].
    pub fn put_staged(&mut self, core: &Rect, pixels: &mut [u8]) -> Result<(), Error> {
        let staged = self.staged.as_mut().ok_or(Error::NoSuch("run"))?;
        let original = self.picture.full();
        self.blend.apply(original, 0, core, pixels)?;
        staged.put(original, core, pixels)
    }

    /// Leaves the picture as it is in `core`: the filter need not be asked there.
    ///
    /// # Errors
    /// [`Error::NoSuch`] without [`Document::stage`]; [`Error::BadTile`].
    pub fn keep_staged(&mut self, core: &Rect) -> Result<(), Error> {
        self.staged.as_mut().ok_or(Error::NoSuch("run"))?.keep(core)
    }

    /// Forgets the run.
    pub fn abandon(&mut self) {
        self.staged = None;
    }

    /// Makes the complete result the picture, as one step of the history. Returns how many cells changed; if none did,
    /// there is no step.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if there is no run or cells are missing; the picture is as before.
    pub fn commit(&mut self, label: String) -> Result<usize, Error> {
        let patches = self.staged.take().ok_or(Error::NoSuch("run"))?.finish()?;
        let count = patches.len();
        if count == 0 {
            self.end_preview();
            return Ok(0);
        }
        self.history.commit_cells(&mut self.picture, label, patches);
        self.end_preview();
        self.drop_stale_opened();
        Ok(count)
    }

    /// Changes the shape of the picture, as one step of the history.
    ///
    /// # Errors
    /// Those of [`Transform::apply`]; the picture is as before.
    pub fn transform(&mut self, label: String, transform: Transform) -> Result<(), Error> {
        let image = transform.apply(self.picture.full())?;
        self.history.commit_whole(&mut self.picture, label, image)?;
        self.forget_run();
        Ok(())
    }

    /// Goes to a place in the history.
    ///
    /// # Errors
    /// Those of [`History::go`].
    pub fn go(&mut self, position: usize) -> Result<(), Error> {
        self.forget_run();
        self.history.go(&mut self.picture, position)
    }

    /// Begins a preview at `level`, or makes the tiles of the one that is there stale.
    ///
    /// # Errors
    /// [`Error::NoSuch`] for a level that does not exist, [`Error::OutOfMemory`].
    pub fn begin_preview(&mut self, level: u32) -> Result<(), Error> {
        if let Some(preview) = &mut self.preview
            && preview.level() == level
        {
            preview.next_round();
            return Ok(());
        }
        // Going back and forth between a rough and a fine level allocates nothing.
        let next = match self.older_preview.take() {
            Some(mut older) if older.level() == level => {
                older.restart();
                older
            }
            _ => Preview::new(level, self.picture.level(level)?, self.picture.is_opaque())?,
        };
        self.older_preview = self.preview.replace(next);
        Ok(())
    }

    /// Takes the filter's result for `core` at the preview's level.
    ///
    /// # Errors
    /// [`Error::NoSuch`] without a preview; those of [`Preview::put`] and [`Blend::apply`].
    pub fn put_preview(&mut self, core: &Rect, pixels: &mut [u8]) -> Result<(), Error> {
        let preview = self.preview.as_mut().ok_or(Error::NoSuch("preview"))?;
        let original = self.picture.level(preview.level())?;
        self.blend.apply(original, preview.level(), core, pixels)?;
        preview.put(core, pixels)
    }

    /// Whether the present round of the preview has all of `rect`, in pixels of its level.
    pub fn is_fresh(&self, rect: &Rect) -> bool {
        self.preview
            .as_ref()
            .is_some_and(|preview| preview.is_fresh(rect))
    }

    /// Shows the picture as it is again.
    pub fn end_preview(&mut self) {
        self.preview = None;
        self.older_preview = None;
    }

    /// Counts the values of what is shown as [`Side::After`], at the preview's scale if there is one.
    pub fn histogram(&self) -> Histogram {
        Histogram::of(
            self.preview
                .as_ref()
                .map_or(self.picture.full(), Preview::image),
        )
    }

    /// The pixel of the document at `x`, `y` as one side shows it; `None` outside. Previews answer at their scale.
    pub fn pixel(&self, side: Side, x: u32, y: u32) -> Option<[u8; 4]> {
        let image = self.picture.full();
        if x >= image.width() || y >= image.height() {
            return None;
        }
        match (&self.preview, side) {
            (Some(preview), Side::After) => preview
                .image()
                .pixel(x >> preview.level(), y >> preview.level()),
            _ => image.pixel(x, y),
        }
    }

    /// Whether there is another state of the same size to compare with.
    pub fn can_compare(&mut self) -> Result<bool, Error> {
        if self.preview.is_some() {
            return Ok(true);
        }
        self.prepare_opened()?;
        let (width, height) = (self.image().width(), self.image().height());
        Ok(self.opened.as_ref().is_some_and(|(opened, _)| {
            opened.full().width() == width && opened.full().height() == height
        }))
    }

    /// Draws the part of the screen that `frame` is: before to the left of screen column `split`, after to its right.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn draw(&mut self, frame: &mut Frame, view: &View, split: u32) -> Result<(), Error> {
        let area = frame.area();
        let left = Rect::new(
            area.x,
            area.y,
            split.saturating_sub(area.x).min(area.width),
            area.height,
        );
        let right = Rect::new(
            area.x + left.width,
            area.y,
            area.width - left.width,
            area.height,
        );
        if !left.is_empty() {
            if self.preview.is_none() && self.can_compare()? {
                self.draw_picture(
                    frame,
                    view,
                    self.opened
                        .as_ref()
                        .map_or(&self.picture, |(opened, _)| opened),
                    &left,
                );
            } else {
                self.draw_picture(frame, view, &self.picture, &left);
            }
        }
        if !right.is_empty() {
            self.draw_after(frame, view, &right);
        }
        Ok(())
    }

    fn draw_picture(&self, frame: &mut Frame, view: &View, picture: &Pyramid, clip: &Rect) {
        let level = picture.level_for(view.zoom);
        if let Ok(image) = picture.level(level) {
            frame.draw(
                view,
                &Source {
                    image,
                    level,
                    opaque: picture.is_opaque(),
                },
                clip,
            );
        }
    }

    fn draw_after(&self, frame: &mut Frame, view: &View, clip: &Rect) {
        let covers = |preview: &Preview| {
            let image = preview.image();
            preview.is_shown(&view.visible(clip, preview.level(), image.width(), image.height()))
        };
        let newest_covers = self.preview.as_ref().is_some_and(covers);
        if !newest_covers && !self.older_preview.as_ref().is_some_and(covers) {
            self.draw_picture(frame, view, &self.picture, clip);
        }
        let older = self.older_preview.as_ref().filter(|_| !newest_covers);
        for preview in older.into_iter().chain(&self.preview) {
            let source = Source {
                image: preview.image(),
                level: preview.level(),
                opaque: preview.is_opaque(),
            };
            if covers(preview) {
                frame.draw(view, &source, clip);
                continue;
            }
            let visible = view.visible(
                clip,
                preview.level(),
                source.image.width(),
                source.image.height(),
            );
            for cell in preview.shown(&visible) {
                frame.draw(view, &source, &view.on_screen(&cell, preview.level(), clip));
            }
        }
    }

    fn prepare_opened(&mut self) -> Result<(), Error> {
        self.drop_stale_opened();
        if self.opened.is_none() {
            let oldest = Pyramid::new(self.history.oldest(&self.picture)?)?;
            self.opened = Some((oldest, self.history.forgotten()));
        }
        Ok(())
    }

    /// The oldest state changes only when the history forgets a step.
    fn drop_stale_opened(&mut self) {
        if self
            .opened
            .as_ref()
            .is_some_and(|(_, forgotten)| *forgotten != self.history.forgotten())
        {
            self.opened = None;
        }
    }

    fn forget_run(&mut self) {
        self.staged = None;
        self.end_preview();
        self.drop_stale_opened();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;
    use crate::selection::FULL_STRENGTH;

    const BUDGET: usize = 1 << 24;

    /// Applies "invert the colours" as a filter would, tile by tile.
    fn invert(document: &mut Document, label: &str) {
        document.stage();
        let grid = tile::Grid::new(document.image().width(), document.image().height());
        for index in (0..grid.count()).rev() {
            let core = grid.rect(index);
            let mut pixels = Vec::new();
            document.cut(0, &core, 0, &mut pixels).unwrap();
            pixels
                .chunks_exact_mut(4)
                .for_each(|pixel| pixel[..3].iter_mut().for_each(|value| *value = !*value));
            document.put_staged(&core, &mut pixels).unwrap();
        }
        document.commit(label.into()).unwrap();
    }

    #[test]
    fn a_run_is_one_step_and_undo_brings_every_bit_back() {
        let mut document = Document::new(numbered(600, 300), BUDGET).unwrap();
        let before = document.checksum();
        invert(&mut document, "Invert");
        let after = document.checksum();
        assert_ne!(before, after);
        document.go(0).unwrap();
        assert_eq!(document.checksum(), before);
        document.go(1).unwrap();
        assert_eq!(document.checksum(), after);
        invert(&mut document, "Invert");
        assert_eq!(document.checksum(), before);
        assert_eq!(document.history().steps().len(), 2);
    }

    #[test]
    fn a_run_that_changes_nothing_is_no_step() {
        let mut document = Document::new(numbered(10, 10), BUDGET).unwrap();
        document.stage();
        let mut pixels = document.image().pixels().to_vec();
        document
            .put_staged(&Rect::new(0, 0, 10, 10), &mut pixels)
            .unwrap();
        assert_eq!(document.commit("Nothing".into()), Ok(0));
        assert!(document.history().steps().is_empty());
    }

    #[test]
    fn an_abandoned_or_failed_run_leaves_the_picture_alone() {
        let mut document = Document::new(numbered(300, 300), BUDGET).unwrap();
        let before = document.checksum();
        document.stage();
        document
            .put_staged(&Rect::new(0, 0, 256, 256), &mut vec![1; 256 * 256 * 4])
            .unwrap();
        assert!(
            document
                .put_staged(&Rect::new(256, 0, 44, 256), &mut [1; 8])
                .is_err()
        );
        assert!(document.commit("half".into()).is_err());
        assert!(document.commit("none".into()).is_err());
        document.stage();
        document.abandon();
        assert_eq!(document.checksum(), before);
        assert!(document.history().steps().is_empty());
    }

    #[test]
    fn the_selection_limits_a_run() {
        let mut document = Document::new(numbered(600, 300), BUDGET).unwrap();
        let original = document.image().clone();
        let selection = Rect::new(250, 10, 20, 30);
        document.set_blend(Blend {
            selection: Some(selection),
            strength: FULL_STRENGTH,
        });
        invert(&mut document, "Invert");
        for (x, y, same) in [
            (249, 10, true),
            (250, 10, false),
            (269, 39, false),
            (270, 39, true),
            (260, 40, true),
        ] {
            assert_eq!(
                document.image().pixel(x, y) == original.pixel(x, y),
                same,
                "{x} {y}"
            );
        }
        assert_eq!(
            document.history().bytes(),
            2 * 256 * 256 * 3,
            "the colours of two cells changed"
        );
    }

    #[test]
    fn a_preview_is_drawn_but_does_not_change_the_picture() {
        let mut document = Document::new(numbered(600, 300), BUDGET).unwrap();
        let before = document.checksum();
        document.begin_preview(1).unwrap();
        let core = Rect::new(0, 0, 256, 150);
        document
            .put_preview(&core, &mut vec![255; 256 * 150 * 4])
            .unwrap();
        assert!(document.is_fresh(&core));
        let view = View {
            origin_x: 0.0,
            origin_y: 0.0,
            zoom: 0.5,
            grid: false,
            checker: [0, 0],
            checker_side: 8,
        };
        let mut frame = Frame::default();
        frame.clear(Rect::new(0, 0, 300, 150)).unwrap();
        document.draw(&mut frame, &view, 100).unwrap();
        assert_ne!(frame.pixels()[99 * 4..100 * 4], [255; 4]);
        assert_eq!(frame.pixels()[100 * 4..101 * 4], [255; 4]);
        assert_ne!(frame.pixels()[256 * 4..257 * 4], [255; 4]);
        assert_eq!(document.pixel(Side::After, 10, 10), Some([255; 4]));
        assert_eq!(
            document.pixel(Side::Before, 10, 10),
            document.image().pixel(10, 10)
        );
        assert_eq!(document.pixel(Side::After, 600, 0), None);
        document.begin_preview(0).unwrap();
        document.draw(&mut frame, &view, 0).unwrap();
        assert_eq!(
            frame.pixels()[..4],
            [255; 4],
            "the older preview is shown meanwhile"
        );
        assert_eq!(document.checksum(), before);
        document.end_preview();
        assert!(!document.is_fresh(&core));
    }

    #[test]
    fn comparison_is_with_the_oldest_state_of_the_same_shape() {
        let mut document = Document::new(numbered(300, 200), BUDGET).unwrap();
        assert!(document.can_compare().unwrap());
        document
            .transform("Turn".into(), Transform::TurnLeft)
            .unwrap();
        assert!(!document.can_compare().unwrap());
        document
            .transform("Turn".into(), Transform::TurnRight)
            .unwrap();
        assert!(document.can_compare().unwrap());
        document.go(1).unwrap();
        assert_eq!(document.image().width(), 200);
        assert!(!document.can_compare().unwrap());
    }

    #[test]
    fn one_pixel_is_a_picture() {
        let mut document = Document::new(numbered(1, 1), BUDGET).unwrap();
        invert(&mut document, "Invert");
        document.begin_preview(0).unwrap();
        document
            .put_preview(&Rect::new(0, 0, 1, 1), &mut [1, 2, 3, 4])
            .unwrap();
        let mut frame = Frame::default();
        frame.clear(Rect::new(0, 0, 64, 64)).unwrap();
        let view = View {
            origin_x: 0.0,
            origin_y: 0.0,
            zoom: 64.0,
            grid: true,
            checker: [0, 9],
            checker_side: 8,
        };
        document.draw(&mut frame, &view, 0).unwrap();
        assert_eq!(document.histogram().red.iter().sum::<u32>(), 1);
    }
}
