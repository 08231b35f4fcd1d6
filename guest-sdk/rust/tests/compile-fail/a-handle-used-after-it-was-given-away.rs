#![allow(unused)]

use portcullis_guest::{Error, Own, import};

#[import("test/import@1")]
trait Canvas {
    fn create() -> Own<Canvas>;
    fn discard(canvas: Own<Canvas>);
    fn size(&self) -> u32;
}

fn main() -> Result<(), Error> {
    let canvas = Canvas::create()?;
    Canvas::discard(canvas)?;
    canvas.size()?;
    Ok(())
}
