//! What the compiler tells a user who made a mistake, and what it must accept.
//!
//! They are here because each dependency for tests is built once more for these programs, and this crate has few.
//! `TRYBUILD=overwrite cargo test -p graph-macros --test ui` rewrites the expected messages.

#[test]
fn mistakes_are_explained() {
    // Apart from those that are right, they are checked all at once, and nothing is linked for them.
    let accepted = trybuild::TestCases::new();
    accepted.pass("tests/ui/pass/*.rs");
    accepted.pass("tests/ui/remote/pass/*.rs");
    drop(accepted);
    let refused = trybuild::TestCases::new();
    refused.compile_fail("tests/ui/fail/*.rs");
    refused.compile_fail("tests/ui/remote/fail/*.rs");
}
