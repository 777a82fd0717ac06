//! The content policy of a page. It allows the page's own style sheet and script, which it names by
//! their hashes, and nothing else.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// The value of `Content-Security-Policy` for a page with this style sheet and this script.
pub(super) fn content_policy(style: &str, script: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script),
    )
}
