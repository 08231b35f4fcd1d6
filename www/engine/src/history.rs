//! Undo and redo: a list of steps, each of which holds what it takes to go over it in either direction.

use crate::patch::Patch;
use crate::pyramid::Pyramid;
use crate::tile::Grid;
use crate::{Error, Image};

/// What a step holds: the state on its other side. Going over a step swaps it with the document.
enum Change {
    /// The cells that differ.
    Cells(Vec<Patch>),
    /// A picture of another shape.
    Whole(Image),
}

/// One step of the list.
pub struct Step {
    label: String,
    change: Change,
}

impl Step {
    /// What the person did.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Bytes of pixels that it holds.
    pub fn bytes(&self) -> usize {
        match &self.change {
            Change::Cells(patches) => patches.iter().map(Patch::bytes).sum(),
            Change::Whole(image) => image.pixels().len(),
        }
    }
}

/// The steps and the place among them. Steps before the place are done, those after it can be done again.
pub struct History {
    steps: Vec<Step>,
    position: usize,
    forgotten: usize,
    budget: usize,
}

impl History {
    /// An empty list that keeps at most `budget` bytes of pixels, but always the newest step.
    pub fn new(budget: usize) -> Self {
        Self {
            steps: Vec::new(),
            position: 0,
            forgotten: 0,
            budget,
        }
    }

    /// All steps that are kept, oldest first.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many of them are done.
    pub fn position(&self) -> usize {
        self.position
    }

    /// Steps that were dropped at the old end to stay within the budget.
    pub fn forgotten(&self) -> usize {
        self.forgotten
    }

    /// Bytes of pixels that all steps hold.
    pub fn bytes(&self) -> usize {
        self.steps.iter().map(Step::bytes).sum()
    }

    /// Bytes that may be held.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Gives the picture the state of `patches`, and remembers the old one.
    pub fn commit_cells(&mut self, picture: &mut Pyramid, label: String, mut patches: Vec<Patch>) {
        swap(picture, &mut patches);
        self.push(Step {
            label,
            change: Change::Cells(patches),
        });
    }

    /// Makes `image` the picture and remembers the old one.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`]; nothing changed then.
    pub fn commit_whole(
        &mut self,
        picture: &mut Pyramid,
        label: String,
        image: Image,
    ) -> Result<(), Error> {
        let old = std::mem::replace(picture, Pyramid::new(image)?);
        self.push(Step {
            label,
            change: Change::Whole(old.into_full()),
        });
        Ok(())
    }

    /// Goes back or forth until `position` steps are done.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if there are fewer steps; [`Error::OutOfMemory`] on the way, at the step that it reached.
    pub fn go(&mut self, picture: &mut Pyramid, position: usize) -> Result<(), Error> {
        if position > self.steps.len() {
            return Err(Error::NoSuch("step in the history"));
        }
        while self.position != position {
            let back = self.position > position;
            let index = if back {
                self.position - 1
            } else {
                self.position
            };
            match &mut self.steps[index].change {
                Change::Cells(patches) => swap(picture, patches),
                Change::Whole(image) => {
                    let other = Pyramid::new(image.try_clone()?)?;
                    *image = std::mem::replace(picture, other).into_full();
                }
            }
            self.position = if back { index } else { index + 1 };
        }
        Ok(())
    }

    /// The picture as it was before the oldest step that is kept, as a copy.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn oldest(&self, picture: &Pyramid) -> Result<Image, Error> {
        let mut image = picture.full().try_clone()?;
        for step in self.steps[..self.position].iter().rev() {
            match &step.change {
                Change::Cells(patches) => {
                    let grid = Grid::new(image.width(), image.height());
                    patches
                        .iter()
                        .for_each(|patch| patch.copy_to(&mut image, &grid));
                }
                Change::Whole(old) => image = old.try_clone()?,
            }
        }
        Ok(image)
    }

    fn push(&mut self, step: Step) {
        self.steps.truncate(self.position);
        self.steps.push(step);
        self.position = self.steps.len();
        while self.steps.len() > 1 && self.bytes() > self.budget {
            self.steps.remove(0);
            self.position -= 1;
            self.forgotten += 1;
        }
    }
}

fn swap(picture: &mut Pyramid, patches: &mut [Patch]) {
    let grid = picture.grid();
    for patch in patches.iter_mut() {
        picture.change(patch.cell(), patch.keeps_alpha(), |image| {
            patch.swap(image, &grid);
        });
    }
    picture.finish(patches.iter().map(Patch::cell));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rect;
    use crate::image::tests::numbered;
    use crate::transform::Transform;

    /// A picture of 300 × 300 pixels (four cells) whose states are told apart by the pixel at 0, 0.
    fn step(history: &mut History, picture: &mut Pyramid, value: u8) {
        let row = [value; 256 * 4];
        let rows = std::iter::repeat_n(&row[..], 256);
        let patch = Patch::new(picture.full(), 0, &Rect::new(0, 0, 256, 256), rows);
        history.commit_cells(
            picture,
            format!("step {value}"),
            vec![patch.unwrap().unwrap()],
        );
    }

    #[test]
    fn every_state_can_be_reached_from_every_other() {
        let original = numbered(300, 300);
        let mut picture = Pyramid::new(original.clone()).unwrap();
        let mut history = History::new(usize::MAX);
        let mut states = vec![original.clone()];
        for value in 1..=3 {
            step(&mut history, &mut picture, value);
            states.push(picture.full().clone());
        }
        let turned = Transform::TurnRight.apply(picture.full()).unwrap();
        history
            .commit_whole(&mut picture, "turn".into(), turned)
            .unwrap();
        states.push(picture.full().clone());
        step(&mut history, &mut picture, 9);
        states.push(picture.full().clone());

        for target in [0, 5, 2, 4, 1, 3, 3, 5, 0] {
            history.go(&mut picture, target).unwrap();
            assert_eq!(*picture.full(), states[target], "state {target}");
            assert_eq!(history.oldest(&picture).unwrap(), original);
            let anew = Pyramid::new(states[target].clone()).unwrap();
            assert_eq!(picture.level(1).unwrap(), anew.level(1).unwrap());
        }
        assert!(history.go(&mut picture, 6).is_err());
    }

    #[test]
    fn a_new_step_drops_what_was_undone() {
        let mut picture = Pyramid::new(numbered(300, 300)).unwrap();
        let mut history = History::new(usize::MAX);
        step(&mut history, &mut picture, 1);
        step(&mut history, &mut picture, 2);
        history.go(&mut picture, 1).unwrap();
        step(&mut history, &mut picture, 3);
        let labels: Vec<_> = history.steps().iter().map(Step::label).collect();
        assert_eq!(labels, ["step 1", "step 3"]);
        assert_eq!(history.position(), 2);
    }

    #[test]
    fn the_budget_forgets_the_oldest_steps_but_never_the_newest() {
        let cell = 256 * 256 * 4;
        let mut picture = Pyramid::new(numbered(300, 300)).unwrap();
        let mut history = History::new(2 * cell);
        for value in 1..=5 {
            step(&mut history, &mut picture, value);
            assert!(history.bytes() <= 2 * cell);
        }
        assert_eq!(
            (
                history.steps().len(),
                history.forgotten(),
                history.position()
            ),
            (2, 3, 2)
        );
        history.go(&mut picture, 0).unwrap();
        assert_eq!(picture.full().pixel(0, 0), Some([3; 4]));

        let mut history = History::new(1);
        step(&mut history, &mut picture, 7);
        assert_eq!(history.steps().len(), 1);
    }
}
