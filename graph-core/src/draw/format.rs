//! The formats of files. Each writes what the scene or the style says; it decides no size, place,
//! colour or wording.

pub(super) mod dot;
pub(super) mod html;
pub(super) mod mermaid;
#[cfg(feature = "pdf")]
pub(super) mod pdf;
#[cfg(feature = "png")]
pub(super) mod png;
pub(super) mod svg;
pub(super) mod text_tree;
