//! What is kept of a task's constant arguments while its function runs, in case it fails: it has the
//! arguments then, and they may be gone.
//!
//! Keeping costs some stores a constant, and no memory but the stack's. The text is made only of what
//! failed.

use std::{
    any::Any,
    path::{Path, PathBuf},
};

use crate::primitives::primitives;

/// How many arguments are kept; of more, a failure names the first ones.
const MOST_KEPT: usize = 4;
/// How many bytes of a text are kept.
const MOST_BYTES: usize = 62;

/// The constant arguments of a task that runs.
#[derive(Debug, Clone, Copy)]
pub struct KeptArguments {
    kept: [Kept; MOST_KEPT],
    /// How many there are, those that are not kept included.
    count: usize,
}

/// One argument.
#[derive(Debug, Clone, Copy)]
enum Kept {
    Nothing,
    Static(&'static str),
    Text(Part),
    Path(Part),
    Integer(i128),
    /// What does not fit into an `i128`.
    Large(u128),
    Single(f32),
    Double(f64),
    Bool(bool),
    Char(char),
}

/// The beginning of a text or, of a path, its end, which is what tells paths apart.
#[derive(Debug, Clone, Copy)]
struct Part {
    bytes: [u8; MOST_BYTES],
    length: u8,
    /// Where something was left out.
    cut: Cut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Nowhere,
    Before,
    Behind,
}

impl KeptArguments {
    #[inline]
    pub(crate) fn new() -> Self {
        KeptArguments { kept: [Kept::Nothing; MOST_KEPT], count: 0 }
    }

    /// Keeps an argument, when it is of a type that has a short text.
    #[inline]
    pub(crate) fn keep<T: Any>(&mut self, argument: &T) {
        let any: &dyn Any = argument;
        if let Some(text) = any.downcast_ref::<String>() {
            self.keep_text(text);
        } else if let Some(path) = any.downcast_ref::<PathBuf>() {
            self.keep_path(path);
        } else {
            self.push(Kept::new(argument));
        }
    }

    /// Compiled once, and not in every function that has a text.
    #[inline(never)]
    fn keep_text(&mut self, text: &str) {
        self.push(Kept::Text(Part::beginning(text)));
    }

    /// As [`keep_text`](Self::keep_text).
    #[inline(never)]
    fn keep_path(&mut self, path: &Path) {
        self.push(path.to_str().map_or(Kept::Nothing, |path| Kept::Path(Part::end(path))));
    }

    #[inline]
    fn push(&mut self, kept: Kept) {
        if !matches!(kept, Kept::Nothing) {
            if let Some(place) = self.kept.get_mut(self.count) {
                *place = kept;
            }
            self.count += 1;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The arguments, separated by commas; `None` when there is none.
    pub(crate) fn text(&self) -> Option<String> {
        let shown = self.kept.iter().take(self.count).map(Kept::text);
        let mut texts: Vec<String> = shown.collect();
        if self.count > texts.len() {
            texts.push("…".to_owned());
        }
        (!texts.is_empty()).then(|| texts.join(", "))
    }
}

impl Kept {
    // Generic, so that the compiler picks the one branch for a type once, and not in every task that
    // has an argument of it.
    #[inline]
    fn new<T: Any>(argument: &T) -> Self {
        let argument: &dyn Any = argument;
        macro_rules! integers {
            ([$($type:ty)*]) => {
                $(if let Some(&value) = argument.downcast_ref::<$type>() {
                    return i128::try_from(value).map_or(Kept::Large(value as u128), Kept::Integer);
                })*
            };
        }
        primitives!(integers: integers!);
        if let Some(text) = argument.downcast_ref::<&'static str>() {
            Kept::Static(text)
        } else if let Some(&value) = argument.downcast_ref::<f64>() {
            Kept::Double(value)
        } else if let Some(&value) = argument.downcast_ref::<f32>() {
            Kept::Single(value)
        } else if let Some(&value) = argument.downcast_ref::<bool>() {
            Kept::Bool(value)
        } else if let Some(&value) = argument.downcast_ref::<char>() {
            Kept::Char(value)
        } else {
            Kept::Nothing
        }
    }

    fn text(&self) -> String {
        match self {
            Kept::Nothing => String::new(),
            Kept::Static(text) => Part::beginning(text).quoted(),
            Kept::Text(part) => part.quoted(),
            Kept::Path(part) => part.text(),
            Kept::Integer(value) => value.to_string(),
            Kept::Large(value) => value.to_string(),
            Kept::Single(value) => value.to_string(),
            Kept::Double(value) => value.to_string(),
            Kept::Bool(value) => value.to_string(),
            Kept::Char(value) => value.to_string(),
        }
    }
}

impl Part {
    fn beginning(text: &str) -> Self {
        let mut end = text.len().min(MOST_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Self::new(&text[..end], if end < text.len() { Cut::Behind } else { Cut::Nowhere })
    }

    fn end(text: &str) -> Self {
        let mut begin = text.len().saturating_sub(MOST_BYTES);
        while !text.is_char_boundary(begin) {
            begin += 1;
        }
        Self::new(&text[begin..], if begin > 0 { Cut::Before } else { Cut::Nowhere })
    }

    fn new(text: &str, cut: Cut) -> Self {
        let mut bytes = [0; MOST_BYTES];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Part { bytes, length: text.len() as u8, cut }
    }

    /// In quotes, on one line: an empty text, one with commas or one that looks like a number is told from what
    /// stands beside it.
    fn quoted(&self) -> String {
        format!("{:?}", self.text())
    }

    fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes[..usize::from(self.length)]);
        match self.cut {
            Cut::Nowhere => text.into_owned(),
            Cut::Before => format!("…{text}"),
            Cut::Behind => format!("{text}…"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(keep: impl FnOnce(&mut KeptArguments)) -> Option<String> {
        let mut kept = KeptArguments::new();
        keep(&mut kept);
        kept.text()
    }

    #[test]
    fn constants_have_the_texts_that_pictures_show() {
        assert_eq!(text(|_| {}), None);
        assert_eq!(text(|kept| kept.keep(&vec![1])), None);
        let all = text(|kept| {
            kept.keep(&-7i64);
            kept.keep(&u128::MAX);
            kept.keep(&1.5f32);
            kept.keep(&"ibm");
        });
        assert_eq!(
            all.as_deref(),
            Some("-7, 340282366920938463463374607431768211455, 1.5, \"ibm\"")
        );
        let more = text(|kept| (0..9u8).for_each(|number| kept.keep(&number)));
        assert_eq!(more.as_deref(), Some("0, 1, 2, 3, …"));
    }

    #[test]
    fn texts_are_told_from_numbers_and_commas() {
        let all = text(|kept| {
            kept.keep(&String::new());
            kept.keep(&"7");
            kept.keep(&"a, b\n\"c\"");
            kept.keep(&PathBuf::from("data/ibm.json"));
        });
        assert_eq!(all.as_deref(), Some(r#""", "7", "a, b\n\"c\"", data/ibm.json"#));
    }

    #[test]
    fn long_texts_keep_their_beginning_and_long_paths_their_end() {
        let long = "ä".repeat(200);
        let kept = text(|kept| kept.keep(&long)).unwrap();
        assert_eq!(kept, format!("\"{}…\"", "ä".repeat(31)));
        let path = PathBuf::from(format!("/{long}/ibm.json"));
        let kept = text(|kept| kept.keep(&path)).unwrap();
        assert!(kept.starts_with("…ä") && kept.ends_with("ä/ibm.json"), "{kept}");
    }
}
