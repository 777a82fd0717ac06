//! Files to convert.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use stock_convert::synthetic::write_prices;
use tempfile::TempDir;

/// Files of JSON lines in a folder of their own.
pub(crate) struct Inputs {
    folder: TempDir,
    files: Vec<PathBuf>,
}

impl Inputs {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), files: Vec::new() }
    }

    /// Inputs with `files` (name → content).
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let mut inputs = Self::new();
        for (name, content) in files {
            inputs.write(&format!("{name}.json"), content.as_bytes());
        }
        inputs
    }

    /// The real prices that the program carries.
    pub(crate) fn real() -> Self {
        let mut inputs = Self::new();
        let archive = include_bytes!("../../assets/daily-stock.tgz");
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&archive[..]));
        archive.unpack(inputs.folder.path()).unwrap();
        for entry in fs::read_dir(inputs.folder.path().join("daily-stock")).unwrap() {
            inputs.files.push(entry.unwrap().path());
        }
        assert_eq!(inputs.files.len(), 5);
        inputs
    }

    pub(crate) fn generate(&mut self, rows: u64) {
        let mut lines = Vec::new();
        write_prices(&mut lines, rows, rows).unwrap();
        self.write(&format!("{rows}.json"), &lines);
    }

    pub(crate) fn gzip(&mut self, name: &str, content: &str) {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content.as_bytes()).unwrap();
        self.write(&format!("{name}.json.gz"), &encoder.finish().unwrap());
    }

    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    fn write(&mut self, name: &str, content: &[u8]) {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        self.files.push(path);
    }
}
