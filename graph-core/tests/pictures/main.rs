//! Pictures as files: golden ones, their properties, and what other programs read in them.

mod clients;
mod files;
mod gallery;
mod golden;
mod options;
#[path = "../sample_graphs/mod.rs"]
mod sample_graphs;
mod text;
