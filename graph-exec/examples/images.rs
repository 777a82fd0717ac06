//! A folder of pictures: each is blurred, saved and made smaller, and all small ones go onto one sheet.
//!
//! `cargo run --release -p graph-exec --example images -- pictures` saves them in the folder `pictures`. Without
//! an argument the folder is a temporary one, and the program checks what it has saved.
//!
//! ```text
//!   scene ── paint ── blur ──┬── save           one such graph for each scene; results are
//!                            └── resize ─┐      shown as they end, and a bad scene stops no other
//!   … the same for the others … ─────────┴── sheet ── save
//! ```
//!
//! A file appears under its name only when it is whole: it is written beside that and renamed. So whoever looks
//! into the folder, or stops the program at any moment, never finds half a picture.

use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use graph_exec::{as_completed, prelude::*};

/// Rows of pixels, from the top; a pixel is red, green and blue.
struct Image {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
}

impl Image {
    fn new(width: usize, height: usize, colour: impl Fn(usize, usize) -> [u8; 3]) -> Self {
        let row = |y| (0..width).map(move |x| (x, y));
        let pixels = (0..height).flat_map(row).map(|(x, y)| colour(x, y)).collect();
        Image { width, height, pixels }
    }

    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.pixels[y * self.width + x]
    }

    /// The mean colour of a rectangle, which is cut at the edges of the picture.
    fn mean(&self, (left, right): (usize, usize), (top, bottom): (usize, usize)) -> [u8; 3] {
        let (right, bottom) = (right.min(self.width), bottom.min(self.height));
        let mut sums = [0_usize; 3];
        for y in top..bottom {
            for pixel in &self.pixels[y * self.width + left..y * self.width + right] {
                sums.iter_mut().zip(pixel).for_each(|(sum, part)| *sum += usize::from(*part));
            }
        }
        sums.map(|sum| (sum / ((right - left) * (bottom - top))) as u8)
    }
}

/// The text of a scene makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no scene: write `waves 5` or `rings 5`")]
struct NoScene(String);

/// Stands for reading a picture from a file or a camera.
#[delayed]
fn paint(scene: &str) -> Result<Image, NoScene> {
    let no_scene = || NoScene(scene.to_owned());
    let (kind, number) = scene.split_once(' ').ok_or_else(no_scene)?;
    let number: f64 = number.parse().map_err(|_| no_scene())?;
    let height_at: fn(f64, f64, f64) -> f64 = match kind {
        "waves" => |x, y, n| (x * n).sin() + (y * n + x).cos(),
        "rings" => |x, y, n| (n * n * (x * x + y * y)).sin() * 2.0,
        _ => return Err(no_scene()),
    };
    Ok(Image::new(240, 160, |x, y| {
        let (x, y) = (x as f64 / 40.0 - 3.0, y as f64 / 40.0 - 2.0);
        let height = (height_at(x, y, number) + 2.0) * 63.0;
        [height as u8, 255 - height as u8, (number * 40.0) as u8]
    }))
}

#[delayed]
fn blur(image: &Image, radius: usize) -> Image {
    let around = |at: usize| (at.saturating_sub(radius), at + radius + 1);
    Image::new(image.width, image.height, |x, y| image.mean(around(x), around(y)))
}

#[delayed]
fn resize(image: &Image, width: usize, height: usize) -> Image {
    let part =
        |at: usize, whole: usize, parts| (at * whole / parts, ((at + 1) * whole).div_ceil(parts));
    Image::new(width, height, |x, y| {
        image.mean(part(x, image.width, width), part(y, image.height, height))
    })
}

/// Puts pictures of one size side by side, four in a row.
#[delayed]
fn sheet(images: &[Arc<Image>]) -> Image {
    let (width, height) = images.first().map_or((1, 1), |first| (first.width, first.height));
    let rows = images.len().div_ceil(4).max(1);
    Image::new(4 * width, rows * height, |x, y| {
        let image = images.get(x / width + y / height * 4);
        image.map_or([255; 3], |image| image.at(x % width, y % height))
    })
}

#[delayed]
fn save(image: &Image, path: PathBuf) -> io::Result<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // If anything goes wrong from here on, this file is removed.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let mut encoder = png::Encoder::new(&mut file, image.width as u32, image.height as u32);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(image.pixels.as_flattened())?;
    writer.finish()?;
    file.persist(&path)?;
    Ok(path)
}

fn main() -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let temporary = tempfile::tempdir()?;
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| temporary.path().to_owned());
    fs::create_dir_all(&folder)?;

    let mut scenes: Vec<String> = (1..=6).map(|n| format!("waves {n}")).collect();
    scenes.extend((1..=5).map(|n| format!("rings {n}")));
    scenes.insert(4, "sunset".to_owned()); // nobody can paint that

    // A graph for each scene. Nothing runs yet.
    let graphs = scenes.iter().map(|scene| {
        let image = blur(paint(scene.as_str()), 2).named(scene).shared();
        let path = folder.join(format!("{}.png", scene.replace(' ', "-")));
        (save(&image, path), resize(&image, 60, 40))
    });

    // They run as results are taken, several at a time.
    let mut small = Vec::new();
    let mut failed = 0;
    for (done, (index, result)) in (1..).zip(as_completed(graphs)) {
        match result {
            Ok((path, image)) => {
                println!("{done:2} of {}: {}", scenes.len(), path.display());
                small.push((index, Arc::new(image)));
            }
            Err(error) => {
                println!("{done:2} of {}: {error:#}", scenes.len());
                failed += 1;
            }
        }
    }

    small.sort_by_key(|&(index, _)| index); // they have come in the order in which they ended
    let small: Vec<Arc<Image>> = small.into_iter().map(|(_, image)| image).collect();
    let sheet = save(sheet(small), folder.join("sheet.png")).compute()?;
    println!("{} in {:.2?}", sheet.display(), begin.elapsed());

    if folder == temporary.path() {
        assert_eq!(failed, 1);
        assert_eq!(fs::read_dir(folder)?.count(), scenes.len(), "eleven pictures and the sheet");
    }
    Ok(())
}
