//! Writes a scene as one HTML page: the SVG with pan, zoom, search and tooltips, and no other file.
//!
//! The content policy of the page has the hashes of its one script and its one style sheet and
//! allows nothing else, so no text of a task could run as code even if an escape were missing.

use crate::draw::scene::Scene;

use super::svg;
use crate::escape::Escaped;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");
/// The SHA-256 of each, in base 64. A test prints what they should be.
const STYLE_HASH: &str = "x/SKYVtIhYX4OSXQKngTjag5zUZZLPAtBl9UfWDlh7M=";
const SCRIPT_HASH: &str = "vNrmpmNcF1MYEJoPETUfbfnjq+S+NLMX3PEn+aGf9/4=";

/// Writes the scene as one HTML document.
pub(crate) fn write(scene: &Scene) -> String {
    let title = Escaped(&scene.title);
    let picture = svg::write_for_page(scene);
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{STYLE_HASH}'; script-src 'sha256-{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<output aria-live="polite"></output>
<input type="search" placeholder="search, then Enter" aria-label="search the tasks">
<button id="out" title="zoom out (-)" aria-label="zoom out">−</button>
<button id="in" title="zoom in (+)" aria-label="zoom in">+</button>
<button id="fit" title="see all of it (0)">all</button>
</header>
<main aria-label="{title}; n and p go from task to task, arrow keys move, plus and minus zoom">
{picture}</main>
<div id="hover" role="status" hidden></div>
<script>{SCRIPT}</script>
</body>
</html>
"#
    )
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_page_allows_its_own_script_and_style_sheet() {
        let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
        assert_eq!((hash(STYLE), hash(SCRIPT)), (STYLE_HASH.to_owned(), SCRIPT_HASH.to_owned()));
    }
}
